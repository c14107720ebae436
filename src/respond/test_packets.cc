#include "respond/test_packets.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "system/descriptor.h"

namespace plimsoll::respond {
namespace {

// Addresses that belong to nobody (RFC 5737, RFC 3849) and to the outside unless a policy says otherwise.
const char* const nobody4 = "192.0.2.1";
const char* const nobody6 = "2001:db8::1";

// The next address of the same small network.
IpAddress neighbour_of(IpAddress address) {
  address.bytes[15] = static_cast<uint8_t>(address.bytes[15] ^ 1);
  return address;
}

void add(std::vector<TestTarget>& out, const TestTarget& target, const std::vector<IpAddress>& own) {
  if (std::find(own.begin(), own.end(), target.address) != own.end()) return;  // goes by the loopback device
  if (std::find(out.begin(), out.end(), target) == out.end()) out.push_back(target);
}

void add_quarantine(const ResponseAction& action, const std::vector<IpAddress>& own, std::vector<TestTarget>& out) {
  for (const IpAddress& address : own) {
    const IpAddress neighbour = neighbour_of(address);
    const bool allowed = std::any_of(action.allow.begin(), action.allow.end(),
                                     [&](const IpNetwork& network) { return network.holds(neighbour); });
    if (!allowed) add(out, {neighbour, 9, Transport::udp}, own);
  }
}

void add_wan(const WanPolicy& wan, const std::vector<IpAddress>& own, std::vector<TestTarget>& out) {
  for (const IpAddress& address : own) {
    const auto nobody = parse_address(address.v4() ? nobody4 : nobody6);
    if (nobody && wan.is_outside(*nobody)) add(out, {*nobody, 9, Transport::udp}, own);
    if (wan.is_outside(neighbour_of(address))) add(out, {neighbour_of(address), 9, Transport::udp}, own);
  }
}

void add_block(const ResponseAction& action, const std::vector<IpAddress>& own, std::vector<TestTarget>& out) {
  const Transport transport = action.port && action.transport ? *action.transport : Transport::udp;
  const uint16_t port = action.port.value_or(9);
  if (action.peer) return add(out, {action.peer->address, port, transport}, own);
  for (const IpAddress& address : own) add(out, {neighbour_of(address), port, transport}, own);
}

}  // namespace

std::vector<IpAddress> own_addresses() {
  std::vector<IpAddress> out;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return out;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> hold(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_LOOPBACK) != 0 || (entry->ifa_flags & IFF_UP) == 0)
      continue;
    if (entry->ifa_addr->sa_family == AF_INET) {
      sockaddr_in four{};
      std::memcpy(&four, entry->ifa_addr, sizeof four);
      out.push_back(address_of_v4(reinterpret_cast<const uint8_t*>(&four.sin_addr)));
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 six{};
      std::memcpy(&six, entry->ifa_addr, sizeof six);
      if (!IN6_IS_ADDR_LINKLOCAL(&six.sin6_addr)) out.push_back(address_of_v6(six.sin6_addr.s6_addr));
    }
  }
  return out;
}

std::vector<TestTarget> targets_of(const std::vector<Cut>& cuts, const WanPolicy& wan,
                                   const std::vector<IpAddress>& own) {
  std::vector<TestTarget> out;
  for (const Cut& cut : cuts) {
    if (cut.action.kind == ActionKind::quarantine) add_quarantine(cut.action, own, out);
    if (cut.action.kind == ActionKind::wan_cut) add_wan(wan, own, out);
    if (cut.action.kind == ActionKind::block) add_block(cut.action, own, out);
  }
  return out;
}

Sent send_test(const TestTarget& target) {
  const bool four = target.address.v4(), udp = target.transport == Transport::udp;
  const system::Descriptor socket(
      ::socket(four ? AF_INET : AF_INET6, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return Sent::no_route;
  sockaddr_storage to{};
  socklen_t length = 0;
  if (four) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(target.port);
    std::memcpy(&address.sin_addr, target.address.bytes.data() + 12, 4);
    std::memcpy(&to, &address, length = sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(target.port);
    std::memcpy(&address.sin6_addr, target.address.bytes.data(), 16);
    std::memcpy(&to, &address, length = sizeof address);
  }
  const auto* address = reinterpret_cast<const sockaddr*>(&to);
  const long done =
      udp ? ::sendto(socket.get(), "", 1, MSG_NOSIGNAL, address, length) : ::connect(socket.get(), address, length);
  if (done >= 0 || errno == EINPROGRESS || errno == EAGAIN) return Sent::sent;
  return errno == EPERM || errno == EACCES ? Sent::refused : Sent::no_route;
}

}  // namespace plimsoll::respond

#include "system/xtables.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>

#include "system/descriptor.h"
#include "system/errno_error.h"

namespace plimsoll::system {
namespace {

// A copy: what the kernel hands out is aligned for it, not for us. False: it does not fit.
template <typename T>
bool copy_at(std::string_view data, size_t offset, T& out) {
  if (offset > data.size() || data.size() - offset < sizeof(T)) return false;
  std::memcpy(&out, data.data() + offset, sizeof(T));
  return true;
}

std::string text_in(const char* name, size_t most) { return std::string(name, ::strnlen(name, most)); }

IpAddress address_of(const nf_inet_addr& address, bool six) {
  const auto* raw = reinterpret_cast<const uint8_t*>(&address);
  return six ? address_of_v6(raw) : address_of_v4(raw);
}

void take_range(FilterRule& rule, uint32_t flags, const IpAddress& from, const IpAddress& to, uint16_t port,
                uint16_t last_port) {
  const bool has_port = (flags & NF_NAT_RANGE_PROTO_SPECIFIED) != 0;
  if ((flags & NF_NAT_RANGE_MAP_IPS) == 0 || from != to || (has_port && port != last_port)) {
    rule.forward_unread = true;
  } else {
    rule.forward = Forward{from, has_port ? ntohs(port) : uint16_t{0}};
  }
}

// Revision 0 is IPv4's, 1 IPv6's, 2 both (net/netfilter/xt_nat.c).
void translate(uint32_t revision, std::string_view data, bool six, FilterRule& rule) {
  if (revision == 0) {
    nf_nat_ipv4_multi_range_compat range{};
    if (!copy_at(data, 0, range) || range.rangesize != 1) {
      rule.forward_unread = true;
      return;
    }
    const auto& one = range.range[0];
    const auto raw = [](const __be32& address) { return address_of_v4(reinterpret_cast<const uint8_t*>(&address)); };
    take_range(rule, one.flags, raw(one.min_ip), raw(one.max_ip), one.min.all, one.max.all);
    return;
  }
  nf_nat_range range{};
  if (!copy_at(data, 0, range)) {
    rule.forward_unread = true;
    return;
  }
  take_range(rule, range.flags, address_of(range.min_addr, six), address_of(range.max_addr, six), range.min_proto.all,
             range.max_proto.all);
}

void take_transport(FilterRule& rule, uint32_t protocol) {
  if (protocol == IPPROTO_TCP) rule.transport = Transport::tcp;
  if (protocol == IPPROTO_UDP) rule.transport = Transport::udp;
}

// All ports are none asked for.
void take_ports(const __u16 (&ports)[2], FilterRule& rule) {
  if (ports[0] != 0 || ports[1] != 65535) rule.ports = {{ports[0], ports[1]}};
}

// What the two families write differently.
struct Four {
  using Entry = ipt_entry;
  static constexpr size_t address_bytes = 4;
  static const auto& ip(const Entry& entry) { return entry.ip; }
  static bool has_protocol(const Entry& entry) { return entry.ip.proto != 0; }
  static IpNetwork network(const uint8_t* address, int bits) { return {address_of_v4(address), bits + 96}; }
};
struct Six {
  using Entry = ip6t_entry;
  static constexpr size_t address_bytes = 16;
  static const auto& ip(const Entry& entry) { return entry.ipv6; }
  static bool has_protocol(const Entry& entry) { return (entry.ipv6.flags & IP6T_F_PROTO) != 0; }
  static IpNetwork network(const uint8_t* address, int bits) { return {address_of_v6(address), bits}; }
};

template <typename Family>
void take_header(const typename Family::Entry& entry, FilterRule& rule) {
  const auto& ip = Family::ip(entry);
  std::remove_cvref_t<decltype(ip)> nothing{};
  // Flags that ask for nothing by themselves (go-to, "a protocol is asked for") do not make a rule conditional.
  auto asked = ip;
  asked.flags = 0;
  rule.conditional = std::memcmp(&asked, &nothing, sizeof asked) != 0;
  if (Family::has_protocol(entry) && (ip.invflags & XT_INV_PROTO) == 0) take_transport(rule, ip.proto);
  const auto* mask = reinterpret_cast<const uint8_t*>(&ip.dmsk);
  int bits = 0;
  for (size_t i = 0; i < Family::address_bytes; ++i) bits += std::popcount(mask[i]);
  if (bits > 0 && (ip.invflags & IPT_INV_DSTIP) == 0)
    rule.destination = Family::network(reinterpret_cast<const uint8_t*>(&ip.dst), bits);
}

struct Walked {
  FilterRule rule;
  std::string target;  // empty: a verdict
  std::string error;   // the name that an ERROR target carries: the chain's that begins here
  size_t next = 0;
};

template <typename Family>
Result<Walked> walk(std::string_view entries, size_t offset) {
  using Entry = typename Family::Entry;
  const Error bad(ErrorKind::malformed, "an entry of a legacy table does not fit, at byte " + std::to_string(offset));
  Entry entry{};
  if (!copy_at(entries, offset, entry) || entry.next_offset < sizeof(Entry) ||
      entry.next_offset > entries.size() - offset || entry.target_offset < sizeof(Entry) ||
      entry.target_offset > entry.next_offset)
    return bad;
  Walked out;
  out.next = offset + entry.next_offset;
  take_header<Family>(entry, out.rule);
  const std::string_view whole = entries.substr(offset, entry.next_offset);
  for (size_t place = sizeof(Entry); place < entry.target_offset;) {
    xt_entry_match match{};
    if (!copy_at(whole, place, match) || match.u.match_size < sizeof match ||
        match.u.match_size > entry.target_offset - place)
      return bad;
    apply_match(text_in(match.u.user.name, sizeof match.u.user.name), match.u.user.revision,
                whole.substr(place + sizeof match, match.u.match_size - sizeof match), out.rule);
    place += match.u.match_size;
  }
  xt_entry_target target{};
  if (!copy_at(whole, entry.target_offset, target)) return bad;
  out.target = text_in(target.u.user.name, sizeof target.u.user.name);
  const std::string_view data = whole.substr(entry.target_offset + sizeof target);
  if (out.target == XT_STANDARD_TARGET) {
    int32_t verdict = 0;
    if (!copy_at(data, 0, verdict)) return bad;
    out.rule.drops = verdict == -NF_DROP - 1;
  } else if (out.target == XT_ERROR_TARGET) {
    out.error = text_in(data.data(), data.size());
  } else {
    apply_target(out.target, target.u.user.revision, data, std::is_same_v<Family, Six>, out.rule);
  }
  return out;
}

constexpr std::array<const char*, 5> kHooks = {"prerouting", "input", "forward", "output", "postrouting"};
constexpr std::array<const char*, 5> kChains = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"};

template <typename Family>
Result<std::vector<FilterChain>> parse(const Machine::LegacyTable& table, const std::string& name) {
  std::vector<FilterChain> out;
  const std::string family = std::is_same_v<Family, Six> ? "ip6" : "ip";
  std::map<size_t, size_t> begins, ends;  // hook by the offset of its first entry, and of its policy's
  for (size_t hook = 0; hook < kHooks.size(); ++hook) {
    if ((table.valid_hooks & (1u << hook)) == 0) continue;
    begins[table.hook_entry[hook]] = hook;
    ends[table.underflow[hook]] = hook;
  }
  for (size_t offset = 0; offset < table.entries.size();) {
    PLIMSOLL_TRY(walked, walk<Family>(table.entries, offset));
    if (const auto begin = begins.find(offset); begin != begins.end())
      out.push_back({family, name, kChains[begin->second], kHooks[begin->second], "accept", {}});
    if (!walked.error.empty()) {
      out.push_back({family, name, walked.error, "", "", {}});
    } else if (const auto end = ends.find(offset); end != ends.end() && !out.empty()) {
      if (walked.rule.drops) out.back().policy = "drop";
    } else if (!out.empty()) {
      out.back().rules.push_back(std::move(walked.rule));
    }
    offset = walked.next;
  }
  if (!out.empty() && out.back().name == XT_ERROR_TARGET) out.pop_back();  // the end of the table, no chain
  // The last rule of a user's chain is the kernel's own way back.
  for (FilterChain& chain : out) {
    if (chain.hook.empty() && !chain.rules.empty()) chain.rules.pop_back();
  }
  return out;
}

}  // namespace

void apply_match(std::string_view name, uint32_t revision, std::string_view data, FilterRule& rule) {
  if (name == "comment") return;
  rule.conditional = true;
  if (name == "tcp") {
    xt_tcp match{};
    if (copy_at(data, 0, match) && (match.invflags & XT_TCP_INV_DSTPT) == 0) take_ports(match.dpts, rule);
  } else if (name == "udp") {
    xt_udp match{};
    if (copy_at(data, 0, match) && (match.invflags & XT_UDP_INV_DSTPT) == 0) take_ports(match.dpts, rule);
  } else if (name == "multiport" && revision == 1) {
    xt_multiport_v1 match{};
    if (!copy_at(data, 0, match) || match.invert != 0 || match.flags == XT_MULTIPORT_SOURCE) return;
    rule.ports.clear();
    for (size_t i = 0; i < std::min<size_t>(match.count, XT_MULTI_PORTS); ++i) {
      const bool range = match.pflags[i] != 0 && i + 1 < XT_MULTI_PORTS;
      rule.ports.push_back({match.ports[i], match.ports[range ? i + 1 : i]});
      if (range) ++i;
    }
  }
}

void apply_target(std::string_view name, uint32_t revision, std::string_view data, bool six, FilterRule& rule) {
  if (name == "REJECT") rule.drops = true;
  if (name == "DNAT") translate(revision, data, six, rule);
}

Result<Machine::LegacyTable> legacy_table_of(std::string_view bytes) {
  std::array<uint32_t, 11> head{};
  if (bytes.size() < sizeof head) return Error(ErrorKind::malformed, "a legacy table is cut off");
  std::memcpy(head.data(), bytes.data(), sizeof head);
  Machine::LegacyTable out{head[0], {}, {}, std::string(bytes.substr(sizeof head))};
  std::copy_n(head.begin() + 1, 5, out.hook_entry.begin());
  std::copy_n(head.begin() + 6, 5, out.underflow.begin());
  return out;
}

Result<std::vector<FilterChain>> parse_legacy_table(const Machine::LegacyTable& table, const std::string& name,
                                                    bool six) {
  return six ? parse<Six>(table, name) : parse<Four>(table, name);
}

Result<Machine::LegacyTable> request_legacy_table(const std::string& name, bool six) {
  static_assert(IPT_SO_GET_INFO == IP6T_SO_GET_INFO && sizeof(ipt_getinfo) == sizeof(ip6t_getinfo));
  constexpr size_t most = size_t{64} << 20;
  const Descriptor socket(::socket(six ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!socket.valid()) return errno_error(errno, "open a raw socket", name);
  const int level = six ? static_cast<int>(IPPROTO_IPV6) : static_cast<int>(IPPROTO_IP);
  ipt_getinfo info{};
  name.copy(info.name, sizeof info.name - 1);
  socklen_t length = sizeof info;
  if (::getsockopt(socket.get(), level, IPT_SO_GET_INFO, &info, &length) != 0)
    return errno_error(errno, "ask for the table", name);
  if (info.size > most) return Error(ErrorKind::limit, "it has more than 64 MiB of rules", name);
  constexpr size_t header = offsetof(ipt_get_entries, entrytable);
  std::string answer(header + info.size, '\0');
  name.copy(answer.data(), sizeof info.name - 1);
  std::memcpy(answer.data() + offsetof(ipt_get_entries, size), &info.size, sizeof info.size);
  length = static_cast<socklen_t>(answer.size());
  if (::getsockopt(socket.get(), level, IPT_SO_GET_ENTRIES, answer.data(), &length) != 0) {
    if (errno == EAGAIN || errno == EINVAL) return Error(ErrorKind::conflict, "it changed while it was read", name);
    return errno_error(errno, "read the rules of the table", name);
  }
  Machine::LegacyTable out{info.valid_hooks, {}, {}, answer.substr(header)};
  std::copy_n(info.hook_entry, 5, out.hook_entry.begin());
  std::copy_n(info.underflow, 5, out.underflow.begin());
  return out;
}

}  // namespace plimsoll::system

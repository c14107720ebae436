#include "system/proc_net.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace plimsoll::system {
namespace {

constexpr int kEstablished = 1, kClose = 7, kListen = 10;
constexpr uint64_t kRouteUp = 0x1, kRouteReject = 0x200;

std::string text_of_v6(const std::array<unsigned char, 16>& bytes) {
  static constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::array<char, INET6_ADDRSTRLEN> out{};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    inet_ntop(AF_INET, bytes.data() + kMapped.size(), out.data(), out.size());
  } else {
    inet_ntop(AF_INET6, bytes.data(), out.data(), out.size());
  }
  return out.data();
}

// The kernel prints each 32-bit word of an address in the order of this machine's bytes (tcp4_seq_show, tcp6_seq_show).
std::optional<std::string> parse_address(std::string_view hex) {
  if (hex.size() != 8 && hex.size() != 32) return std::nullopt;
  std::array<unsigned char, 16> bytes{};
  for (size_t word = 0; word < hex.size() / 8; ++word) {
    const auto value = parse_uint(hex.substr(word * 8, 8), 16);
    if (!value) return std::nullopt;
    const auto native = static_cast<uint32_t>(*value);
    std::memcpy(bytes.data() + word * 4, &native, sizeof native);
  }
  if (hex.size() == 32) return text_of_v6(bytes);
  std::array<char, INET_ADDRSTRLEN> out{};
  inet_ntop(AF_INET, bytes.data(), out.data(), out.size());
  return std::string(out.data());
}

struct End {
  std::string address;
  uint16_t port = 0;
};

std::optional<End> parse_end(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto address = parse_address(text.substr(0, colon));
  const auto port = parse_uint(text.substr(colon + 1), 16);
  if (!address || !port || *port > 0xffff) return std::nullopt;
  return End{std::move(*address), static_cast<uint16_t>(*port)};
}

// sl local rem st tx:rx tr:when retrnsmt uid timeout inode ...
std::optional<SocketRow> parse_row(std::string_view line, Transport transport) {
  const auto words = split_words(line);
  if (words.size() < 10) return std::nullopt;
  auto local = parse_end(words[1]), remote = parse_end(words[2]);
  const auto state = parse_uint(words[3], 16), uid = parse_uint(words[7]), inode = parse_uint(words[9]);
  if (!local || !remote || !state || *state > 0xff || !uid || *uid > 0xffffffff || !inode) return std::nullopt;
  SocketRow row;
  row.transport = transport;
  row.local_address = std::move(local->address);
  row.local_port = local->port;
  row.remote_address = std::move(remote->address);
  row.remote_port = remote->port;
  row.state = static_cast<int>(*state);
  row.uid = static_cast<uint32_t>(*uid);
  row.inode = *inode;
  return row;
}

void keep_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

bool SocketRow::listens() const {
  if (transport == Transport::tcp) return state == kListen;
  return state == kClose && remote_port == 0 && local_port != 0;
}

bool SocketRow::established() const { return state == kEstablished && remote_port != 0; }

SocketTable parse_sockets(std::string_view text, Transport transport) {
  SocketTable out;
  bool first = true;
  for (const auto line : split(text, '\n')) {
    if (std::exchange(first, false) || trim(line).empty()) continue;  // the heading
    if (out.rows.size() == kMaxRows) {
      out.complete = false;
      break;
    }
    if (auto row = parse_row(line, transport)) {
      out.rows.push_back(std::move(*row));
    } else {
      out.complete = false;
    }
  }
  return out;
}

// Num: RefCount Protocol Flags Type St Inode Path; flag 0x10000 = __SO_ACCEPTCON, set by listen(2).
std::vector<UnixListener> parse_unix_listeners(std::string_view text) {
  std::vector<UnixListener> out;
  for (const auto line : split(text, '\n')) {
    if (out.size() == kMaxRows) break;
    const auto words = split_words(line);
    if (words.size() < 8 || words[7].front() != '/') continue;
    const auto flags = parse_uint(words[3], 16), inode = parse_uint(words[6]);
    if (!flags || (*flags & 0x10000) == 0 || !inode) continue;
    const auto start = static_cast<size_t>(words[7].data() - line.data());  // a path may hold blanks
    out.push_back({std::string(line.substr(start)), *inode});
  }
  return out;
}

// Iface Destination Gateway Flags RefCnt Use Metric Mask ...
bool has_default_route4(std::string_view text) {
  for (const auto line : split(text, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 8 || words[0] == "lo") continue;
    const auto flags = parse_uint(words[3], 16);
    if (words[1] == "00000000" && words[7] == "00000000" && flags && (*flags & kRouteUp) && !(*flags & kRouteReject)) {
      return true;
    }
  }
  return false;
}

// destination prefix source prefix next-hop metric refcnt use flags device
bool has_default_route6(std::string_view text) {
  for (const auto line : split(text, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 10 || words[9] == "lo") continue;
    const auto flags = parse_uint(words[8], 16);
    const bool any = words[1] == "00" && words[0].find_first_not_of('0') == std::string_view::npos;
    if (any && flags && (*flags & kRouteUp) && !(*flags & kRouteReject)) return true;
  }
  return false;
}

// A leaf "|-- 192.0.2.2" is followed by its "/32 host LOCAL".
std::vector<std::string> parse_local_addresses4(std::string_view fib_trie) {
  std::vector<std::string> out;
  std::string_view leaf;
  for (const auto line : split(fib_trie, '\n')) {
    if (out.size() == kMaxRows) break;
    const auto text = trim(line);
    if (text.starts_with("|-- ")) leaf = text.substr(4);
    if (text == "/32 host LOCAL" && !leaf.empty() && !is_loopback(leaf)) out.emplace_back(leaf);
  }
  keep_unique(out);
  return out;
}

// 32 digits in network order, interface index, prefix, scope, flags, name
std::vector<std::string> parse_local_addresses6(std::string_view if_inet6) {
  std::vector<std::string> out;
  for (const auto line : split(if_inet6, '\n')) {
    if (out.size() == kMaxRows) break;
    const auto words = split_words(line);
    if (words.size() < 6 || words[0].size() != 32) continue;
    std::array<unsigned char, 16> bytes{};
    bool good = true;
    for (size_t i = 0; i < bytes.size() && good; ++i) {
      const auto value = parse_uint(words[0].substr(i * 2, 2), 16);
      good = value.has_value();
      if (good) bytes[i] = static_cast<unsigned char>(*value);
    }
    if (!good) continue;
    auto address = text_of_v6(bytes);
    if (!is_loopback(address)) out.push_back(std::move(address));
  }
  keep_unique(out);
  return out;
}

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace plimsoll::system

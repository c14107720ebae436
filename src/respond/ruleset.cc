#include "respond/ruleset.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::respond {
namespace {

// Neighbour discovery (RFC 4861): types 133-137, never routed (hop limit 255). IPv6 with any allowed peer needs it.
constexpr const char* discovery =
    "    icmpv6 type 133 ip6 hoplimit 255 return\n    icmpv6 type 134 ip6 hoplimit 255 return\n"
    "    icmpv6 type 135 ip6 hoplimit 255 return\n    icmpv6 type 136 ip6 hoplimit 255 return\n"
    "    icmpv6 type 137 ip6 hoplimit 255 return\n";

struct Direction {
  const char* suffix;   // of the chain
  const char* address;  // which of a packet's is the peer's
  const char* counter;
};
constexpr Direction in{"in", "saddr", "cut_in"}, out{"out", "daddr", "cut_out"};

std::string peer_is(const IpNetwork& peer, const Direction& direction) {
  if (peer.bits == 0) return "meta nfproto ipv6 ";
  const bool four = peer.address.v4() && peer.bits >= 96;
  if (four && peer.bits == 96) return "meta nfproto ipv4 ";
  const int bits = four ? peer.bits - 96 : peer.bits;
  std::string text = to_text(peer.address);
  if (bits != (four ? 32 : 128)) text += fmt::format("/{}", bits);
  return fmt::format("{} {} {} ", four ? "ip" : "ip6", direction.address, text);
}

std::string drop(const Direction& direction) { return fmt::format("counter name \"{}\" drop\n", direction.counter); }

std::string quarantine_rules(const ResponseAction& action, const Direction& direction) {
  std::string text;
  const bool six = std::any_of(action.allow.begin(), action.allow.end(),
                               [](const IpNetwork& n) { return !n.address.v4() || n.bits < 96; });
  if (six) text += discovery;
  for (const IpNetwork& peer : action.allow) text += "    " + peer_is(peer, direction) + "return\n";
  return text + "    " + drop(direction);
}

// The longest network that holds an address decides, `outside` among equals: as WanPolicy::is_outside says.
std::string wan_rules(const WanPolicy& wan, const Direction& direction) {
  struct Row {
    IpNetwork network;
    bool inside;
  };
  std::vector<Row> rows;
  for (const IpNetwork& network : wan.outside) rows.push_back({network, false});
  for (const IpNetwork& network : wan.inside) rows.push_back({network, true});
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Row& a, const Row& b) { return a.network.bits > b.network.bits; });
  std::string text = discovery;
  for (const Row& row : rows)
    text += "    " + peer_is(row.network, direction) + (row.inside ? "return\n" : drop(direction));
  return text + "    " + drop(direction);
}

std::string block_rules(const ResponseAction& action, const Direction& direction) {
  const std::string peer = action.peer ? peer_is(*action.peer, direction) : "";
  if (!action.port) return "    " + peer + drop(direction);
  std::string text;
  for (const Transport transport : {Transport::tcp, Transport::udp}) {
    if (action.transport && *action.transport != transport) continue;
    for (const char* end : {"sport", "dport"})
      text += fmt::format("    {}{} {} {} {}", peer, name_of(transport), end, *action.port, drop(direction));
  }
  return text;
}

std::string rules_of(const Cut& cut, const WanPolicy& wan, const Direction& direction) {
  switch (cut.action.kind) {
    case ActionKind::quarantine:
      return quarantine_rules(cut.action, direction);
    case ActionKind::wan_cut:
      return wan_rules(wan, direction);
    default:
      return block_rules(cut.action, direction);
  }
}

}  // namespace

bool is_cut(ActionKind kind) {
  return kind == ActionKind::quarantine || kind == ActionKind::wan_cut || kind == ActionKind::block;
}

std::string ruleset(std::vector<Cut> cuts, const WanPolicy& wan) {
  std::sort(cuts.begin(), cuts.end(), [](const Cut& a, const Cut& b) { return a.id < b.id; });
  // Added first, so that there is one to delete.
  std::string text = fmt::format("add table inet {0}\ndelete table inet {0}\n", table_name);
  if (cuts.empty()) return text;
  text += fmt::format("table inet {} {{\n  counter cut_in {{ }}\n  counter cut_out {{ }}\n", table_name);
  for (const Cut& cut : cuts) {
    for (const Direction& direction : {in, out})
      text += fmt::format("  chain {}_{} {{\n{}  }}\n", cut.id, direction.suffix, rules_of(cut, wan, direction));
  }
  for (const Direction& direction : {in, out}) {
    const bool incoming = direction.suffix == in.suffix;
    text += fmt::format("  chain {} {{\n    type filter hook {} priority -450; policy accept;\n    {} lo accept\n",
                        direction.suffix, incoming ? "prerouting" : "output", incoming ? "iif" : "oif");
    for (const Cut& cut : cuts) text += fmt::format("    jump {}_{}\n", cut.id, direction.suffix);
    text += "  }\n";
  }
  return text + "}\n";
}

std::optional<CutPackets> read_cut_packets(std::string_view listing) {
  const auto count = [&](std::string_view name) -> std::optional<uint64_t> {
    const size_t at = listing.find(fmt::format("counter {} {{", name));
    const size_t packets = listing.find("packets ", at == std::string_view::npos ? listing.size() : at);
    if (packets == std::string_view::npos) return std::nullopt;
    const std::string_view rest = listing.substr(packets + 8);
    return parse_uint(rest.substr(0, rest.find(' ')));
  };
  const auto incoming = count("cut_in"), outgoing = count("cut_out");
  if (!incoming || !outgoing) return std::nullopt;
  return CutPackets{*incoming, *outgoing};
}

std::string normal_listing(std::string_view listing) {
  std::string text;
  for (const std::string_view line : split(listing, '\n')) {
    const std::string_view plain = trim(line);
    if (plain.empty() || plain.starts_with("packets ")) continue;
    text += plain;
    text += '\n';
  }
  return text;
}

}  // namespace plimsoll::respond

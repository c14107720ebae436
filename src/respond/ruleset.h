#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/response.h"
#include "model/wan.h"

namespace plimsoll::respond {

// The name of our table in a container's network namespace, family inet. Nothing else there is ours, or touched.
inline constexpr const char* table_name = "plimsoll";

// One network action in force: quarantine, wan_cut or block.
struct Cut {
  std::string id;  // of letters, digits and '_'; its own among those of one namespace
  ResponseAction action;
  bool operator==(const Cut&) const = default;
};

bool is_cut(ActionKind kind);

// Commands for nft(8) after which exactly `cuts` are in force, whatever our table held before; without any, the table
// is gone. One transaction. What leaves and what comes in is looked at before every other chain (priority -450, before
// connection tracking), so that connections that are open are cut, too; the loopback device is left alone. A packet
// passes when every cut lets it pass. The order of `cuts` makes no difference. Pure.
std::string ruleset(std::vector<Cut> cuts, const WanPolicy& wan);

// Packets that our table has cut, read from its listing with counters.
struct CutPackets {
  uint64_t in = 0, out = 0;
};
std::optional<CutPackets> read_cut_packets(std::string_view listing);

// What our table held: lines without blanks at their ends, so that two listings can be compared.
std::string normal_listing(std::string_view listing);

}  // namespace plimsoll::respond

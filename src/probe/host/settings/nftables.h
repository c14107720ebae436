#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::probe::settings {

// One chain of nf_tables, with what its rules do as far as these checks ask.
struct NftChain {
  std::string family;  // "ip", "ip6", "inet", "bridge", ...
  std::string table, name;
  std::string hook;    // "input", "forward", ...; empty: no base chain
  std::string policy;  // "accept" or "drop"; empty: no base chain
  int32_t priority = 0;
  uint64_t rules = 0;
  bool ends_in_drop = false;    // the last rule drops or rejects everything
  bool drops_metadata = false;  // a rule names 169.254.169.254 and drops or rejects
};

// Pure: payloads of NFT_MSG_NEWCHAIN and NFT_MSG_NEWRULE (linux/netfilter/nf_tables.h). Those that break their format
// are left out.
std::vector<NftChain> parse_nft(const std::vector<system::Machine::NetlinkReply>& chains,
                                const std::vector<system::Machine::NetlinkReply>& rules);

// Asks the kernel; only when nf_tables is loaded already, as asking would load it.
Result<std::vector<NftChain>> read_nft(const system::Machine& machine);

}  // namespace plimsoll::probe::settings

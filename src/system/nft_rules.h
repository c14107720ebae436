#pragma once
#include <vector>

#include "system/machine.h"
#include "system/packet_filter.h"

namespace plimsoll::system {

// Pure: payloads of NFT_MSG_NEWCHAIN and NFT_MSG_NEWRULE (linux/netfilter/nf_tables.h). Those that break their format
// are left out.
std::vector<FilterChain> parse_nft(const std::vector<Machine::NetlinkReply>& chains,
                                   const std::vector<Machine::NetlinkReply>& rules);

// Asks the kernel.
Result<std::vector<FilterChain>> read_nft(const Machine& machine);

}  // namespace plimsoll::system

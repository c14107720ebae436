// Dumps of the kernel's packet filter: what claims to come from it is held to its own lengths.
#include <cstdint>
#include <cstring>
#include <string>

#include "system/netlink.h"
#include "system/nft_rules.h"
#include "system/xtables.h"

using namespace plimsoll;

namespace {

void netlink(std::string_view text) {
  std::vector<system::Machine::NetlinkReply> replies;
  (void)system::take_netlink_messages(text, replies);
  replies.push_back({(10 << 8) | 3, std::string(text)});
  replies.push_back({(10 << 8) | 6, std::string(text)});
  system::parse_nft(replies, replies);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 'n') netlink(text);
  if (data[0] == '4' || data[0] == '6') {
    const auto table = system::legacy_table_of(text);
    if (table.ok()) (void)system::parse_legacy_table(*table, "filter", data[0] == '6');
  }
  return 0;
}

#pragma once
#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/wan.h"

namespace plimsoll::server {

// Which networks count as inside when that was set in the service, in place of the policy file. Kept as a setting of
// the journal.
struct InsideNetworks {
  WanPolicy networks;
  std::string changed_by;
  Instant changed_at{};
};

Result<std::optional<InsideNetworks>> read_networks(const journal::Journal& journal);
Status write_networks(journal::Journal& journal, const InsideNetworks& networks);
Status forget_networks(journal::Journal& journal);  // no error when there are none

// "10.0.0.0/8". malformed: one is no network, or has bits set beyond its length.
Result<std::vector<IpNetwork>> parse_networks(const std::vector<std::string>& texts);
std::string to_text(const IpNetwork& network);

}  // namespace plimsoll::server

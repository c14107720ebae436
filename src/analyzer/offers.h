#pragma once
#include "analyzer/analyzer.h"
#include "repository/take_offers.h"

namespace plimsoll::analyzer {

// What a scan may use to learn what repositories offer: this machine's lists and, when asked for, the network.
repository::Sources offer_sources(const Settings& settings);

}  // namespace plimsoll::analyzer

#pragma once
#include <string>
#include <vector>

#include "model/report.h"

namespace plimsoll::assess {

// Who can connect to an asset, and whether it reaches the outside.
struct Exposure {
  bool wan_seen = false, wan_possible = false;     // connections from the outside: seen, or only possible
  bool from_assets = false;                        // from other assets or machines, seen or permitted
  bool unknown = false;                            // nothing of the above was found, but what listens could not be read
  bool reaches_wan = false, reaches_seen = false;  // it opens connections there; false: it only has a route
  std::string wan_evidence, assets_evidence, reaches_evidence;
  std::string possible_evidence;  // why connections from the outside are possible

  bool takes_wan() const { return wan_seen || wan_possible; }
  WanFacts facts() const;  // the three, told
};

// From the flows that have the asset at an end (seen and permitted) and the asset's own facts (published ports, default
// route).
Exposure exposure_of(const AssetReport& asset, const std::vector<const Flow*>& flows);

}  // namespace plimsoll::assess

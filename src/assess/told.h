#pragma once
#include <string_view>
#include <vector>

#include "assess/exposure.h"
#include "assess/own_level.h"
#include "model/report.h"

namespace plimsoll::assess {

// What an assessment says of an asset in words that are also read back, when a report has no facts any more.
inline constexpr std::string_view why_from_assets = "over the network, takes connections from other assets";
inline constexpr std::string_view why_not_known = "over the network, who can connect is not known";
inline constexpr std::string_view why_privileged = "local, in a privileged container";
inline constexpr std::string_view addition_privileged = "runs privileged";

// The exposure that the asset's assessment was made with, as far as it counts in a level; `flows` have the asset at an
// end.
Exposure exposure_told(const AssetReport& asset, const std::vector<const Flow*>& flows);
// Whether the container counted as privileged.
void privileged_told(const Assessment& assessment, Situation& situation);

}  // namespace plimsoll::assess

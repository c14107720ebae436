#include "assess/told.h"

#include <algorithm>

namespace plimsoll::assess {
namespace {

bool says(const Assessment& assessment, std::string_view why) {
  return std::any_of(assessment.contributions.begin(), assessment.contributions.end(),
                     [&](const Contribution& part) { return part.reach_why.starts_with(why); });
}

}  // namespace

Exposure exposure_told(const AssetReport& asset, const std::vector<const Flow*>& flows) {
  const WanFacts& wan = asset.assessment.wan;
  Exposure out;
  out.wan_seen = wan.takes_connections.holds;
  out.wan_possible = wan.can_take_connections.holds;
  out.wan_evidence = out.wan_seen ? wan.takes_connections.evidence : wan.can_take_connections.evidence;
  out.possible_evidence = wan.can_take_connections.evidence;
  out.reaches_wan = wan.reaches_out.holds;
  out.reaches_seen = wan.reaches_out.seen;
  out.reaches_evidence = wan.reaches_out.evidence;
  const bool by_flow = std::any_of(flows.begin(), flows.end(), [&](const Flow* flow) {
    return flow->to.asset == asset.asset.id && flow->from.asset != asset.asset.id && !flow->from.wan;
  });
  out.from_assets = by_flow || says(asset.assessment, why_from_assets);
  out.unknown = says(asset.assessment, why_not_known);
  return out;
}

void privileged_told(const Assessment& assessment, Situation& situation) {
  for (const FixedAddition& addition : assessment.additions) {
    if (addition.name != addition_privileged) continue;
    situation.privileged = true;
    situation.privileged_evidence = addition.evidence;
  }
  situation.privileged = situation.privileged || says(assessment, why_privileged);
}

}  // namespace plimsoll::assess

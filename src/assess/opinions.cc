#include "assess/opinions.h"

#include <algorithm>
#include <utility>

#include "model/response.h"

namespace plimsoll::assess {
namespace {

constexpr std::string_view highest = "highest";

// The first opinion that `wanted` means and that says how bad it is; null: none.
Severity* find(const std::string& wanted, Threat& threat) {
  Severity* best = nullptr;
  const auto look = [&](Severity& opinion) {
    if (!opinion.score) return;
    if (wanted == highest ? best == nullptr || *opinion.score > *best->score
                          : best == nullptr && fits_pattern(wanted, opinion.source))
      best = &opinion;
  };
  look(threat.severity);
  for (Severity& opinion : threat.opinions) look(opinion);
  return best;
}

}  // namespace

void prefer_opinions(AssetReport& asset, const ScoringPolicy& scoring) {
  if (scoring.severity_order.empty()) return;
  for (Threat& threat : asset.threats) {
    if (threat.kind != ThreatKind::vulnerability || threat.opinions.empty()) continue;
    for (const std::string& wanted : scoring.severity_order) {
      Severity* const found = find(wanted, threat);
      if (found == nullptr) continue;
      if (found != &threat.severity) std::swap(*found, threat.severity);
      break;
    }
  }
}

}  // namespace plimsoll::assess

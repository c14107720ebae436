#include <algorithm>

#include "report/render.h"
#include "report/summary.h"
#include "wire/report_json.h"

namespace plimsoll::report {

bool is_listed(const Threat& threat, const Options& options) {
  return options.wants(threat.severity.level) && (!options.only_fixed || !threat.fixed_version.empty());
}

Listed listed_threats(const AssetReport& asset, const Options& options) {
  Listed out;
  for (const Threat& threat : asset.threats) {
    if (is_listed(threat, options)) out.push_back(&threat);
  }
  return out;
}

Report filtered(const Report& report, const Options& options) {
  Report out = report;
  for (AssetReport& asset : out.assets) {
    std::erase_if(asset.threats, [&](const Threat& threat) { return !is_listed(threat, options); });
  }
  return out;
}

std::string render_json(const Report& report, const Options& options) {
  const bool everything = options.severities.empty() && !options.only_fixed;
  if (everything) return wire::report_to_json(report);
  return wire::report_to_json(filtered(report, options));
}

}  // namespace plimsoll::report

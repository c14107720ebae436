#include <algorithm>

#include "report/render.h"
#include "wire/report_json.h"

namespace plimsoll::report {

Report filtered(const Report& report, const Options& options) {
  Report out = report;
  if (options.severities.empty() && !options.only_fixed) return out;
  const auto unwanted = [&](const Threat& threat) {
    const auto& wanted = options.severities;
    const bool listed =
        wanted.empty() || std::find(wanted.begin(), wanted.end(), threat.severity.level) != wanted.end();
    return !listed || (options.only_fixed && threat.fixed_version.empty());
  };
  for (AssetReport& asset : out.assets) std::erase_if(asset.threats, unwanted);
  return out;
}

std::string render_json(const Report& report, const Options& options) {
  return wire::report_to_json(filtered(report, options));
}

}  // namespace plimsoll::report

#include "base/text.h"
#include "policy/scoring_settings.h"

namespace plimsoll::policy {

const std::vector<Setting>& scoring_settings() {
  using P = ScoringPolicy;
  static const std::vector<Setting> settings = {
      {"threats.severity_exponent", &P::severity_exponent, 0.1, 10},
      {"threats.severity_order", &P::severity_order},
      {"threats.unknown_severity", &P::unknown_severity, 0, 10},
      {"threats.likelihood.known_exploited", &P::likelihood_known_exploited},
      {"threats.likelihood.unknown", &P::likelihood_unknown},
      {"threats.likelihood.epss_base", &P::likelihood_epss_base},
      {"threats.likelihood.epss_span", &P::likelihood_epss_span},
      {"threats.reach.wan", &P::reach_wan},
      {"threats.reach.assets", &P::reach_assets},
      {"threats.reach.none", &P::reach_none},
      {"threats.reach.local", &P::reach_local},
      {"threats.reach.local_privileged", &P::reach_local_privileged},
      {"threats.reach.other", &P::reach_other},
      {"threats.reach.not_loaded_factor", &P::not_loaded_factor},
      {"threats.failed_check.critical", &P::check_critical, 0, 10},
      {"threats.failed_check.high", &P::check_high, 0, 10},
      {"threats.failed_check.medium", &P::check_medium, 0, 10},
      {"threats.failed_check.low", &P::check_low, 0, 10},
      {"threats.discount.weight", &P::discount_weight},
      {"threats.discount.rank", &P::discount_rank},
      {"additions.takes_connections_from_wan", &P::points_takes_wan, 0, 100},
      {"additions.reaches_wan", &P::points_reaches_wan, 0, 100},
      {"additions.abnormal_network", &P::points_abnormal_network, 0, 100},
      {"additions.runs_privileged", &P::points_privileged, 0, 100},
      {"additions.can_escape", &P::points_escape, 0, 100},
      {"additions.by_label", &P::user_additions},
      {"edges.host_to_container", &P::edge_host_to_container},
      {"edges.container_to_host", &P::edge_container_to_host},
      {"edges.escape.sure", &P::edge_escape_sure},
      {"edges.escape.likely", &P::edge_escape_likely},
      {"edges.escape.maybe", &P::edge_escape_maybe},
      {"edges.connections_seen", &P::edge_seen},
      {"edges.connections_permitted", &P::edge_permitted},
      {"edges.outside_seen", &P::edge_outside_seen},
      {"edges.outside_possible", &P::edge_outside_possible},
      {"edges.inherit_direct_from_outside", &P::inherit_direct_from_outside},
      {"levels.critical", &P::level_critical, 1, 100},
      {"levels.high", &P::level_high, 1, 100},
      {"levels.medium", &P::level_medium, 1, 100},
      {"levels.low", &P::level_low, 1, 100},
      {"benchmark.off", &P::checks_off},
      {"benchmark.trusted_accounts", &P::trusted_accounts},
      {"benchmark.count", &P::benchmarks_counted},
      {"threat_db.warn_after_days", &P::db_age_warning_days, 0, 3650},
  };
  return settings;
}

int group_of(std::string_view path) {
  if (path.starts_with("levels.")) return 1;
  return path.starts_with("threats.likelihood.epss_") ? 2 : 0;
}

bool is_per_asset(std::string_view section) {
  return section == "threats" || section == "additions" || section == "levels" || section == "benchmark";
}

std::vector<std::string_view> settings_absent(const YamlNode& document) {
  std::vector<std::string_view> absent;
  for (const Setting& setting : scoring_settings()) {
    const YamlNode* node = &document;
    for (const std::string_view part : split(setting.path, '.')) node = node == nullptr ? node : child(*node, part);
    if (node == nullptr) absent.push_back(setting.path);
  }
  return absent;
}

}  // namespace plimsoll::policy

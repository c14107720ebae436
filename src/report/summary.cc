#include "report/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::report {
namespace {

std::string plural(size_t count, std::string_view one) {
  return with_thousands(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

std::string counted(const std::vector<std::pair<std::string_view, size_t>>& rows) {
  std::vector<std::string> parts;
  for (const auto& [word, count] : rows) {
    if (count > 0) parts.push_back(with_thousands(count) + " " + std::string(word));
  }
  return join(parts, ", ");
}

std::optional<Instant> newest_data(const ThreatDbInfo& db) {
  std::optional<Instant> newest;
  for (const DbSource& source : db.sources) {
    if (source.date && (!newest || *source.date > *newest)) newest = source.date;
  }
  return newest;
}

}  // namespace

Counts counts_of(const std::vector<Threat>& threats) {
  Counts counts{};
  for (const Threat& threat : threats) ++counts[static_cast<size_t>(threat.severity.level)];
  return counts;
}

std::string_view level_word(const AssetReport& asset) {
  const bool looks_harmless = asset.assessment.level == ThreatLevel::minimal;
  return looks_harmless && !is_complete(asset) ? "unknown" : name_of(asset.assessment.level);
}

std::string date_of(Instant at) { return format_rfc3339(at).substr(0, 10); }

std::string with_thousands(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string fixed(double value, int digits) { return fmt::format("{:.{}f}", value, digits); }

std::string totals_line(const Report& report) {
  constexpr std::string_view words[]{"critical", "high", "medium", "low", "minimal", "unknown"};
  std::map<std::string_view, size_t> levels;
  Counts threats{};
  size_t gaps = 0, all_threats = 0;
  for (const AssetReport& asset : report.assets) {
    ++levels[level_word(asset)];
    const Counts counts = counts_of(asset.threats);
    for (size_t i = 0; i < counts.size(); ++i) threats[i] += counts[i];
    all_threats += asset.threats.size();
    if (!is_complete(asset)) ++gaps;
  }
  std::vector<std::pair<std::string_view, size_t>> by_level, by_severity;
  for (const std::string_view word : words) by_level.emplace_back(word, levels[word]);
  for (size_t i = threats.size(); i-- > 0;) {
    by_severity.emplace_back(name_of(static_cast<SeverityLevel>(i)), threats[i]);
  }
  std::string out = plural(report.assets.size(), "asset");
  if (!report.assets.empty()) out += ": " + counted(by_level);
  out += "; " + plural(all_threats, "threat");
  if (all_threats > 0) out += ": " + counted(by_severity);
  if (gaps > 0) out += "; " + plural(gaps, "asset") + " not wholly assessed";
  return out;
}

std::string database_line(const ThreatDbInfo& db) {
  if (!db.present) return "threat database: none";
  if (db.starter_pack) {
    return fmt::format("threat database: starter pack only: {} entries, run `plimsoll db update`", db.records);
  }
  std::string out = "threat database: " + plural(db.records, "record");
  if (db.built_at) out += ", built " + date_of(*db.built_at);
  if (const auto newest = newest_data(db)) out += ", newest data " + date_of(*newest);
  return out;
}

std::string outcomes_text(const OutcomeCounts& counts) {
  std::vector<std::pair<std::string_view, size_t>> rows;
  for (const CheckOutcome outcome : {CheckOutcome::fail, CheckOutcome::unknown, CheckOutcome::manual,
                                     CheckOutcome::pass, CheckOutcome::not_applicable}) {
    rows.emplace_back(name_of(outcome), counts[static_cast<size_t>(outcome)]);
  }
  return counted(rows);
}

namespace {

size_t judged_controls(const BenchmarkRate& rate) {
  const auto of = [&](CheckOutcome outcome) { return rate.controls[static_cast<size_t>(outcome)]; };
  return of(CheckOutcome::pass) + of(CheckOutcome::fail) + of(CheckOutcome::unknown);
}

}  // namespace

bool is_judged(const BenchmarkRate& rate) { return judged_controls(rate) > 0; }

std::string rate_text(const BenchmarkRate& rate) {
  const size_t judged = judged_controls(rate);
  if (judged == 0) return "none of its controls was decided";
  // Rounded down: all pass only where all do.
  return fmt::format("{} % of {} pass", rate.controls[static_cast<size_t>(CheckOutcome::pass)] * 100 / judged,
                     plural(judged, "control"));
}

std::string checks_line(const Report& report) {
  OutcomeCounts counts{};
  size_t all = 0;
  for (const AssetReport& asset : report.assets) {
    const auto one = count_outcomes(asset.checks);
    for (size_t i = 0; i < counts.size(); ++i) counts[i] += one[i];
    all += asset.checks.size();
  }
  if (all == 0) return {};
  std::string out = fmt::format("settings: {}: {}", plural(all, "check"), outcomes_text(counts));
  for (const BenchmarkRate& rate : report.benchmarks) {
    if (!is_judged(rate)) continue;
    out += fmt::format("; {} {}: {}", rate.benchmark, rate.edition, rate_text(rate));
  }
  return out;
}

std::optional<std::string> database_warning(const Report& report, int warning_days) {
  const ThreatDbInfo& db = report.threat_db;
  if (!db.present) {
    return "there is no threat database: no known vulnerability was looked for. Make one with `plimsoll db update`.";
  }
  if (db.starter_pack) {
    return fmt::format(
        "starter pack only: {} entries, run `plimsoll db update`. No other known vulnerability was looked for.",
        db.records);
  }
  if (db.records == 0) return "the threat database is empty: no known vulnerability was looked for.";
  const auto newest = newest_data(db);
  const std::optional<Instant> as_of = newest ? newest : db.built_at;
  if (!as_of) return "the threat database does not say how old it is.";
  const auto days = std::chrono::duration_cast<std::chrono::days>(report.generated_at - *as_of).count();
  if (days <= warning_days) return std::nullopt;
  return fmt::format(
      "the threat database is {} days old: newer threats are not in it. Refresh it with `plimsoll db update`.", days);
}

std::optional<std::string> sandbox_warning(const SandboxReport& sandbox) {
  if (!sandbox.off.empty()) return "foreign bytes were parsed without the sandbox: " + sandbox.off + ".";
  std::vector<std::string> missing;
  for (const SandboxLayer& layer : sandbox.layers) {
    if (!layer.in_force) missing.push_back(layer.name + " (" + layer.detail + ")");
  }
  if (missing.empty()) return std::nullopt;
  return "not all protection was in force while foreign bytes were parsed: " + join(missing, ", ") + ".";
}

std::optional<std::string> filter_line(const Options& options) {
  std::vector<std::string> severities, parts;
  for (const SeverityLevel level : options.severities) severities.emplace_back(name_of(level));
  if (!severities.empty()) parts.push_back("of severity " + join(severities, ", "));
  if (options.only_fixed) parts.emplace_back("with a fixed version");
  if (parts.empty()) return std::nullopt;
  return "Listed are only threats " + join(parts, " and ") + "; scores and counts are of all.";
}

bool shows_from_outside(const Assessment& assessment) {
  return assessment.from_outside.path.size() > 2 && assessment.from_outside != assessment.inherited;
}

PathText path_text(const Inherited& inherited) {
  PathText out;
  double edges = 1;
  std::vector<std::string> names, factors;
  for (size_t i = 0; i < inherited.path.size(); ++i) {
    const PathStep& step = inherited.path[i];
    names.push_back(step.name);
    if (i == 0) continue;
    edges *= step.edge;
    factors.push_back(fixed(step.edge, 2));
  }
  const double start = edges > 0 ? inherited.level / edges : 0;
  out.names = join(names, " -> ");
  out.product =
      fixed(start, 2) + (factors.empty() ? "" : " x ") + join(factors, " x ") + " = " + fixed(inherited.level, 3);
  return out;
}

std::string falls_text(const FixAction& fix, size_t most) {
  std::vector<std::string> parts;
  for (const FixAction::Fall& fall : fix.falls) {
    if (parts.size() == most) {
      parts.push_back(plural(fix.falls.size() - most, "more asset"));
      break;
    }
    parts.push_back(fmt::format("{} {} -> {}", fall.name, fall.before, fall.after));
  }
  return join(parts, ", ");
}

std::vector<Gap> gaps_of(const Report& report) {
  std::map<Incomplete, std::vector<std::string>> where;
  for (const Incomplete& gap : report.incomplete) where[gap];
  for (const AssetReport& asset : report.assets) {
    for (const Incomplete& gap : asset.assessment.not_assessed) where[gap].push_back(asset.asset.name);
  }
  std::vector<Gap> out;
  for (auto& [gap, assets] : where) out.push_back({gap, std::move(assets)});
  std::stable_sort(out.begin(), out.end(),
                   [](const Gap& a, const Gap& b) { return a.assets.size() > b.assets.size(); });
  return out;
}

std::string subject_of(const Threat& threat) { return threat.package ? threat.package->name : threat.title; }

std::string excepted_text(const ExceptedThreat& excepted) {
  return printable(fmt::format("until {} by {}: {}", date_of(excepted.expires_at), excepted.owner, excepted.reason),
                   1500);
}

std::string excepted_line(const AssetReport& asset, size_t most) {
  const size_t count = asset.excepted.size();
  if (count == 0) return {};
  std::string out = count == 1 ? "1 threat is excepted from the score: "
                               : fmt::format("{} threats are excepted from the score: ", count);
  for (size_t i = 0; i < std::min(count, most); ++i)
    out += fmt::format("{}{} ({})", i == 0 ? "" : ", ", asset.excepted[i].threat.id.value,
                       excepted_text(asset.excepted[i]));
  return count > most ? out + fmt::format(", and {} more", count - most) : out;
}

}  // namespace plimsoll::report

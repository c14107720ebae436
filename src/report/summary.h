#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/render.h"

// What every renderer says about a report in the same words and numbers. Strings are raw: renderers escape them.
namespace plimsoll::report {

// Threats by severity; index by SeverityLevel.
using Counts = std::array<size_t, 5>;
Counts counts_of(const std::vector<Threat>& threats);

// The asset's threats that the filters of `options` leave, in their order; they belong to `asset`.
using Listed = std::vector<const Threat*>;
Listed listed_threats(const AssetReport& asset, const Options& options);
bool is_listed(const Threat& threat, const Options& options);

// Whether all of the asset was looked at.
inline bool is_complete(const AssetReport& asset) { return asset.assessment.not_assessed.empty(); }

// The level as a word. An asset that was not wholly assessed is never called minimal, whatever its score: "unknown".
std::string_view level_word(const AssetReport& asset);

std::string date_of(Instant at);  // "2026-11-24"
std::string with_thousands(uint64_t number);
std::string fixed(double value, int digits);

// "5 assets: 1 critical, 2 low, 2 unknown; 31 threats: 3 critical, ...; 2 assets not wholly assessed"
std::string totals_line(const Report& report);
// "threat database: 45,950 records, built 2026-11-24, newest data 2026-11-24"
std::string database_line(const ThreatDbInfo& db);
// "settings: 210 checks: 150 pass, 40 fail, 5 manual, 15 unknown; CIS Docker 1.6.0: 78 % pass"; empty without checks.
std::string checks_line(const Report& report);
// "150 pass, 40 fail"; outcomes without a row are left out.
std::string outcomes_text(const OutcomeCounts& counts);
bool is_judged(const BenchmarkRate& rate);         // some control of it was decided, or should have been
std::string rate_text(const BenchmarkRate& rate);  // "78 % of 90 controls pass", "none of its controls was decided"

// Why the database is not to be relied on; nothing when it is there and fresh.
std::optional<std::string> database_warning(const Report& report, int warning_days);
// What was missing of the protection around the parsing of foreign bytes; nothing when it was whole.
std::optional<std::string> sandbox_warning(const SandboxReport& sandbox);
// What was left out of the lists by the filters; nothing when nothing was asked for.
std::optional<std::string> filter_line(const Options& options);

struct PathText {
  std::string names;    // "internet -> nginx -> redis"
  std::string product;  // "1.00 x 0.50 x 0.20 = 0.10"
};
// The attack path by which an asset inherits; the first factor is the start's own level.
PathText path_text(const Inherited& inherited);

// Whether the path from the outside tells more than the inherited one does: it has an asset in between and is another
// path.
bool shows_from_outside(const Assessment& assessment);

// "web 94 -> 71, node1 88 -> 60"
std::string falls_text(const FixAction& fix, size_t most);

// One gap, and where it was found.
struct Gap {
  Incomplete gap;
  std::vector<std::string> assets;  // names; empty: the whole run
};
// All gaps of the run and of its assets; equal ones are one.
std::vector<Gap> gaps_of(const Report& report);

// "until 2026-12-01 by anna: not reachable"
std::string excepted_text(const ExceptedThreat& excepted);
// "2 threats are excepted from the score: CVE-2026-1 (until 2026-12-01 by anna: not reachable), ..."; empty when none.
std::string excepted_line(const AssetReport& asset, size_t most);

// The name a person calls the threat's object by: "openssl", or its title where there is no package.
std::string subject_of(const Threat& threat);

}  // namespace plimsoll::report

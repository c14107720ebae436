#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "model/report.h"

namespace plimsoll::report {

struct Options {
  bool colour = false;
  size_t columns = 80;
  size_t threats_per_asset = 5;           // table: 0 = all
  std::vector<SeverityLevel> severities;  // only these; empty = all
  bool only_fixed = false;                // only threats with a fixed version
  int db_age_warning_days = 7;

  bool wants(SeverityLevel level) const {
    return severities.empty() || std::find(severities.begin(), severities.end(), level) != severities.end();
  }
};

// Pure; no line of a table is wider than Options::columns; everything foreign is escaped for its medium.
std::string render_table(const Report& report, const Options& options);
std::string render_json(const Report& report, const Options& options);
std::string render_html(const Report& report,
                        const Options& options);  // self-contained, no network, sortable, filterable
std::string render_explain(const AssetReport& asset, const Report& report, const Options& options);
std::string render_fixes(const Report& report, const Options& options);

// SARIF 2.1.0 (OASIS): every threat and every check that failed, is unknown or needs a person, as one run.
std::string render_sarif(const Report& report, const Options& options);
// JUnit's XML: a suite for each asset, a case for each check and each threat.
std::string render_junit(const Report& report, const Options& options);
// CycloneDX 1.5 and SPDX 2.3, both as JSON: the packages of every asset; CycloneDX with the threats to them.
std::string render_cyclonedx(const Report& report, const Options& options);
std::string render_spdx(const Report& report, const Options& options);
// A row for each threat, one that is excepted included, and for each check that needs somebody (RFC 4180).
std::string render_csv(const Report& report, const Options& options);
std::string render_markdown(const Report& report, const Options& options);

// The report with the threats left out that `options` filters. Scores stay: they count everything.
Report filtered(const Report& report, const Options& options);

}  // namespace plimsoll::report

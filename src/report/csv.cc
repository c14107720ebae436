// Comma-separated values (RFC 4180) with one head line: a row for each threat and each check that failed, is unknown or
// needs a person; an asset with none of them has one row, so that it is not missed.
#include <fmt/format.h>

#include "base/text.h"
#include "model/names.h"
#include "report/render.h"
#include "report/summary.h"

namespace plimsoll::report {
namespace {

constexpr std::string_view head =
    "asset,asset_id,kind,node,image,score,level,not_assessed,what,id,severity,severity_score,known_exploited,epss,"
    "package,version,fixed_version,outcome,title,evidence,remedy,excepted\r\n";

// A spreadsheet takes a cell that begins so for a formula, which a stranger would have written
// (https://owasp.org/www-community/attacks/CSV_Injection).
bool is_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

std::string cell(std::string_view text) {
  std::string out = "\"";
  if (is_formula(text)) out += '\'';
  for (const char c : printable(text, 8000)) {
    out += c;
    if (c == '"') out += c;
  }
  return out + '"';
}

// What every row of an asset begins with.
std::string asset_cells(const AssetReport& asset) {
  const Asset& a = asset.asset;
  return fmt::format("{},{},{},{},{},{},{},{},", cell(a.name), cell(a.id.value), name_of(a.kind), cell(a.node),
                     cell(a.image), asset.assessment.score, level_word(asset), asset.assessment.not_assessed.size());
}

std::string threat_cells(const Threat& threat, std::string_view excepted) {
  return fmt::format("{},{},{},{},{},{},{},{},{},,{},{},{},{}\r\n", name_of(threat.kind), cell(threat.id.value),
                     name_of(threat.severity.level), threat.severity.score ? fixed(*threat.severity.score, 1) : "",
                     threat.known_exploited ? "yes" : "no", threat.epss ? fixed(*threat.epss, 6) : "",
                     cell(threat.package ? threat.package->name : ""),
                     cell(threat.package ? threat.package->version : ""), cell(threat.fixed_version),
                     cell(threat.title), cell(threat.evidence), cell(threat.remedy), cell(excepted));
}

std::string check_cells(const CheckResult& row) {
  const std::string why =
      row.reason.empty() || row.evidence.empty() ? row.reason + row.evidence : row.reason + "; " + row.evidence;
  return fmt::format("check,{},{},,,,{},,,{},{},{},{},\r\n", cell(row.rule), name_of(row.severity), cell(row.subject),
                     name_of(row.outcome), cell(row.title), cell(why), cell(row.remedy));
}

bool needs_somebody(CheckOutcome outcome) {
  return outcome == CheckOutcome::fail || outcome == CheckOutcome::unknown || outcome == CheckOutcome::manual;
}

}  // namespace

std::string render_csv(const Report& report, const Options& options) {
  std::string out(head);
  for (const AssetReport& asset : report.assets) {
    const std::string begin = asset_cells(asset);
    const size_t before = out.size();
    for (const Threat* threat : listed_threats(asset, options)) {
      if (threat->kind != ThreatKind::benchmark) out += begin + threat_cells(*threat, "");
    }
    for (const ExceptedThreat& excepted : asset.excepted) {
      if (is_listed(excepted.threat, options)) out += begin + threat_cells(excepted.threat, excepted_text(excepted));
    }
    for (const CheckResult& row : asset.checks) {
      if (needs_somebody(row.outcome) && options.wants(row.severity)) out += begin + check_cells(row);
    }
    if (out.size() == before) out += begin + "none,,,,,,,,,,,,,\r\n";
  }
  return out;
}

}  // namespace plimsoll::report

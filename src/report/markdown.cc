// Markdown as CommonMark 0.31 and GitHub's tables read it. Whatever a stranger wrote is escaped, and never stands at
// the beginning of a line, so that it can be no markup and no HTML.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/names.h"
#include "report/render.h"
#include "report/summary.h"

namespace plimsoll::report {
namespace {

constexpr size_t fixes_shown = 10, gaps_shown = 50;

// CommonMark, section 2.4: any ASCII punctuation may stand behind a backslash.
std::string escaped(std::string_view text, size_t longest = 1000) {
  constexpr std::string_view special = "\\`*_{}[]<>()#!|~&@:$^";
  std::string out;
  for (const char c : printable(text, longest)) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

void write_assets(std::string& out, const Report& report) {
  if (report.assets.empty()) {
    out += "Nothing was found to score.\n";
    return;
  }
  out += "| Score | Level | Kind | Name | Critical | High | Medium | Low | Unknown | Not assessed |\n";
  out += "|---:|---|---|---|---:|---:|---:|---:|---:|---:|\n";
  for (const AssetReport& asset : report.assets) {
    const Counts counts = counts_of(asset.threats);
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", asset.assessment.score,
                       level_word(asset), name_of(asset.asset.kind), escaped(asset.asset.name), counts[4], counts[3],
                       counts[2], counts[1], counts[0], asset.assessment.not_assessed.size());
  }
}

void write_fixes(std::string& out, const Report& report) {
  if (report.fixes.empty()) return;
  out += "\n## What to fix first\n\n";
  for (size_t i = 0; i < std::min(report.fixes.size(), fixes_shown); ++i) {
    const FixAction& fix = report.fixes[i];
    out += fmt::format("{}. {} (-{} in all: {})\n", i + 1, escaped(fix.title), fix.total_fall,
                       escaped(falls_text(fix, 4)));
  }
  if (!report.together.empty()) {
    const FixesTogether& all = report.together[std::min<size_t>(report.together.size(), 5) - 1];
    out += fmt::format("\nThe first {} together: the highest score falls from {} to {}.\n", all.fixes, all.worst_before,
                       all.worst_after);
  }
}

void write_threats(std::string& out, const AssetReport& asset, const Options& options) {
  const Listed listed = listed_threats(asset, options);
  if (listed.empty()) return;
  const size_t most =
      options.threats_per_asset == 0 ? listed.size() : std::min(listed.size(), options.threats_per_asset);
  out += "\n| Severity | Id | Exploited | What | Installed | Fixed in |\n|---|---|---|---|---|---|\n";
  for (size_t i = 0; i < most; ++i) {
    const Threat& threat = *listed[i];
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", name_of(threat.severity.level), escaped(threat.id.value),
                       threat.known_exploited ? "yes" : "", escaped(subject_of(threat)),
                       threat.package ? escaped(threat.package->version) : "", escaped(threat.fixed_version));
  }
  if (most < listed.size()) out += fmt::format("\nand {} more\n", listed.size() - most);
}

void write_asset(std::string& out, const AssetReport& asset, const Options& options) {
  const Assessment& a = asset.assessment;
  if (listed_threats(asset, options).empty() && asset.excepted.empty() && a.additions.empty()) return;
  out += fmt::format("\n### {} {}: {}\n", a.score, level_word(asset), escaped(asset.asset.name));
  if (!a.additions.empty() || !a.inherited.path.empty()) out += '\n';
  for (const FixedAddition& addition : a.additions)
    out += fmt::format("- {:+d} {}\n", addition.points, escaped(addition.name));
  if (!a.inherited.path.empty()) {
    const PathText path = path_text(a.inherited);
    out += fmt::format("- path {}, {}\n", escaped(path.names), escaped(path.product));
  }
  write_threats(out, asset, options);
  if (!asset.excepted.empty()) out += "\nExcepted, no part of the score:\n\n";
  for (const ExceptedThreat& excepted : asset.excepted)
    out += fmt::format("- {} {}: {}\n", escaped(excepted.threat.id.value), escaped(subject_of(excepted.threat)),
                       escaped(excepted_text(excepted)));
}

void write_gaps(std::string& out, const Report& report) {
  const std::vector<Gap> all = gaps_of(report);
  if (all.empty()) return;
  out += fmt::format("\n## Not assessed ({})\n\n", all.size());
  for (size_t i = 0; i < std::min(all.size(), gaps_shown); ++i) {
    const Gap& row = all[i];
    const std::string where = row.assets.empty() ? "" : escaped(join(row.assets, ", "), 300) + ": ";
    out += fmt::format("- {}{}: {}\n", where, escaped(row.gap.what), escaped(row.gap.reason));
  }
  if (all.size() > gaps_shown) out += fmt::format("- and {} more\n", all.size() - gaps_shown);
}

}  // namespace

std::string render_markdown(const Report& report, const Options& options) {
  std::string out = "# Plimsoll threat levels\n\n";
  out += fmt::format("{}\n\n{}  \n{}\n\n", format_rfc3339(report.generated_at), escaped(totals_line(report)),
                     escaped(database_line(report.threat_db)));
  if (const auto warning = database_warning(report, options.db_age_warning_days))
    out += "**Warning:** " + escaped(*warning) + "\n\n";
  write_assets(out, report);
  write_fixes(out, report);
  if (!report.assets.empty()) out += "\n## Assets\n";
  for (const AssetReport& asset : report.assets) write_asset(out, asset, options);
  write_gaps(out, report);
  return out;
}

}  // namespace plimsoll::report

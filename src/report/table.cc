// The report for a terminal: totals, one row an asset with its load line, the reasons, what to fix first, and what
// could not be assessed.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "model/names.h"
#include "report/graph.h"
#include "report/page.h"
#include "report/summary.h"

namespace plimsoll::report {
namespace {

constexpr size_t gauge_width = 8, fixes_shown = 5, gaps_shown = 12, routes_shown = 5, chains_shown = 4;
constexpr size_t longest_id = 19;  // GHSA-xxxx-xxxx-xxxx

Style level_style(const AssetReport& asset) {
  return level_word(asset) == "unknown" ? Style::doubt : style_of(asset.assessment.level);
}

// How deep she sits: '#' below the line, '.' above; '?' above it where not all was assessed.
std::string gauge(const AssetReport& asset) {
  const int score = std::clamp(asset.assessment.score, 0, 100);
  const size_t deep = (static_cast<size_t>(score) * gauge_width + 99) / 100;
  return std::string(deep, '#') + std::string(gauge_width - deep, is_complete(asset) ? '.' : '?');
}

std::string short_kind(AssetKind kind) { return kind == AssetKind::container ? "ctr" : std::string(name_of(kind)); }

std::string short_count(size_t count) {
  if (count < 10'000) return std::to_string(count);
  return count < 1'000'000 ? std::to_string(count / 1000) + "k" : "1M+";
}

// The name takes what the fixed columns leave.
size_t name_width(const Page& page) {
  constexpr size_t rest = 4 + 1 + gauge_width + 1 + 8 + 1 + 5 + 1 + 5 * 5 + 1 + 7;
  return page.columns() > rest + 8 ? page.columns() - rest : 8;
}

void asset_head(Page& page) {
  page.line(
      fmt::format("{:>4} {} {} {} {}{:>5}{:>5}{:>5}{:>5}{:>5} {}", "LOAD", left("LINE", gauge_width), left("LEVEL", 8),
                  left("KIND", 5), left("NAME", name_width(page)), "CRIT", "HIGH", "MED", "LOW", "?", "STATUS"),
      Style::bold);
}

void asset_row(Page& page, const AssetReport& asset) {
  const Style style = level_style(asset);
  const Counts counts = counts_of(asset.threats);
  std::string numbers;
  for (const size_t i : {4, 3, 2, 1, 0}) {
    // Nothing found where not all was looked at is not a zero.
    const bool unsure = counts[i] == 0 && asset.threats.empty() && !is_complete(asset);
    numbers += right(unsure ? "-" : short_count(counts[i]), 5);
  }
  const std::string score = fmt::format("{}{}", asset.assessment.score, is_complete(asset) ? " " : "?");
  page.line({{right(score, 4) + " " + gauge(asset) + " " + left(level_word(asset), 8), style},
             {" " + left(short_kind(asset.asset.kind), 5) + " " + left(asset.asset.name, name_width(page))},
             {numbers + " " + left(asset.asset.status, 7)}});
}

void assets(Page& page, const Report& report) {
  if (report.assets.empty()) {
    page.line("Nothing was found to score.", Style::doubt);
    return;
  }
  asset_head(page);
  for (const AssetReport& asset : report.assets) asset_row(page, asset);
  const bool gaps =
      std::any_of(report.assets.begin(), report.assets.end(), [](const auto& a) { return !is_complete(a); });
  if (gaps)
    page.paragraph("", "? after a score: not all of it could be assessed, the true level may be higher.", 0,
                   Style::doubt);
}

void reasons(Page& page, const Assessment& assessment) {
  for (const FixedAddition& addition : assessment.additions) {
    const std::string why = addition.evidence.empty() ? "" : " (" + addition.evidence + ")";
    page.paragraph(fmt::format("  {:+d} ", addition.points), addition.name + why, 6);
  }
  if (!assessment.inherited.path.empty()) {
    const PathText path = path_text(assessment.inherited);
    page.paragraph("  path ", path.names + ", " + path.product, 7);
  }
  if (shows_from_outside(assessment)) {
    const PathText path = path_text(assessment.from_outside);
    page.paragraph("  from outside ", path.names + ", " + path.product, 15);
  }
  // What only leads sideways, or hangs on what no machine tells, stands in `plimsoll explain`.
  std::vector<const RouteFinding*> listed;
  for (const RouteFinding& route : assessment.routes) {
    if (route.leads == Leads::host && !hangs_on_unknowable(route)) listed.push_back(&route);
  }
  for (size_t i = 0; i < std::min(listed.size(), routes_shown); ++i) {
    const RouteFinding& route = *listed[i];
    const std::string doubt = route.assessed ? std::string(name_of(route.certainty)) : "possible, not assessed";
    page.paragraph("  escape ", route.title + " (" + doubt + ")", 9, route.assessed ? Style::high : Style::doubt);
  }
  if (listed.size() > routes_shown) page.line(fmt::format("  {} more escape routes", listed.size() - routes_shown));
}

// "1.2 -> 1.3" in `room` columns: the fixed version is what one needs, so the installed one is cut first.
std::string change_text(const Threat& threat, size_t room) {
  constexpr std::string_view arrow = " -> ";
  const std::string installed = printable(threat.package->version, room * 4);
  const std::string fix = threat.fixed_version.empty() ? "no fix known" : printable(threat.fixed_version, room * 4);
  const size_t least = std::min<size_t>(columns_of(installed), 8);
  const size_t for_fix = room > arrow.size() + least ? room - arrow.size() - least : 0;
  const std::string fix_shown = cut(fix, for_fix);
  const size_t used = arrow.size() + columns_of(fix_shown);
  return cut(installed, room > used ? room - used : 0) + std::string(arrow) + fix_shown;
}

void threat_row(Page& page, const Threat& threat, size_t id_width) {
  constexpr size_t severity_width = 9, exploited_width = 4, subject_width = 16;
  if (threat.kind == ThreatKind::benchmark) {
    page.line({{"  " + left(name_of(threat.severity.level), severity_width), style_of(threat.severity.level)},
               {left(threat.id.value, id_width) + " " + threat.title}});
    return;
  }
  const size_t before = 2 + severity_width + id_width + 1 + exploited_width + subject_width;
  const size_t room = page.columns() > before ? page.columns() - before : 0;
  page.line({{"  " + left(name_of(threat.severity.level), severity_width), style_of(threat.severity.level)},
             {left(threat.id.value, id_width) + " "},
             {threat.known_exploited ? "KEV " : "    ", threat.known_exploited ? Style::critical : Style::plain},
             {left(subject_of(threat), subject_width - 1) + " "},
             {threat.package ? change_text(threat, room) : threat.evidence}});
}

void threats(Page& page, const Listed& listed, size_t all, const Options& options) {
  const size_t most = options.threats_per_asset == 0 ? listed.size() : options.threats_per_asset;
  size_t id_width = 0;
  for (size_t i = 0; i < listed.size() && i < most; ++i) {
    id_width = std::clamp(columns_of(printable(listed[i]->id.value)), id_width, longest_id);
  }
  for (size_t i = 0; i < listed.size() && i < most; ++i) threat_row(page, *listed[i], id_width);
  const size_t left_out = listed.size() - std::min(listed.size(), most);
  if (left_out > 0) page.line("  and " + with_thousands(left_out) + " more", Style::dim);
  if (all > listed.size())
    page.line("  " + with_thousands(all - listed.size()) + " not listed by the filters", Style::dim);
}

void asset_section(Page& page, const AssetReport& asset, const Listed& listed, const Options& options) {
  const Assessment& a = asset.assessment;
  const bool silent = a.additions.empty() && a.inherited.path.empty() && a.routes.empty() && asset.threats.empty() &&
                      asset.excepted.empty();
  if (silent && is_complete(asset)) return;
  page.blank();
  std::string about = asset.asset.image.empty() ? "" : ", " + asset.asset.image;
  if (asset.os && !asset.os->pretty_name.empty()) about += ", " + asset.os->pretty_name;
  page.line({{fmt::format("{}{} {}  ", a.score, is_complete(asset) ? "" : "?", level_word(asset)), level_style(asset)},
             {asset.asset.name, Style::bold},
             {fmt::format(" ({}{})", name_of(asset.asset.kind), about)}});
  reasons(page, a);
  threats(page, listed, asset.threats.size(), options);
  if (const std::string line = excepted_line(asset, 5); !line.empty()) page.paragraph("  ", line, 4, Style::dim);
  if (!is_complete(asset)) {
    page.line(fmt::format("  not assessed: {}, see below",
                          a.not_assessed.size() == 1 ? "1 thing" : fmt::format("{} things", a.not_assessed.size())),
              Style::doubt);
  }
}

void fixes(Page& page, const Report& report) {
  if (report.fixes.empty()) return;
  page.blank();
  page.line("What to fix first", Style::bold);
  for (size_t i = 0; i < report.fixes.size() && i < fixes_shown; ++i) {
    const FixAction& fix = report.fixes[i];
    page.paragraph(fmt::format("{:>2}. ", i + 1), fix.title, 4);
    if (!fix.falls.empty())
      page.paragraph("    ", fmt::format("-{} in all: {}", fix.total_fall, falls_text(fix, 4)), 4, Style::good);
  }
  if (report.fixes.size() > fixes_shown) {
    page.line(fmt::format("    and {} more: plimsoll fix", report.fixes.size() - fixes_shown), Style::dim);
  }
}

// Who was seen to talk to whom.
void network(Page& page, const Report& report) {
  const std::vector<std::string> chains = graph_chains(graph_of(report, false), chains_shown + 1);
  if (chains.empty()) return;
  page.blank();
  page.line("Who talks to whom", Style::bold);
  for (size_t i = 0; i < chains.size() && i < chains_shown; ++i) page.paragraph("  ", chains[i], 4);
  if (chains.size() > chains_shown) page.line("  and more: plimsoll network graph", Style::dim);
}

void gaps(Page& page, const Report& report) {
  const std::vector<Gap> all = gaps_of(report);
  if (all.empty()) return;
  page.blank();
  page.line(fmt::format("Not assessed ({})", all.size()), Style::doubt);
  for (size_t i = 0; i < all.size() && i < gaps_shown; ++i) {
    const Gap& row = all[i];
    std::string where = row.assets.empty() ? "" : row.assets.front();
    if (row.assets.size() > 1) where += fmt::format(" and {} more", row.assets.size() - 1);
    if (!where.empty()) where += ": ";
    const std::string remedy = row.gap.remedy.empty() ? "" : "; " + row.gap.remedy;
    page.paragraph("  ? ", where + row.gap.what + ": " + row.gap.reason + remedy, 4);
  }
  if (all.size() > gaps_shown) page.line(fmt::format("  ? and {} more, all in --format json", all.size() - gaps_shown));
}

}  // namespace

std::string render_table(const Report& report, const Options& options) {
  Page page(options.columns, options.colour);
  page.paragraph("", totals_line(report), 2, Style::bold);
  page.paragraph("", database_line(report.threat_db), 2);
  if (const std::string checks = checks_line(report); !checks.empty()) page.paragraph("", checks, 2);
  if (const auto warning = database_warning(report, options.db_age_warning_days)) {
    page.paragraph("WARNING: ", *warning, 9, Style::high);
  }
  if (const auto warning = sandbox_warning(report.sandbox)) page.paragraph("WARNING: ", *warning, 9, Style::high);
  page.blank();
  assets(page, report);
  if (const auto note = filter_line(options)) page.paragraph("", *note, 0, Style::dim);
  for (size_t i = 0; i < report.assets.size(); ++i) {
    asset_section(page, report.assets[i], listed_threats(report.assets[i], options), options);
  }
  network(page, report);
  fixes(page, report);
  gaps(page, report);
  return page.take();
}

}  // namespace plimsoll::report

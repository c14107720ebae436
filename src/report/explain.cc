// The make-up of one score, from the threats up to the last formula (docs/scoring.md). Points are shown with one
// decimal and rounded so that the column adds up to the sum below it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/names.h"
#include "report/page.h"
#include "report/summary.h"

namespace plimsoll::report {
namespace {

constexpr size_t contributions_shown = 25, points_width = 8;

// Tenths of points that add up to the rounded sum: each rounded down, the largest remainders up (Hare's method).
std::vector<int> tenths_that_add_up(const std::vector<Contribution>& rows, double sum_of_points) {
  std::vector<int> tenths;
  std::vector<double> remainders;
  for (const Contribution& row : rows) {
    const double exact = std::clamp(row.points, 0.0, 100.0) * 10;
    tenths.push_back(static_cast<int>(std::floor(exact)));
    remainders.push_back(exact - std::floor(exact));
  }
  int missing = static_cast<int>(std::lround(std::clamp(sum_of_points, 0.0, 100.0) * 10)) -
                std::accumulate(tenths.begin(), tenths.end(), 0);
  std::vector<size_t> by_remainder(rows.size());
  std::iota(by_remainder.begin(), by_remainder.end(), size_t{0});
  std::stable_sort(by_remainder.begin(), by_remainder.end(),
                   [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  for (size_t i = 0; i < by_remainder.size() && missing > 0; ++i, --missing) ++tenths[by_remainder[i]];
  return tenths;
}

std::string points(int tenths) { return fmt::format("{}.{}", tenths / 10, tenths % 10); }

void amount_line(Page& page, std::string_view text, std::string_view amount, Style style = Style::plain) {
  const size_t room = page.columns() > points_width + 10 ? page.columns() - points_width : page.columns() / 2;
  page.line({{left(text, room), style}, {right(amount, points_width), style}});
}

void contribution(Page& page, const Contribution& row, int tenths) {
  const std::string others = row.threats > 1 ? fmt::format(" and {} more", row.threats - 1) : "";
  amount_line(page, fmt::format(" {:>2}. {}", row.rank, row.group), points(tenths));
  page.paragraph("     ", "worst: " + row.worst.value + others, 7);
  page.paragraph(
      "     ",
      fmt::format("severity {:.3f} x likelihood {:.3f} ({}) x reach {:.3f} ({}) = risk {:.3f}", row.severity_factor,
                  row.likelihood, row.likelihood_why, row.reach, row.reach_why, row.risk),
      7);
  const double discount = row.risk > 0 ? row.factor / row.risk : 0;
  page.paragraph("     ",
                 fmt::format("risk {:.3f} x {:.3f} at rank {} = {:.3f}", row.risk, discount, row.rank, row.factor), 7);
}

void own_threats(Page& page, const Assessment& a) {
  page.blank();
  amount_line(page, "Own threats, those that one upgrade removes taken as one", "points", Style::bold);
  if (a.contributions.empty()) page.line(" none known");
  const std::vector<int> tenths = tenths_that_add_up(a.contributions, a.own_threats * 100);
  int rest = 0;
  for (size_t i = 0; i < tenths.size(); ++i) {
    if (i < contributions_shown)
      contribution(page, a.contributions[i], tenths[i]);
    else
      rest += tenths[i];
  }
  if (tenths.size() > contributions_shown) {
    amount_line(page, fmt::format("     {} more groups together", tenths.size() - contributions_shown), points(rest));
  }
  amount_line(page, " Own threats in all: 1 - product of (1 - each factor)", fixed(a.own_threats * 100, 1));
}

void additions(Page& page, const Assessment& a) {
  page.blank();
  amount_line(page, "Fixed additions", "points", Style::bold);
  if (a.additions.empty()) page.line(" none");
  int sum = 0;
  for (const FixedAddition& addition : a.additions) {
    sum += addition.points;
    amount_line(page, " " + addition.name, fixed(addition.points, 1));
    if (!addition.evidence.empty()) page.paragraph("     ", addition.evidence, 5, Style::dim);
  }
  const double uncapped = a.own_threats * 100 + sum;
  const std::string cap = uncapped > 100 ? ", capped at 100" : "";
  amount_line(page, fmt::format(" Own level: {:.1f} + {}{}", a.own_threats * 100, sum, cap), fixed(a.own * 100, 1));
}

void inherited(Page& page, const Assessment& a) {
  page.blank();
  amount_line(page, "Inherited, by the strongest attack path", "points", Style::bold);
  if (a.inherited.path.empty()) {
    page.line(" nothing");
    return;
  }
  double edges = 1;
  for (size_t i = 1; i < a.inherited.path.size(); ++i) edges *= a.inherited.path[i].edge;
  double reached = edges > 0 ? a.inherited.level / edges : 0;
  for (size_t i = 0; i < a.inherited.path.size(); ++i) {
    const PathStep& step = a.inherited.path[i];
    if (i == 0) {
      page.paragraph("  ", fmt::format("{}: {:.3f}", step.name, reached), 5);
    } else {
      const double before = reached;
      reached *= step.edge;
      page.paragraph("  -> ", fmt::format("{}: {:.3f} x {:.2f} = {:.3f}", step.name, before, step.edge, reached), 5);
    }
    if (!step.why.empty()) page.paragraph("     ", step.why, 5, Style::dim);
  }
  amount_line(page, " Inherited level", fixed(a.inherited.level * 100, 1));
  if (shows_from_outside(a)) {
    const PathText path = path_text(a.from_outside);
    page.paragraph("  From outside over the network (not added): ", path.names + ", " + path.product, 5, Style::dim);
  }
}

void routes(Page& page, const Assessment& a) {
  if (a.routes.empty()) return;
  page.blank();
  const auto heading = [](Leads leads) {
    return leads == Leads::host ? "Ways from this container to its host"
                                : "Other ways: to secrets, sideways, or to an outage";
  };
  const char* told = nullptr;
  for (const RouteFinding& route : a.routes) {
    if (told != heading(route.leads)) page.line(told = heading(route.leads), Style::bold);
    const std::string sure = route.assessed ? std::string(name_of(route.certainty)) : "possible, not assessed";
    page.paragraph("  ", route.title + " (" + route.id + ", " + sure + ")", 4,
                   route.assessed ? Style::high : Style::doubt);
    for (const Condition& condition : route.evidence) {
      const std::string evidence = condition.evidence.empty() ? "" : ": " + condition.evidence;
      page.paragraph("    ", fmt::format("{} {}{}", name_of(condition.state), condition.name, evidence), 6);
    }
    if (!route.threat_id.empty()) page.paragraph("    ", "by " + route.threat_id, 6);
    if (!route.technique.empty()) page.paragraph("    ", "ATT&CK " + route.technique, 6);
    if (!route.remedy.empty()) page.paragraph("    ", "remedy: " + route.remedy, 6);
  }
}

void not_assessed(Page& page, const Assessment& a) {
  if (a.not_assessed.empty()) return;
  page.blank();
  page.paragraph("", "Not assessed: the true level may be higher", 0, Style::doubt);
  for (const Incomplete& gap : a.not_assessed) {
    page.paragraph("  ? ", gap.what + ": " + gap.reason + (gap.remedy.empty() ? "" : "; " + gap.remedy), 4);
  }
}

}  // namespace

std::string render_explain(const AssetReport& asset, const Report& report, const Options& options) {
  Page page(options.columns, options.colour);
  const Assessment& a = asset.assessment;
  const Style style = level_word(asset) == "unknown" ? Style::doubt : style_of(a.level);
  const std::string node = asset.asset.node.empty() ? "" : " on " + asset.asset.node;
  page.line({{fmt::format("{}{} {}  ", a.score, is_complete(asset) ? "" : "?", level_word(asset)), style},
             {asset.asset.name, Style::bold},
             {fmt::format(" ({}{})", name_of(asset.asset.kind), node)}});
  if (!asset.asset.image.empty()) page.paragraph("", "image " + asset.asset.image, 2);
  page.paragraph("", database_line(report.threat_db), 2);
  if (const auto warning = database_warning(report, options.db_age_warning_days)) {
    page.paragraph("WARNING: ", *warning, 9, Style::high);
  }
  own_threats(page, a);
  if (const std::string line = excepted_line(asset, 50); !line.empty()) page.paragraph(" ", line, 3, Style::dim);
  additions(page, a);
  inherited(page, a);
  page.blank();
  page.paragraph(
      "", fmt::format("Score = round(100 x (1 - (1 - {:.3f}) x (1 - {:.3f}))) = {}", a.own, a.inherited.level, a.score),
      2, Style::bold);
  if (a.if_fixed && a.if_fixed->score < a.score) {
    page.line(
        fmt::format("Once all is done that is known to help: {} {}", a.if_fixed->score, name_of(a.if_fixed->level)),
        Style::good);
  }
  routes(page, a);
  not_assessed(page, a);
  return page.take();
}

}  // namespace plimsoll::report

// FIG. 2B: the tests of hosts, runtimes and containers with their numbers, levels and messages.
#include "report/benchmark_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "model/names.h"
#include "report/page.h"
#include "report/summary.h"

namespace plimsoll::report {
namespace {

constexpr size_t subjects_shown = 4, longest_number = 12;
constexpr std::array<CheckOutcome, 5> order{CheckOutcome::fail, CheckOutcome::unknown, CheckOutcome::manual,
                                            CheckOutcome::pass, CheckOutcome::not_applicable};

std::string_view badge(CheckOutcome outcome) {
  constexpr std::array<std::string_view, 5> words{"PASS", "FAIL", "N/A", "MANUAL", "UNKNOWN"};
  return words[static_cast<size_t>(outcome)];
}

Style style_of(CheckOutcome outcome, SeverityLevel level) {
  switch (outcome) {
    case CheckOutcome::pass:
      return Style::good;
    case CheckOutcome::fail:
      return report::style_of(level);
    case CheckOutcome::not_applicable:
      return Style::dim;
    default:
      return Style::doubt;
  }
}

// The rows of one check that came out alike.
struct Line {
  std::string number, title, note;  // note: why there is no rule
  CheckOutcome outcome = CheckOutcome::unknown;
  SeverityLevel severity = SeverityLevel::low;  // the worst of them
  std::vector<const CheckResult*> rows;
};

struct Section {
  std::string title;
  std::vector<Line> lines;
  OutcomeCounts counts{};
};

class Sections {
 public:
  Section& at(const std::string& key, const std::string& title) {
    const auto [place, fresh] = index_.emplace(key, sections.size());
    if (fresh) sections.push_back({title, {}, {}});
    return sections[place->second];
  }
  std::vector<Section> sections;  // in the order they came

 private:
  std::map<std::string, size_t> index_;
};

void add_row(Section& section, const std::string& number, const std::string& title, const CheckResult& row) {
  ++section.counts[static_cast<size_t>(row.outcome)];
  const auto same = std::find_if(section.lines.begin(), section.lines.end(), [&](const Line& line) {
    return line.outcome == row.outcome && line.number == number && line.title == title;
  });
  Line& line = same != section.lines.end() ? *same : section.lines.emplace_back();
  line.number = number;
  line.title = title;
  line.outcome = row.outcome;
  line.severity = std::max(line.severity, row.severity);
  line.rows.push_back(&row);
}

// By our own sections, in the order of the rules.
std::vector<Section> by_rules(const Report& report) {
  Sections out;
  for (const AssetReport& asset : report.assets) {
    for (const CheckResult& row : asset.checks) add_row(out.at(row.section, row.section), row.rule, row.title, row);
  }
  return std::move(out.sections);
}

// By the controls of one benchmark: "4.1" stands in section "4".
std::vector<Section> by_controls(const Report& report, const benchmark::ControlMap& map) {
  std::map<std::string, std::vector<const CheckResult*>> rows;
  for (const AssetReport& asset : report.assets) {
    for (const CheckResult& row : asset.checks) rows[row.rule].push_back(&row);
  }
  Sections out;
  for (const benchmark::Control& control : map.controls) {
    const std::string key = control.id.substr(0, control.id.find('.'));
    const auto title = map.sections.find(key);
    Section& section = out.at(key, title == map.sections.end() ? key : key + " " + title->second);
    for (const std::string& rule : control.rules) {
      for (const CheckResult* row : rows[rule]) {
        add_row(section, control.id, control.title.empty() ? row->title : control.title, *row);
      }
    }
    if (!control.rules.empty()) continue;
    ++section.counts[static_cast<size_t>(CheckOutcome::manual)];
    section.lines.push_back(
        {control.id, control.title, control.why_none, CheckOutcome::manual, SeverityLevel::low, {}});
  }
  return std::move(out.sections);
}

std::string detail_of(const CheckResult& row) {
  if (row.reason.empty() || row.evidence.empty()) return row.reason + row.evidence;
  return row.reason + "; " + row.evidence;
}

void details(Page& page, const Line& line) {
  constexpr size_t indent = 8;
  const std::string margin(indent, ' ');
  if (!line.note.empty() && !line.title.empty()) page.paragraph(margin, line.note, indent, Style::dim);
  size_t shown = 0;
  for (const CheckResult* row : line.rows) {
    if (shown++ == subjects_shown) {
      page.paragraph(margin, fmt::format("and {} more: --format json", line.rows.size() - subjects_shown), indent,
                     Style::dim);
      break;
    }
    page.paragraph(margin, row->subject + ": " + detail_of(*row), indent + 2);
  }
  if (line.outcome == CheckOutcome::fail && !line.rows.front()->remedy.empty()) {
    page.paragraph(margin, "-> " + line.rows.front()->remedy, indent + 3, Style::good);
  }
}

void print_line(Page& page, const Line& line, size_t number_width) {
  constexpr size_t level_width = 9, result_width = 8;
  const std::string level = line.outcome == CheckOutcome::manual ? "" : std::string(name_of(line.severity));
  const Style style = style_of(line.outcome, line.severity);
  std::vector<Span> spans{{"  " + left(level, level_width), report::style_of(line.severity)},
                          {left(badge(line.outcome), result_width), style}};
  const bool in_front = number_width <= longest_number;
  if (in_front) spans.insert(spans.begin(), {"  " + left(line.number, number_width)});
  const std::string title = line.title.empty() ? line.note : line.title;
  spans.push_back({in_front ? title : line.number});
  page.line(spans);
  if (!in_front) page.paragraph("        ", title, 8, Style::bold);
  if (line.outcome != CheckOutcome::pass && line.outcome != CheckOutcome::not_applicable) details(page, line);
}

void print_section(Page& page, const Section& section, const BenchmarkView& view) {
  page.blank();
  size_t count = 0, width = 0;
  for (const size_t one : section.counts) count += one;
  for (const Line& line : section.lines) width = std::max(width, columns_of(printable(line.number)));
  page.paragraph("", fmt::format("{} ({}): {}", section.title, count, outcomes_text(section.counts)), 2, Style::bold);
  for (const CheckOutcome outcome : order) {
    const bool quiet = outcome == CheckOutcome::pass || outcome == CheckOutcome::not_applicable;
    if (quiet && !view.all) continue;
    std::vector<const Line*> lines;
    for (const Line& line : section.lines) {
      if (line.outcome == outcome) lines.push_back(&line);
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const Line* a, const Line* b) { return a->severity > b->severity; });
    for (const Line* line : lines) print_line(page, *line, width);
  }
}

void print_assets(Page& page, const Report& report) {
  page.line(fmt::format("{:>4} {} {} {:>5}{:>5}{:>5}{:>5}{:>5}  {}", "LOAD", left("LEVEL", 8), left("NAME", 24), "FAIL",
                        "?", "MAN", "PASS", "N/A", "PASS RATE"),
            Style::bold);
  for (const AssetReport& asset : report.assets) {
    if (asset.checks.empty()) continue;
    const auto counts = count_outcomes(asset.checks);
    const auto of = [&](CheckOutcome outcome) { return counts[static_cast<size_t>(outcome)]; };
    const size_t judged = of(CheckOutcome::pass) + of(CheckOutcome::fail) + of(CheckOutcome::unknown);
    const bool unsure = level_word(asset) == "unknown";
    std::string numbers;
    for (const CheckOutcome outcome : order) numbers += right(std::to_string(of(outcome)), 5);
    page.line({{right(fmt::format("{}{}", asset.assessment.score, is_complete(asset) ? " " : "?"), 4) + " " +
                    left(level_word(asset), 8),
                unsure ? Style::doubt : report::style_of(asset.assessment.level)},
               {" " + left(asset.asset.name, 24) + " " + numbers + "  " +
                (judged == 0 ? "-" : fmt::format("{} %", of(CheckOutcome::pass) * 100 / judged))}});
  }
}

}  // namespace

std::string render_benchmark(const Report& report, const BenchmarkView& view, const Options& options) {
  Page page(options.columns, options.colour);
  const std::string checks = checks_line(report);
  if (checks.empty()) {
    page.paragraph("", "No setting was read that a rule is about.", 0, Style::doubt);
  } else {
    print_assets(page, report);
    page.paragraph("", "Levels are of settings and exposure alone; plimsoll scan counts vulnerabilities too.", 0,
                   Style::dim);
    page.blank();
    for (const BenchmarkRate& rate : report.benchmarks) {
      page.paragraph(
          "",
          fmt::format("{} {}: {} ({})", rate.benchmark, rate.edition, rate_text(rate), outcomes_text(rate.controls)),
          2);
    }
    const auto sections = view.map != nullptr ? by_controls(report, *view.map) : by_rules(report);
    for (const Section& section : sections) print_section(page, section, view);
  }
  if (!report.incomplete.empty()) page.blank();
  for (const Incomplete& gap : report.incomplete) {
    page.paragraph("  ? ", gap.what + ": " + gap.reason, 4, Style::doubt);
  }
  return page.take();
}

}  // namespace plimsoll::report

// The report as one HTML file: no network, no inline handler, a policy that admits only the template's own style and
// script by their hashes. Everything is in the page as escaped text; the script only sorts and hides rows.
#include "report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/embedded.h"
#include "base/text.h"
#include "model/names.h"
#include "report/summary.h"

namespace plimsoll::report {
namespace {

using std::string;

string element(std::string_view tag, std::string_view text, std::string_view css_class = {}) {
  const string attribute = css_class.empty() ? "" : fmt::format(" class=\"{}\"", css_class);
  return fmt::format("<{}{}>{}</{}>", tag, attribute, escape_html(text), tag);
}

string cell(std::string_view text, std::string_view css_class = {}) { return element("td", text, css_class); }

string number_cell(uint64_t number) { return cell(std::to_string(number), "number"); }

// A cell that sorts by something other than what it shows.
string sorted_cell(std::string_view key, std::string_view text, std::string_view css_class = {}) {
  return fmt::format("<td data-sort=\"{}\" class=\"{}\">{}</td>", escape_html(key), css_class, escape_html(text));
}

string head_row(std::initializer_list<std::string_view> names) {
  string out = "<thead><tr>";
  for (const std::string_view name : names) out += fmt::format("<th scope=\"col\">{}</th>", escape_html(name));
  return out + "</tr></thead>\n<tbody>\n";
}

string score_text(const AssetReport& asset) {
  return std::to_string(asset.assessment.score) + (is_complete(asset) ? "" : "?");
}

string asset_row(const AssetReport& asset, size_t index) {
  const Counts counts = counts_of(asset.threats);
  string out = "<tr>" + sorted_cell(std::to_string(asset.assessment.score), score_text(asset), "number");
  out +=
      fmt::format("<td><meter min=\"0\" max=\"100\" low=\"40\" high=\"70\" optimum=\"0\" value=\"{}\">{}</meter></td>",
                  std::clamp(asset.assessment.score, 0, 100), asset.assessment.score);
  out += cell(level_word(asset), level_word(asset)) + cell(name_of(asset.asset.kind));
  out += fmt::format("<td><a href=\"#asset-{}\">{}</a></td>", index, escape_html(asset.asset.name));
  for (size_t i = counts.size(); i-- > 1;) out += number_cell(counts[i]);
  out += number_cell(counts[0]) + cell(asset.asset.status);
  out +=
      cell(is_complete(asset) ? "" : fmt::format("{} not assessed", asset.assessment.not_assessed.size()), "unknown");
  return out + "</tr>\n";
}

string asset_table(const Report& report) {
  if (report.assets.empty()) return element("p", "Nothing was found to score.", "unknown");
  string out = "<div class=\"wide\"><table class=\"sortable\">" +
               head_row({"Score", "Load line", "Level", "Kind", "Name", "Critical", "High", "Medium", "Low", "Unknown",
                         "Status", "Assessed"});
  for (size_t i = 0; i < report.assets.size(); ++i) out += asset_row(report.assets[i], i);
  return out + "</tbody></table></div>\n";
}

// Only a plain web address becomes a link; anything else stays text.
string id_cell(const Threat& threat) {
  const auto is_web = [](const string& url) { return url.starts_with("https://"); };
  const auto link = std::find_if(threat.references.begin(), threat.references.end(), is_web);
  if (link == threat.references.end()) return cell(threat.id.value);
  return fmt::format("<td class=\"id\"><a href=\"{}\" rel=\"noopener noreferrer\">{}</a></td>", escape_html(*link),
                     escape_html(threat.id.value));
}

string threat_row(const Threat& threat) {
  const std::string_view severity = name_of(threat.severity.level);
  const double score = threat.severity.score.value_or(0);
  string out = fmt::format("<tr data-severity=\"{}\" data-fixed=\"{}\" data-kev=\"{}\">", severity,
                           threat.fixed_version.empty() ? 0 : 1, threat.known_exploited ? 1 : 0);
  out += sorted_cell(std::to_string(static_cast<int>(threat.severity.level)), severity, severity);
  out += cell(threat.severity.score ? fixed(score, 1) : "", "number") + id_cell(threat);
  out += cell(subject_of(threat)) + cell(threat.package ? threat.package->version : "") + cell(threat.fixed_version);
  out += cell(threat.known_exploited ? "known exploited" : "", "kev");
  out += threat.epss ? sorted_cell(fixed(*threat.epss, 6), fixed(*threat.epss * 100, 2) + " %", "number") : cell("");
  out += cell(threat.package ? threat.title : threat.evidence);
  return out + "</tr>\n";
}

string threat_table(const Listed& threats) {
  if (threats.empty()) return {};
  string out = "<div class=\"wide\"><table class=\"sortable threats\">" +
               head_row({"Severity", "CVSS", "Id", "Package", "Installed", "Fixed in", "Exploited", "EPSS", "What"});
  for (const Threat* threat : threats) out += threat_row(*threat);
  return out + "</tbody></table></div>\n";
}

string list_item(std::string_view text) { return element("li", text) + "\n"; }

string reasons(const Assessment& a) {
  string out;
  for (const FixedAddition& addition : a.additions) {
    const string why = addition.evidence.empty() ? "" : " (" + addition.evidence + ")";
    out += list_item(fmt::format("{:+d} {}{}", addition.points, addition.name, why));
  }
  if (!a.inherited.path.empty()) {
    const PathText path = path_text(a.inherited);
    out += list_item("Attack path: " + path.names + ", " + path.product);
  }
  if (shows_from_outside(a)) {
    const PathText path = path_text(a.from_outside);
    out += list_item("From outside over the network: " + path.names + ", " + path.product);
  }
  for (const RouteFinding& route : a.routes) {
    const string sure = route.assessed ? string(name_of(route.certainty)) : "possible, not assessed";
    out += list_item((route.leads == Leads::host ? "Escape route: " : "Other way: ") + route.title + " (" + sure + ")" +
                     (route.remedy.empty() ? "" : ". " + route.remedy));
  }
  return out.empty() ? out : "<ul>\n" + out + "</ul>\n";
}

string gap_text(const Incomplete& gap) {
  return gap.what + ": " + gap.reason + (gap.remedy.empty() ? "" : "; " + gap.remedy);
}

// What failed, is unknown or waits for a person; the rest is counted.
string check_table(const AssetReport& asset) {
  if (asset.checks.empty()) return {};
  string out = element("p", "Settings: " + outcomes_text(count_outcomes(asset.checks)));
  string rows;
  for (const CheckResult& row : asset.checks) {
    if (row.outcome == CheckOutcome::pass || row.outcome == CheckOutcome::not_applicable) continue;
    std::vector<string> controls;
    for (const ControlRef& control : row.controls) {
      controls.push_back(control.benchmark + " " + control.edition + " " + control.id);
    }
    rows += "<tr>" + cell(name_of(row.outcome), row.outcome == CheckOutcome::fail ? name_of(row.severity) : "unknown");
    rows += sorted_cell(std::to_string(static_cast<int>(row.severity)), name_of(row.severity), name_of(row.severity));
    rows += cell(row.rule) + cell(row.subject) + cell(row.section) + cell(row.title);
    rows +=
        cell(row.reason.empty() || row.evidence.empty() ? row.reason + row.evidence : row.reason + "; " + row.evidence);
    rows += cell(row.remedy) + cell(join(controls, ", ")) + "</tr>\n";
  }
  if (rows.empty()) return out + "\n";
  return out + "\n<div class=\"wide\"><table class=\"sortable\">" +
         head_row({"Result", "Severity", "Check", "Subject", "Section", "What", "Evidence", "Remedy", "Controls"}) +
         rows + "</tbody></table></div>\n";
}

string benchmark_list(const Report& report) {
  if (report.benchmarks.empty()) return {};
  string out = "<section><h2>Benchmarks</h2>\n<ul>\n";
  std::vector<string> others;
  for (const BenchmarkRate& rate : report.benchmarks) {
    const string name = rate.benchmark + " " + rate.edition;
    if (is_judged(rate))
      out += list_item(fmt::format("{}: {} ({})", name, rate_text(rate), outcomes_text(rate.controls)));
    else
      others.push_back(name);
  }
  if (!others.empty()) out += list_item("nothing to decide here: " + join(others, ", "));
  return out + "</ul></section>\n";
}

string asset_section(const AssetReport& asset, const Listed& listed, size_t index) {
  const Assessment& a = asset.assessment;
  string out = fmt::format("<section><h2 id=\"asset-{}\">{} <span class=\"{}\">{} {}</span></h2>\n", index,
                           escape_html(asset.asset.name), level_word(asset), score_text(asset), level_word(asset));
  std::vector<string> about{string(name_of(asset.asset.kind))};
  for (const string& part : {asset.asset.image, asset.asset.node, asset.asset.platform, asset.asset.status}) {
    if (!part.empty() && part != about.front()) about.push_back(part);
  }
  if (asset.os && !asset.os->pretty_name.empty()) about.push_back(asset.os->pretty_name);
  out += element("p", join(about, ", "), "faint") + "\n";
  out += element(
      "p",
      fmt::format("Score = round(100 x (1 - (1 - own {:.3f}) x (1 - inherited {:.3f})))", a.own, a.inherited.level),
      "faint");
  out += "\n" + reasons(a) + threat_table(listed) + check_table(asset);
  if (listed.size() < asset.threats.size()) {
    out += element("p", fmt::format("{} threats are not listed by the filters.", asset.threats.size() - listed.size()),
                   "faint");
  }
  if (!asset.excepted.empty()) {
    out += "<h3>Excepted, no part of the score</h3>\n<ul>\n";
    for (const ExceptedThreat& excepted : asset.excepted)
      out += list_item(excepted.threat.id.value + " " + subject_of(excepted.threat) + ", " + excepted_text(excepted));
    out += "</ul>\n";
  }
  if (!is_complete(asset)) {
    out += "<h3 class=\"unknown\">Not assessed</h3>\n<ul>\n";
    for (const Incomplete& gap : a.not_assessed) out += list_item(gap_text(gap));
    out += "</ul>\n";
  }
  return out + "</section>\n";
}

string fixes(const Report& report) {
  if (report.fixes.empty()) return {};
  string out = "<section><h2>What to fix first</h2>\n<ol>\n";
  for (const FixAction& fix : report.fixes) {
    out += "<li>" + element("strong", fix.title);
    out += " <span>" + escape_html(fmt::format("(-{}: {})", fix.total_fall, falls_text(fix, 6))) + "</span>";
    if (!fix.remedy.empty()) out += element("p", fix.remedy, "faint");
    out += "</li>\n";
  }
  return out + "</ol></section>\n";
}

string run_gaps(const Report& report) {
  if (report.incomplete.empty()) return {};
  string out = "<section><h2 class=\"unknown\">Not assessed in this run</h2>\n<ul>\n";
  for (const Incomplete& gap : report.incomplete) out += list_item(gap_text(gap));
  return out + "</ul></section>\n";
}

string filter_bar() {
  string out = "<div class=\"filters\" hidden><label>Find <input id=\"find\" type=\"search\"></label>";
  for (int i = 4; i >= 0; --i) {
    const std::string_view name = name_of(static_cast<SeverityLevel>(i));
    out += fmt::format("<label><input type=\"checkbox\" name=\"severity\" value=\"{0}\" checked> {0}</label>", name);
  }
  out +=
      "<label><input type=\"checkbox\" id=\"fixed\"> only with a fix</label>"
      "<label><input type=\"checkbox\" id=\"kev\"> only known exploited</label><span id=\"shown\" "
      "class=\"faint\"></span></div>\n";
  return out;
}

string body(const Report& report, const Options& options) {
  string out = element("h1", "Plimsoll threat levels") + "\n";
  out += element("p", "Made " + format_rfc3339(report.generated_at) + " by Plimsoll " + report.tool_version, "faint") +
         "\n";
  out += element("p", totals_line(report)) + "\n" + element("p", database_line(report.threat_db)) + "\n";
  if (const auto warning = database_warning(report, options.db_age_warning_days)) {
    out += element("p", "Warning: " + *warning, "warning") + "\n";
  }
  if (const auto warning = sandbox_warning(report.sandbox)) {
    out += element("p", "Warning: " + *warning, "warning") + "\n";
  }
  if (const auto note = filter_line(options)) out += element("p", *note, "faint") + "\n";
  out += asset_table(report) + benchmark_list(report) + fixes(report) + run_gaps(report) + filter_bar();
  for (size_t i = 0; i < report.assets.size(); ++i)
    out += asset_section(report.assets[i], listed_threats(report.assets[i], options), i);
  return out;
}

// What stands between the first `open` after the template's start and the `close` after it.
std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const size_t at = text.find(open);
  if (at == std::string_view::npos) return {};
  const size_t end = text.find(close, at);
  return text.substr(at + open.size(), end - at - open.size());
}

// Puts `value` for the first `mark` after `from` of the template and moves past it, so that nothing put in is looked
// at.
void put(string& out, std::string_view& rest, std::string_view mark, std::string_view value) {
  const size_t at = rest.find(mark);
  if (at == std::string_view::npos) return;
  out += rest.substr(0, at);
  out += value;
  rest.remove_prefix(at + mark.size());
}

}  // namespace

std::string render_html(const Report& report, const Options& options) {
  const std::string_view page = embedded_file("data/report/report.html").value_or("{{BODY}}");
  std::string_view rest = page;
  string out;
  put(out, rest, "{{STYLE_HASH}}", csp_hash(between(page, "<style>", "</style>")));
  put(out, rest, "{{SCRIPT_HASH}}", csp_hash(between(page, "<script>", "</script>")));
  put(out, rest, "{{TITLE}}", "Plimsoll " + date_of(report.generated_at));
  put(out, rest, "{{BODY}}", body(report, options));
  out += rest;
  return out;
}

}  // namespace plimsoll::report

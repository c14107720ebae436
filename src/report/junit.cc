// JUnit's XML as build servers read it: <testsuites><testsuite><testcase>, with <failure>, <error> (could not be
// decided) and <skipped> (does not apply, or needs a person).
#include <fmt/format.h>

#include "base/text.h"
#include "model/names.h"
#include "report/html.h"
#include "report/render.h"
#include "report/summary.h"

namespace plimsoll::report {
namespace {

// As HTML, without the two characters that XML 1.0 has no way to write (section 2.2: U+FFFE, U+FFFF).
std::string escape_xml(std::string_view text) {
  std::string out = escape_html(text);
  for (const std::string_view bad : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (size_t at = out.find(bad); at != std::string::npos; at = out.find(bad, at)) out.replace(at, 3, "?");
  }
  return out;
}

struct Suite {
  std::string cases;
  size_t tests = 0, failures = 0, errors = 0, skipped = 0;
};

void add_case(Suite& suite, std::string_view group, std::string_view name, std::string_view inner) {
  ++suite.tests;
  suite.cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\">{}</testcase>\n", escape_xml(group),
                             escape_xml(name), inner);
}

std::string inner_element(std::string_view tag, std::string_view type, std::string_view message,
                          std::string_view text) {
  return fmt::format("<{0} type=\"{1}\" message=\"{2}\">{3}</{0}>", tag, escape_xml(type), escape_xml(message),
                     escape_xml(text));
}

void add_check(Suite& suite, const CheckResult& row) {
  const std::string name = fmt::format("{} {}: {}", row.rule, row.subject, row.title);
  std::string detail = row.reason;
  if (!row.evidence.empty()) detail += (detail.empty() ? "" : "; ") + row.evidence;
  switch (row.outcome) {
    case CheckOutcome::pass:
      return add_case(suite, row.section, name, "");
    case CheckOutcome::fail:
      ++suite.failures;
      return add_case(suite, row.section, name,
                      inner_element("failure", name_of(row.severity), detail, "Remedy: " + row.remedy));
    case CheckOutcome::unknown:
      ++suite.errors;
      return add_case(suite, row.section, name, inner_element("error", "unknown", detail, ""));
    default:
      ++suite.skipped;
      return add_case(
          suite, row.section, name,
          fmt::format("<skipped message=\"{}\"/>", escape_xml(std::string(name_of(row.outcome)) + ": " + detail)));
  }
}

void add_threat(Suite& suite, const Threat& threat) {
  std::string what = threat.title;
  std::string detail = threat.evidence;
  if (threat.package) {
    what = threat.package->name + " " + threat.package->version;
    detail = threat.title;
  }
  const std::string fix = threat.fixed_version.empty() ? threat.remedy : "Fixed in " + threat.fixed_version;
  ++suite.failures;
  add_case(suite, name_of(threat.kind), threat.id.value + " " + what,
           inner_element("failure", name_of(threat.severity.level), detail, fix));
}

Suite suite_of(const AssetReport& asset, const Options& options) {
  Suite suite;
  for (const Threat* threat : listed_threats(asset, options)) {
    if (threat->kind != ThreatKind::benchmark) add_threat(suite, *threat);
  }
  for (const ExceptedThreat& excepted : asset.excepted) {
    if (excepted.threat.kind == ThreatKind::benchmark || !is_listed(excepted.threat, options)) continue;
    ++suite.skipped;
    add_case(suite, name_of(excepted.threat.kind), excepted.threat.id.value + " " + subject_of(excepted.threat),
             fmt::format("<skipped message=\"{}\"/>", escape_xml("excepted " + excepted_text(excepted))));
  }
  for (const CheckResult& row : asset.checks) {
    if (options.wants(row.severity)) add_check(suite, row);
  }
  for (const Incomplete& gap : asset.assessment.not_assessed) {
    ++suite.errors;
    add_case(suite, "not assessed", gap.what, inner_element("error", "not assessed", gap.reason, gap.remedy));
  }
  return suite;
}

}  // namespace

std::string render_junit(const Report& report, const Options& options) {
  std::string suites;
  Suite sum;
  const auto attributes = [](const Suite& suite) {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", suite.tests, suite.failures,
                       suite.errors, suite.skipped);
  };
  const auto take = [&](std::string_view name, const Suite& suite) {
    suites += fmt::format("  <testsuite name=\"{}\" {} timestamp=\"{}\">\n{}  </testsuite>\n", escape_xml(name),
                          attributes(suite), format_rfc3339(report.generated_at).substr(0, 19), suite.cases);
    sum.tests += suite.tests;
    sum.failures += suite.failures;
    sum.errors += suite.errors;
    sum.skipped += suite.skipped;
  };
  for (const AssetReport& asset : report.assets) take(asset.asset.name, suite_of(asset, options));
  if (!report.incomplete.empty()) {
    Suite run;
    for (const Incomplete& gap : report.incomplete) {
      ++run.errors;
      add_case(run, "not assessed", gap.what, inner_element("error", "not assessed", gap.reason, gap.remedy));
    }
    take("this run", run);
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll\" {}>\n{}</testsuites>\n",
                     attributes(sum), suites);
}

}  // namespace plimsoll::report

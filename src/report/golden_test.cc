// What a person sees, byte for byte. After an intended change: PLIMSOLL_UPDATE_GOLDEN=1 report_test, then read the
// diff.
#include <gtest/gtest.h>

#include "report/benchmark_page.h"
#include "report/render.h"
#include "report/test_report.h"

namespace plimsoll::report {
namespace {

TEST(Golden, Table) { expect_golden("table.txt", render_table(small_world(), {})); }

TEST(Golden, TableWithColour) {
  Options options;
  options.colour = true;
  expect_golden("table_colour.txt", render_table(small_world(), options));
}

TEST(Golden, TableFilteredAndNarrow) {
  Options options;
  options.columns = 60;
  options.severities = {SeverityLevel::high};
  options.only_fixed = true;
  expect_golden("table_filtered.txt", render_table(small_world(), options));
}

TEST(Golden, TableOfNothing) { expect_golden("table_empty.txt", render_table(Report{}, {})); }

TEST(Golden, TableWithOldDatabase) {
  Report report = small_world();
  report.assets.clear();
  report.generated_at += std::chrono::days(30);
  expect_golden("table_old_database.txt", render_table(report, {}));
}

TEST(Golden, Explain) {
  const Report report = small_world();
  expect_golden("explain_front.txt", render_explain(report.assets[0], report, {}));
  expect_golden("explain_inherited.txt", render_explain(report.assets[2], report, {}));
  expect_golden("explain_unknown.txt", render_explain(report.assets[3], report, {}));
}

TEST(Golden, Fixes) { expect_golden("fixes.txt", render_fixes(small_world(), {})); }

benchmark::ControlMap example_map() {
  benchmark::ControlMap map{"CIS Example", "1.0", "", {{"1", "Host"}, {"5", "Containers"}}, {}};
  map.controls = {{"1.1", "1", "", "", true, {"host.sysctl.aslr"}},
                  {"1.2", "1", "Hide kernel pointers", "", true, {"host.sysctl.kptr"}},
                  {"1.3", "1", "", "A person decides who may log in.", false, {}},
                  {"2.1", "1", "", "", true, {"docker.daemon.icc"}},
                  {"5.10", "1", "", "", true, {"container.memory_limit"}},
                  {"5.30", "2", "", "", true, {"container.user_namespace"}}};
  return map;
}

TEST(Golden, Benchmark) {
  expect_golden("benchmark.txt", render_benchmark(checked_world(), {}, {}));
  const benchmark::ControlMap map = example_map();
  expect_golden("benchmark_controls.txt", render_benchmark(checked_world(), {&map, true}, {}));
  expect_golden("benchmark_empty.txt", render_benchmark(Report{}, {}, {}));
}

TEST(Golden, CheckedWorld) {
  expect_golden("table_checked.txt", render_table(checked_world(), {}));
  expect_golden("checked.html", render_html(checked_world(), {}));
  expect_golden("checked.sarif.json", render_sarif(checked_world(), {}));
  expect_golden("checked.junit.xml", render_junit(checked_world(), {}));
}

TEST(Golden, Html) { expect_golden("report.html", render_html(small_world(), {})); }

}  // namespace
}  // namespace plimsoll::report

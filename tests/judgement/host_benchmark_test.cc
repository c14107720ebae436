// All shipped host rules over the facts of a hardened and of a badly kept host: tests/golden/host/*.yaml are facts in
// the form of fixtures, *.txt what comes out, a line a rule. PLIMSOLL_UPDATE_GOLDEN=1 rewrites them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "base/file.h"
#include "benchmark/evaluate.h"
#include "benchmark/fixture_file.h"
#include "benchmark/rule_set.h"
#include "model/names.h"

namespace plimsoll::benchmark {
namespace {

const std::string kDirectory = std::string(PLIMSOLL_SOURCE_DIR) + "/tests/golden/host/";

std::vector<CheckResult> check_host(const std::string& name) {
  const auto text = read_file(kDirectory + name + ".yaml");
  EXPECT_TRUE(text.ok());
  const auto fixtures = parse_fixtures(text.ok() ? *text : "", name);
  EXPECT_TRUE(fixtures.ok()) << (fixtures.ok() ? "" : fixtures.error().to_string());
  const auto rules = load_rules(built_in_files());
  EXPECT_TRUE(rules.ok());
  std::vector<CheckResult> out;
  if (!fixtures.ok() || fixtures->empty() || !rules.ok()) return out;
  const Found host{&fixtures->front().facts, {}, {}};
  const Found none = no_telling("not given");
  for (const Rule& rule : rules->rules) {
    if (rule.subject == Subject::host && rule.id.starts_with("host."))
      out.push_back(check(rule, name, host, {host, none, none, none, none, {&nothing_judged(), {}, {}}}));
  }
  return out;
}

void compare(const std::string& name, const std::vector<CheckResult>& rows) {
  std::string text;
  for (const CheckResult& row : rows) {
    text += std::string(name_of(row.outcome)) + " " + row.rule;
    if (row.outcome == CheckOutcome::fail) text += " " + std::string(name_of(row.severity));
    text += "\n";
  }
  const std::string path = kDirectory + name + ".txt";
  if (std::getenv("PLIMSOLL_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomically(path, text).ok());
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden.ok());
  EXPECT_EQ(*golden, text);
}

TEST(HostBenchmark, AHardenedHostFailsNothing) {
  const auto rows = check_host("hardened");
  compare("hardened", rows);
  for (const CheckResult& row : rows) {
    EXPECT_NE(row.outcome, CheckOutcome::fail) << row.rule << ": " << row.evidence;
    EXPECT_NE(row.outcome, CheckOutcome::unknown) << row.rule << ": " << row.reason;
  }
}

TEST(HostBenchmark, ABadlyKeptHostPassesNextToNothing) {
  const auto rows = check_host("badly_kept");
  compare("badly_kept", rows);
  std::set<std::string> passed;
  for (const CheckResult& row : rows) {
    if (row.outcome == CheckOutcome::pass) passed.insert(row.rule);
  }
  // Its kernel knows of CPU vulnerabilities, its containers may route, and without Secure Boot lockdown is not asked
  // for.
  EXPECT_EQ(passed, (std::set<std::string>{"host.kernel.cpu_vuln", "host.kernel.lockdown", "host.sysctl.ip_forward"}));
}

}  // namespace
}  // namespace plimsoll::benchmark

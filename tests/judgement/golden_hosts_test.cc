// Five kinds of host, whole: tests/golden/hosts/NAME/facts.yaml holds their settings in the form of fixtures, the host
// with its runtimes first, then a container each. They are judged as `plimsoll benchmark --target replay:` judges a
// recording, and the report is held against benchmark.txt and benchmark.json beside them.
// PLIMSOLL_UPDATE_GOLDEN=1 rewrites these.
#include <gtest/gtest.h>

#include <cstdlib>

#include "analyzer/analyzer.h"
#include "base/file.h"
#include "benchmark/fixture_file.h"
#include "benchmark/pass_rates.h"
#include "model/names.h"
#include "report/benchmark_page.h"
#include "wire/recording.h"

namespace plimsoll {
namespace {

const std::string kHosts = std::string(PLIMSOLL_SOURCE_DIR) + "/tests/golden/hosts/";

AssetReport host_of(benchmark::Fixture& facts, const std::string& name) {
  AssetReport asset;
  asset.asset.id = {"host:" + name};
  asset.asset.kind = AssetKind::host;
  asset.asset.name = asset.asset.node = name;
  asset.asset.status = "running";
  asset.host.emplace();
  asset.host->hostname = name;
  asset.settings = FactTree::map_of({{"host", std::move(facts.facts)}, {"runtimes", std::move(facts.runtimes)}});
  return asset;
}

AssetReport container_of(benchmark::Fixture& facts, const std::string& node) {
  AssetReport asset;
  asset.container.emplace();
  asset.container->name = facts.container.at("name").text;
  asset.container->runtime = facts.container.at("runtime").text;
  asset.asset.id = {asset.container->runtime + ":" + asset.container->name};
  asset.asset.kind = AssetKind::container;
  asset.asset.name = asset.container->name;
  asset.asset.node = node;
  asset.asset.image = facts.container.at("image").text;
  asset.asset.status = "running";
  asset.settings = FactTree::map_of({{"container", std::move(facts.container)}, {"image", std::move(facts.image)}});
  return asset;
}

// The report of a host's facts, after a turn through the format of recordings.
Report judged(const std::string& name) {
  const std::string path = kHosts + name + "/facts.yaml";
  const auto text = read_file(path, size_t{1} << 20);
  EXPECT_TRUE(text.ok()) << path;
  auto facts = benchmark::parse_fixtures(text.ok() ? *text : "", path);
  EXPECT_TRUE(facts.ok()) << facts.error().message;
  Report report;
  if (!facts.ok() || facts->empty()) return report;
  report.generated_at = *parse_rfc3339("2026-05-01T12:00:00Z");
  report.assets.push_back(host_of(facts->front(), name));
  for (size_t i = 1; i < facts->size(); ++i) report.assets.push_back(container_of((*facts)[i], name));
  auto replayed = wire::facts_from_json(wire::facts_to_json(report), "facts.json");
  EXPECT_TRUE(replayed.ok()) << replayed.error().to_string();
  EXPECT_EQ(*replayed, report);
  const auto policy = policy::default_policy();
  const auto rules = benchmark::load_rules(benchmark::built_in_files());
  EXPECT_TRUE(policy.ok() && rules.ok());
  analyzer::judge_settings(*replayed, {*policy, *rules}, report.generated_at);
  replayed->tool_version = "test";
  return std::move(*replayed);
}

void compare(const std::string& path, const std::string& text) {
  if (std::getenv("PLIMSOLL_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_atomically(path, text).ok());
  }
  const auto golden = read_file(path, size_t{8} << 20);
  ASSERT_TRUE(golden.ok()) << path;
  EXPECT_EQ(*golden, text) << path;
}

// The JSON without the rows that only say that all is well, and without what else repeats them.
Report brief(Report report) {
  for (AssetReport& asset : report.assets) {
    std::erase_if(asset.checks, [](const CheckResult& row) {
      return row.outcome != CheckOutcome::fail && row.outcome != CheckOutcome::unknown;
    });
    for (CheckResult& row : asset.checks) {
      row.remedy.clear();
      row.controls.clear();
    }
    asset.threats.clear();
    asset.assessment.routes.clear();
    asset.assessment.not_assessed.clear();
  }
  report.fixes.clear();
  report.together.clear();
  return report;
}

class GoldenHost : public testing::TestWithParam<const char*> {};

TEST_P(GoldenHost, GivesItsReport) {
  const std::string name = GetParam();
  const Report report = judged(name);
  report::Options options;
  options.columns = 120;
  compare(kHosts + name + "/benchmark.txt", report::render_benchmark(report, {}, options));
  compare(kHosts + name + "/benchmark.json", report::render_json(brief(report), options));
}

INSTANTIATE_TEST_SUITE_P(Hosts, GoldenHost,
                         testing::Values("debian-docker", "ubuntu-kubelet", "rhel-podman", "hardened", "badly-kept"),
                         [](const auto& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

std::vector<std::string> rules_with(const Report& report, CheckOutcome outcome, const std::string& prefix) {
  std::vector<std::string> out;
  for (const AssetReport& asset : report.assets) {
    for (const CheckResult& row : asset.checks) {
      if (row.outcome == outcome && row.rule.starts_with(prefix)) out.push_back(row.rule);
    }
  }
  return out;
}

TEST(GoldenHosts, AHardenedControlPlaneFailsNothing) {
  const Report report = judged("hardened");
  for (const CheckOutcome outcome : {CheckOutcome::fail, CheckOutcome::unknown}) {
    EXPECT_EQ(rules_with(report, outcome, ""), std::vector<std::string>{});
  }
  EXPECT_GT(rules_with(report, CheckOutcome::pass, "k8s.").size(), 100U);
}

TEST(GoldenHosts, ABadlyKeptControlPlanePassesNothingOfKubernetes) {
  // Its version is old, but younger than these two.
  EXPECT_EQ(rules_with(judged("badly-kept"), CheckOutcome::pass, "k8s."),
            (std::vector<std::string>{"k8s.kubelet.cve_2021_25741", "k8s.kubelet.cve_2020_8558"}));
}

TEST(GoldenHosts, WithoutKubernetesItsRulesDoNotApplyAndItsBenchmarkIsNotTold) {
  const Report report = judged("rhel-podman");
  for (const CheckOutcome outcome : {CheckOutcome::pass, CheckOutcome::fail, CheckOutcome::unknown}) {
    EXPECT_EQ(rules_with(report, outcome, "k8s."), std::vector<std::string>{});
  }
  std::vector<std::string> told;
  for (const BenchmarkRate& rate : report.benchmarks) told.push_back(rate.benchmark);
  EXPECT_EQ(told, (std::vector<std::string>{"CIS Red Hat Enterprise Linux 9", "DISA STIG Red Hat Enterprise Linux 9",
                                            "NIST SP 800-190", "PCI DSS"}));
}

}  // namespace
}  // namespace plimsoll

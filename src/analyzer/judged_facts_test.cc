#include "analyzer/judged_facts.h"

#include <gtest/gtest.h>

namespace plimsoll::analyzer {
namespace {

using Kind = FactTree::Kind;
using Texts = std::vector<std::string>;

Package known_package(PackageType type, const std::string& source, const std::string& ecosystem = "Debian:12") {
  Package out;
  out.type = type;
  out.name = out.source_name = source;
  out.ecosystem = ecosystem;
  return out;
}

Threat flaw(const std::string& id, Package of, const std::string& fixed) {
  Threat out;
  out.id = {id};
  out.kind = ThreatKind::vulnerability;
  out.package = std::move(of);
  out.fixed_version = fixed;
  return out;
}

// One host with Docker and runc of its distribution, and a container.
Report fleet() {
  Report report;
  AssetReport host;
  host.asset.kind = AssetKind::host;
  host.asset.node = "n1";
  host.packages = {known_package(PackageType::deb, "docker.io"), known_package(PackageType::deb, "runc"),
                   known_package(PackageType::deb, "bash")};
  host.threats = {flaw("CVE-1", host.packages[0], "20.10.25"), flaw("CVE-2", host.packages[0], ""),
                  flaw("CVE-3", host.packages[2], "5.3")};
  AssetReport container;
  container.asset.kind = AssetKind::container;
  container.asset.node = "n1";
  report.assets = {host, container};
  return report;
}

FactTree judged(const Report& report, const policy::Policy& policy, bool looked_up) {
  const benchmark::RuleSet rules;
  const auto facts = judged_facts(report, Constants(report, Judgement{policy, rules}), looked_up);
  EXPECT_EQ(facts.size(), 1U);
  return facts.at("n1");
}

Texts texts(const FactTree& list) {
  Texts out;
  for (const FactTree& item : list.items) out.push_back(item.text);
  return out;
}

TEST(JudgedFacts, WhatThePolicyTrustsAndTheDatabaseKnows) {
  policy::Policy policy;
  policy.scoring.trusted_accounts = {"ci", "alice"};
  const FactTree facts = judged(fleet(), policy, true);
  EXPECT_EQ(texts(facts.at("trusted_accounts")), (Texts{"alice", "ci"}));
  EXPECT_EQ(texts(facts.at("packaged")), (Texts{"docker", "runc"}));
  EXPECT_EQ(texts(facts.at("mended_flaws").at("docker")), Texts{"CVE-1"}) << "one without a newer version is no reason";
  EXPECT_EQ(facts.at("mended_flaws").at("runc").kind, Kind::list) << "looked up, and none";
  EXPECT_EQ(texts(facts.at("mended_flaws").at("runc")), Texts{});
  EXPECT_EQ(facts.at("mended_flaws").at("podman").kind, Kind::absent) << "nobody's advisories speak of it";
}

TEST(JudgedFacts, WithoutADatabaseFlawsAreUnknownAndWithoutPackagesAbsent) {
  Report report = fleet();
  EXPECT_EQ(judged(report, {}, false).at("mended_flaws").kind, Kind::unknown);
  report.assets[0].packages.clear();
  const FactTree facts = judged(report, {}, true);
  EXPECT_EQ(facts.at("packaged").kind, Kind::absent);
  EXPECT_EQ(facts.at("mended_flaws").kind, Kind::absent);
  EXPECT_EQ(facts.at("trusted_accounts").kind, Kind::list);
}

}  // namespace
}  // namespace plimsoll::analyzer

#include "assess/pending.h"

#include <gtest/gtest.h>

#include "assess/assess.h"
#include "assess/fixes.h"
#include "assess/own_level.h"
#include "assess/test_fixture.h"
#include "model/names.h"

namespace plimsoll::assess {
namespace {

using namespace std::chrono_literals;

const Instant now = *parse_rfc3339("2026-11-24");

Package openssl() {
  Package package;
  package.type = PackageType::deb;
  package.ecosystem = "Debian:12";
  package.name = "libssl3";
  package.source_name = "openssl";
  package.version = package.source_version = "3.0.11-1";
  package.arch = "amd64";
  return package;
}

OfferedVersion version(const std::string& number, uint32_t list, int priority = 500) {
  OfferedVersion out;
  out.package = "libssl3";
  out.arch = "amd64";
  out.installed = "3.0.11-1";
  out.version = out.source_version = number;
  out.source_name = "openssl";
  out.list = list;
  out.priority = priority;
  return out;
}

AssetReport asset(std::vector<OfferedVersion> versions) {
  AssetReport out;
  out.asset.id = {"docker:a"};
  out.asset.kind = AssetKind::container;
  out.asset.name = "a";
  out.container.emplace();
  out.packages = {openssl()};
  OfferedList main, security;
  main.origin = security.origin = "Debian";
  main.codename = "bookworm";
  security.label = "Debian-Security";
  security.codename = "bookworm-security";
  security.security = true;
  main.verified = security.verified = true;
  main.found_in = security.found_in = "the tree";
  security.date = now - std::chrono::days(1);
  security.valid_until = now + std::chrono::days(6);
  out.offered.lists = {main, security};
  out.offered.versions = std::move(versions);
  return out;
}

std::vector<Threat> pending(const AssetReport& asset) { return pending_updates(asset, now, 7).threats; }

bool says(const Threat& threat, const std::string& words) { return threat.evidence.find(words) != std::string::npos; }

TEST(Pending, OneThreatWithBothVersions) {
  const auto threats = pending(asset({version("3.0.11-1", 0), version("3.0.17-1", 1)}));
  ASSERT_EQ(threats.size(), 1u);
  EXPECT_EQ(threats[0].kind, ThreatKind::patch);
  EXPECT_EQ(threats[0].id.value, "update:libssl3");
  EXPECT_EQ(threats[0].package->version, "3.0.11-1");
  EXPECT_EQ(threats[0].fixed_version, "3.0.17-1");
  EXPECT_EQ(threats[0].severity.level, SeverityLevel::unknown);
  EXPECT_TRUE(says(threats[0], "Debian-Security bookworm-security has 3.0.17-1 as of 2026-11-23"));
}

TEST(Pending, OnlyWhatTheSecuritySuiteHasNewer) {
  EXPECT_TRUE(pending(asset({})).empty());
  EXPECT_TRUE(pending(asset({version("3.0.12-1", 0)})).empty());
  EXPECT_TRUE(pending(asset({version("3.0.11-1", 1), version("3.0.12-1", 0)})).empty());
  EXPECT_TRUE(pending(asset({version("3.0.9-1", 1)})).empty());  // installed is newer than offered
}

TEST(Pending, TheCandidateMayComeFromElsewhere) {
  const auto threats = pending(asset({version("3.0.18-1", 0), version("3.0.17-1", 1)}));
  ASSERT_EQ(threats.size(), 1u);
  EXPECT_EQ(threats[0].fixed_version, "3.0.18-1");
  EXPECT_TRUE(says(threats[0], "Debian bookworm has 3.0.18-1"));
}

TEST(Pending, PinnedAwayIsToldAndStays) {
  for (const int priority : {-1, 0, 99}) {
    const auto threats = pending(asset({version("3.0.17-1", 1, priority)}));
    ASSERT_EQ(threats.size(), 1u);
    EXPECT_TRUE(says(threats[0], "pinned away")) << priority;
  }
  // The installed version is of a list that counts for more.
  EXPECT_TRUE(says(pending(asset({version("3.0.11-1", 0, 500), version("3.0.17-1", 1, 100)}))[0], "pinned away"));
  EXPECT_FALSE(says(pending(asset({version("3.0.17-1", 1, 100)}))[0], "pinned away"));
  // A release pinned higher offers a newer one that lacks the repair.
  EXPECT_TRUE(says(pending(asset({version("3.0.12-1", 0, 990), version("3.0.17-1", 1)}))[0], "pinned away"));
}

TEST(Pending, HeldAndNeedingNewPackagesIsTold) {
  AssetReport held = asset({version("3.0.17-1", 1)});
  held.offered.held = {"libssl3"};
  EXPECT_TRUE(says(pending(held)[0], "held back"));
  AssetReport needs = asset({version("3.0.17-1", 1)});
  needs.offered.versions[0].new_packages = {"libnew1"};
  EXPECT_TRUE(says(pending(needs)[0], "needs packages that are not installed (libnew1)"));
}

TEST(Pending, ListsThatCannotBeTrustedAreTold) {
  const auto gaps = [](auto change) {
    AssetReport one = asset({version("3.0.17-1", 1)});
    change(one.offered.lists[1]);
    const PendingUpdates result = pending_updates(one, now, 7);
    EXPECT_EQ(result.threats.size(), 1u);
    return result.not_assessed.empty() ? "" : result.not_assessed[0].reason;
  };
  EXPECT_EQ(gaps([](OfferedList&) {}), "");
  EXPECT_NE(gaps([](OfferedList& l) {
              l.verified = false;
              l.unverified = "no key";
            }).find("no key"),
            std::string::npos);
  EXPECT_EQ(gaps([](OfferedList& l) { l.valid_until = now - 1s; }), "its package list expired on 2026-11-23");
  EXPECT_EQ(gaps([](OfferedList& l) {
              l.valid_until.reset();
              l.date = now - std::chrono::days(8);
            }),
            "its package list is of 2026-11-16");
}

Threat vulnerability(const std::string& id, double score, const std::string& fixed) {
  Threat threat;
  threat.id = {id};
  threat.severity = {.level = severity_level_of(score), .score = score, .vector = {}, .source = "t"};
  threat.package = openssl();
  threat.fixed_version = fixed;
  return threat;
}

TEST(Pending, SeverityOfNamedVulnerabilities) {
  AssetReport one = asset({version("3.0.17-1", 1)});
  one.offered.versions[0].cves = {"CVE-1", "CVE-2", "CVE-9"};
  one.threats = {vulnerability("CVE-1", 5.5, ""), vulnerability("CVE-2", 9.8, ""), vulnerability("CVE-3", 10, "")};
  const auto threats = pending(one);
  EXPECT_EQ(threats[0].severity.score, 9.8);
  EXPECT_EQ(threats[0].aliases, (std::vector<std::string>{"CVE-1", "CVE-2", "CVE-9"}));
  one.threats.clear();
  one.offered.versions[0].severity = "Important";
  EXPECT_EQ(pending(one)[0].severity.level, SeverityLevel::high);
}

// A pending update and the flaws it repairs are one thing, in the level and among the fixes.
TEST(Pending, CountsOnceWithItsVulnerabilities) {
  const ScoringPolicy policy;
  AssetReport one = asset({version("3.0.17-1", 1)});
  const auto level = [&] { return ThreatTable(list_of(one.threats), policy).level({}); };
  one.threats = {vulnerability("CVE-1", 1.0, "3.0.12-1")};
  const double without = level();
  one.threats.push_back(pending(one)[0]);
  EXPECT_EQ(level(), without);
  one.threats.erase(one.threats.begin());
  EXPECT_GT(level(), without);  // alone it counts as of unknown severity
  const double alone = level();
  one.threats.push_back(vulnerability("CVE-2", 0.1, ""));  // another flaw, which no update repairs
  EXPECT_EQ(level(), alone);
}

TEST(Pending, OneFixNamesTheOfferedVersion) {
  Report report;
  report.assets = {asset({version("3.0.17-1", 1)})};
  AssetReport& one = report.assets[0];
  one.threats = {vulnerability("CVE-1", 9.0, "3.0.12-1"), pending(one)[0]};
  assess(report, {});
  ASSERT_EQ(report.fixes.size(), 1u);
  EXPECT_EQ(report.fixes[0].title, "Upgrade openssl to 3.0.17-1 in container a");
  EXPECT_EQ(report.fixes[0].removes.size(), 2u);
}

}  // namespace
}  // namespace plimsoll::assess

#include "assess/exceptions.h"

#include <gtest/gtest.h>

#include "assess/assess.h"
#include "assess/test_fixture.h"

namespace plimsoll::assess {
namespace {

using std::chrono::hours;
constexpr Instant now{std::chrono::seconds(1'800'000'000)};

Threat flaw(const std::string& id, const std::string& package, double score = 9.8) {
  Threat out;
  out.id = {id};
  out.aliases = {"GHSA-" + id};
  out.severity = {SeverityLevel::critical, score, "", "NVD"};
  out.package.emplace();
  out.package->name = package;
  out.package->source_name = "src-" + package;
  return out;
}

AssetReport asset(const std::string& name, const std::string& image) {
  AssetReport out;
  out.asset.id = {"docker:" + name};
  out.asset.kind = AssetKind::container;
  out.asset.name = name;
  out.asset.image = image;
  out.container = fixture::plain_container(name);
  out.threats = {flaw("CVE-1", "openssl"), flaw("CVE-2", "zlib", 5)};
  return out;
}

Exception exception(Exception::Scope scope, const std::string& where = {}) {
  Exception out;
  out.id = "x1";
  out.threat = {"CVE-1"};
  out.scope = scope;
  if (scope == Exception::Scope::asset) out.asset = {where};
  if (scope == Exception::Scope::image) out.image = where;
  out.reason = "not reachable";
  out.owner = "anna";
  out.expires_at = now + hours(1);
  return out;
}

Report world() {
  Report report;
  report.assets = {asset("a", "web:1"), asset("b", "web:1"), asset("c", "db:1")};
  return report;
}

std::string who_has_it(const Report& report) {
  std::string out;
  for (const AssetReport& each : report.assets) {
    for (const Threat& threat : each.threats) out += threat.id.value == "CVE-1" ? each.asset.name : "";
    EXPECT_EQ(each.threats.size() + each.excepted.size(), 2u) << "nothing gets lost";
  }
  return out;
}

std::string left_by(const Exception& by, Instant at = now) {
  Report report = world();
  set_aside(report, {by}, at);
  return who_has_it(report);
}

TEST(Exceptions, ReachAsFarAsTheyAreMeant) {
  using Scope = Exception::Scope;
  EXPECT_EQ(left_by(exception(Scope::asset, "docker:b")), "ac");
  EXPECT_EQ(left_by(exception(Scope::image, "web:1")), "c");
  EXPECT_EQ(left_by(exception(Scope::everywhere)), "");
  EXPECT_EQ(left_by(exception(Scope::image, "")), "abc") << "an image without a name is none";
  EXPECT_EQ(left_by(exception(Scope::asset, "docker:")), "abc");
}

TEST(Exceptions, OfOnePackageByEitherName) {
  Exception by = exception(Exception::Scope::everywhere);
  for (const char* name : {"openssl", "src-openssl"}) {
    by.package = name;
    EXPECT_EQ(left_by(by), "");
  }
  by.package = "zlib";
  EXPECT_EQ(left_by(by), "abc");
  by.package = "openssl";
  by.threat = {"GHSA-CVE-1"};
  EXPECT_EQ(left_by(by), "") << "an alias names the threat, too";
}

TEST(Exceptions, EndAtTheirTime) {
  const Exception by = exception(Exception::Scope::everywhere);
  EXPECT_EQ(left_by(by, by.expires_at - std::chrono::seconds(1)), "");
  EXPECT_EQ(left_by(by, by.expires_at), "abc");
}

TEST(Exceptions, TheOneThatEndsLastIsNamed) {
  Exception first = exception(Exception::Scope::everywhere), last = first;
  last.id = "x2";
  last.expires_at += hours(5);
  for (const auto& list : {std::vector{first, last}, std::vector{last, first}}) {
    Report report = world();
    set_aside(report, list, now);
    ASSERT_EQ(report.assets[0].excepted.size(), 1u);
    EXPECT_EQ(report.assets[0].excepted[0].exception, "x2");
    EXPECT_EQ(report.assets[0].excepted[0].owner, "anna");
  }
}

TEST(Exceptions, LowerTheScoreAndNoMore) {
  Report with = world(), without = world();
  set_aside(with, {exception(Exception::Scope::asset, "docker:a")}, now);
  assess(with, {});
  assess(without, {});
  const auto score = [](const Report& report, const std::string& name) {
    for (const AssetReport& each : report.assets) {
      if (each.asset.name == name) return each.assessment.score;
    }
    return -1;
  };
  EXPECT_LT(score(with, "a"), score(without, "a"));
  EXPECT_GT(score(with, "a"), 0) << "CVE-2 still counts";
  EXPECT_EQ(score(with, "b"), score(without, "b"));
}

TEST(Exceptions, OfPolicyFilesGoByPatternAndSelection) {
  Exception by = exception(Exception::Scope::selection);
  EXPECT_EQ(left_by(by), "");
  by.on.names = {"a", "c*"};
  EXPECT_EQ(left_by(by), "b");
  by.threat = {"CVE-*"};
  Report report = world();
  set_aside(report, {by}, now);
  EXPECT_TRUE(report.assets[0].threats.empty());
  EXPECT_EQ(report.assets[1].threats.size(), 2u);
  by.threat = {"GHSA-*1"};  // an alias
  EXPECT_EQ(left_by(by), "b");
  by.package = "zlib";
  EXPECT_EQ(left_by(by), "abc");
  by = exception(Exception::Scope::selection);
  by.threat = {"CVE-*"};
  EXPECT_EQ(left_by(by, by.expires_at), "abc") << "over";
  by = exception(Exception::Scope::everywhere);
  by.threat = {"CVE-*"};
  EXPECT_EQ(left_by(by), "abc") << "people's are no patterns";
}

}  // namespace
}  // namespace plimsoll::assess

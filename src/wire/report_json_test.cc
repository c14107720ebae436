#include "wire/report_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "wire/random_facts.h"
#include "wire/test_report.h"

namespace plimsoll::wire {
namespace {

using Json = nlohmann::json;

TEST(ReportJson, EmptyReport) {
  const Json json = Json::parse(report_to_json({}));
  EXPECT_EQ(json["schema"], "plimsoll.report/1");
  EXPECT_EQ(json["tool"]["name"], "plimsoll");
  EXPECT_TRUE(json["assets"].is_array() && json["assets"].empty());
  EXPECT_TRUE(json["threat_db"]["built_at"].is_null());
  EXPECT_EQ(json["threat_db"]["present"], false);
}

TEST(ReportJson, SaysWhatIsKnown) {
  const Json json = Json::parse(report_to_json(rich_report()));
  EXPECT_EQ(json["generated_at"], "2026-11-24T08:00:00Z");
  const Json& asset = json["assets"][0];
  EXPECT_EQ(asset["score"], 93);
  EXPECT_EQ(asset["level"], "critical");
  EXPECT_EQ(asset["counts"]["critical"], 1);
  EXPECT_EQ(asset["counts"]["low"], 0);
  EXPECT_EQ(asset["os"]["ecosystem"], "Debian:12");
  EXPECT_EQ(asset["packages_total"], 1);
  EXPECT_EQ(asset["threats"][0]["package"]["loaded"], "yes");
  EXPECT_EQ(asset["threats"][0]["package"]["location"], "var/lib/dpkg/status");
  EXPECT_EQ(asset["threats"][0]["title"], "caf\\xE9 \x1b[31m");  // the bad byte as text, the rest as it was
  EXPECT_TRUE(asset["threats"][0]["opinions"][0]["score"].is_null());
  EXPECT_EQ(asset["container"]["processes"][0]["effective_capabilities"]["value"], "ffffffffffffffff");
  EXPECT_EQ(asset["container"]["memory_limit"]["value"], "none");
  EXPECT_EQ(asset["not_assessed"][0]["what"], "runtime sockets");
  EXPECT_EQ(json["assets"][1]["host"]["runtimes"][0]["component_versions"]["runc"], "1.1.5");
  EXPECT_TRUE(json["assets"][1]["scanned_at"].is_null());
  EXPECT_EQ(json["fixes"][0]["falls"][0]["after"], 40);
  EXPECT_EQ(json["flows"][0]["to"]["port"], 80);
}

TEST(ReportJson, AFactThatIsNotKnownIsNeverFine) {
  const Json json = Json::parse(report_to_json(rich_report()));
  const Json& listeners = json["assets"][0]["container"]["listeners"];
  EXPECT_TRUE(listeners["value"].is_null());
  EXPECT_EQ(listeners["unknown"], "permission denied");
  Report report;
  report.assets.resize(1);
  report.assets[0].container.emplace();
  const Json blank = Json::parse(report_to_json(report));
  EXPECT_TRUE(blank["assets"][0]["container"]["privileged"]["value"].is_null());
  EXPECT_EQ(blank["assets"][0]["container"]["privileged"]["unknown"], "not looked at");
}

TEST(ReportJson, PackagesOnlyWhenAsked) {
  EXPECT_TRUE(Json::parse(report_to_json(rich_report(), true))["assets"][0].contains("packages"));
  EXPECT_FALSE(Json::parse(report_to_json(rich_report(), false))["assets"][0].contains("packages"));
}

TEST(ReportJson, AlwaysValidUtf8Json) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Report report;
    RandomFill(seed).fill(report);
    EXPECT_TRUE(Json::accept(report_to_json(report))) << seed;
  }
}

}  // namespace
}  // namespace plimsoll::wire

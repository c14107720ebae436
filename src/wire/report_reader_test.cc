#include "wire/report_reader.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "wire/random_facts.h"
#include "wire/report_json.h"
#include "wire/test_report.h"

namespace plimsoll::wire {
namespace {

using Json = nlohmann::json;

// What the reader does not give back.
Json without_facts(const std::string& text) {
  Json json = Json::parse(text);
  for (const char* name : {"container", "host", "hardware"}) json.erase(name);
  return json;
}

void expect_the_same(const AssetReport& asset) {
  const std::string text = asset_to_json(asset);
  const Result<AssetReport> again = asset_from_json(text);
  if (asset.asset.id.empty()) return;
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(without_facts(asset_to_json(*again)), without_facts(text));
}

TEST(ReportReader, GivesBackWhatWasWritten) {
  for (const AssetReport& asset : rich_report().assets) expect_the_same(asset);
  const AssetReport again = *asset_from_json(asset_to_json(rich_report().assets.front()));
  EXPECT_EQ(again.assessment, rich_report().assets.front().assessment);
  EXPECT_EQ(again.excepted.size(), 1u);
}

TEST(ReportReader, GivesBackWhateverAReportHolds) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Report report;
    RandomFill(seed).fill(report);
    for (const AssetReport& asset : report.assets) expect_the_same(asset);
  }
}

TEST(ReportReader, GivesBackTheOverview) {
  Report report = rich_report();
  report.assets.clear();
  report.flows.clear();
  report.network.sources.clear();
  report.network.behaviour.clear();
  report.sandbox = {};
  const std::string text = report_to_json(report);
  const Result<Report> again = overview_from_json(text);
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(Json::parse(report_to_json(*again)), Json::parse(text));
}

TEST(ReportReader, GivesBackAWholeReport) {
  const Report report = rich_report();
  const Result<Report> again = report_from_json(report_to_json(report), "report.json");
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  ASSERT_EQ(again->assets.size(), report.assets.size());
  for (size_t i = 0; i < report.assets.size(); ++i) {
    EXPECT_EQ(without_facts(asset_to_json(again->assets[i])), without_facts(asset_to_json(report.assets[i])));
  }
  ASSERT_EQ(again->flows.size(), report.flows.size());
  for (size_t i = 0; i < report.flows.size(); ++i) {
    EXPECT_EQ(again->flows[i].from, report.flows[i].from);
    EXPECT_EQ(again->flows[i].to, report.flows[i].to);
    EXPECT_EQ(again->flows[i].seen, report.flows[i].seen);
  }
  EXPECT_EQ(again->network.behaviour, report.network.behaviour);
  for (const char* text :
       {"", "[]", "{}", R"({"schema":"plimsoll.report/2"})", R"({"schema":5})",
        R"({"schema":"plimsoll.report/1","assets":5})", R"({"schema":"plimsoll.report/1","assets":[{}]})"}) {
    const Result<Report> none = report_from_json(text, "report.json");
    ASSERT_FALSE(none.ok()) << text;
    EXPECT_NE(none.error().to_string().find("report.json"), std::string::npos) << none.error().to_string();
  }
}

TEST(ReportReader, RefusesWhatIsNoReport) {
  for (const char* text : {"", "[]", "{", "{}", R"({"id":5})", R"({"id":"a","threats":{}})",
                           R"({"id":"a","score":"x"})", R"({"id":"a","level":"awful"})", R"({"id":"a","os":[]})"})
    EXPECT_FALSE(asset_from_json(text).ok()) << text;
  EXPECT_TRUE(asset_from_json(R"({"id":"a","os":null,"more":1})").ok());
  EXPECT_FALSE(overview_from_json("[]").ok());
}

}  // namespace
}  // namespace plimsoll::wire

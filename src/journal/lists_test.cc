// What lists show: orders, totals, examples, moments and the trend.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "journal/test_store.h"
#include "journal/test_world.h"

namespace plimsoll::journal {
namespace {

using Sort = AssetQuery::Sort;

class Lists : public WithJournal {
 protected:
  void keep(std::vector<AssetReport> assets, int64_t when, Recording how = whole_node()) {
    const auto kept = journal_->record(report(std::move(assets), at(when)), how);
    ASSERT_TRUE(kept.ok()) << kept.error().to_string();
  }
  std::vector<std::string> names(Sort sort, size_t limit = 2) {
    AssetQuery query;
    query.sort = sort;
    query.limit = limit;
    std::vector<std::string> out;
    do {
      const Page<AssetRow> page = *journal_->assets(query);
      EXPECT_EQ(page.total.has_value(), query.cursor.empty());
      for (const AssetRow& row : page.items) out.push_back(row.asset.name);
      query.cursor = page.next;
    } while (!query.cursor.empty());
    return out;
  }
};
PLIMSOLL_ON_EACH_ENGINE(Lists);

TEST_P(Lists, EveryOrderComesWholeInPages) {
  AssetReport a = container("a", 50), b = container("b", 70, {threat("CVE-1", 9.8)}), c = container("c", 60);
  a.asset.image = "z:1";
  b.asset.image = "y:1";
  c.asset.image = "x:1";
  a.scanned_at = at(30);
  b.scanned_at = at(10);
  c.scanned_at = at(20);
  c.threats = {threat("CVE-1", 9.8), threat("CVE-2", 9.9)};
  keep({a, b, c}, 0);
  const std::map<Sort, std::vector<std::string>> wanted{
      {Sort::score, {"b", "c", "a"}}, {Sort::name, {"a", "b", "c"}},  {Sort::critical, {"c", "b", "a"}},
      {Sort::node, {"a", "b", "c"}},  {Sort::image, {"c", "b", "a"}}, {Sort::scanned_at, {"a", "c", "b"}}};
  for (const auto& [sort, order] : wanted) {
    for (const size_t limit : {1u, 2u, 3u, 10u}) EXPECT_EQ(names(sort, limit), order) << static_cast<int>(sort);
  }
  AssetQuery of_image;
  of_image.image = "x:1";
  EXPECT_EQ(journal_->assets(of_image)->items.size(), 1u);
  EXPECT_EQ(journal_->assets(of_image)->total, 1u);
}

TEST_P(Lists, ThreatsNameExamplesAndTheWorstAsset) {
  keep({container("a", 50, {threat("CVE-1", 9.8, "openssl", "3")}),
        container("b", 70, {threat("CVE-1", 9.8, "libssl", ""), threat("CVE-2", 5)})},
       0);
  const Page<ThreatGroup> page = *journal_->threats({});
  EXPECT_EQ(page.total, 2u);
  const ThreatGroup& worst = page.items.front();
  EXPECT_EQ(worst.packages, (std::vector<std::string>{"libssl", "openssl"}));
  EXPECT_EQ(worst.fixed_version, "3");
  EXPECT_EQ(worst.worst_score, 70);
  EXPECT_EQ(worst.worst_asset, "b");
  EXPECT_EQ(worst.worst_not_assessed, 1u);
  EXPECT_EQ(journal_->who_has({"CVE-1"}, "", 10)->items.front().asset_not_assessed, 1u);
  EXPECT_EQ(*journal_->threat({"CVE-1"}), worst);
  const Page<ThreatRow> who = *journal_->who_has({"CVE-1"}, "", 1);
  EXPECT_EQ(who.total, 2u);
  EXPECT_EQ(who.items.front().title, "Something about CVE-1");
  EXPECT_EQ(journal_->threats_of({"docker:b"}, false, {})->total, 2u);
}

// More threats than are asked for in one journey, some that few have, one that many have.
TEST_P(Lists, EveryThreatOfALongPageHasItsOwnExamples) {
  std::vector<Threat> many;
  for (int i = 0; i < 600; ++i)
    many.push_back(threat("CVE-" + std::to_string(i), i % 10, "lib" + std::to_string(i), std::to_string(i)));
  std::vector<AssetReport> assets{container("best", 10, many), container("worst", 90, {many[7], many[400]})};
  many[3].package->name = "another";
  for (int i = 0; i < 350; ++i) assets.push_back(container("c" + std::to_string(i), 20 + i % 50, {many[3]}));
  keep(assets, 0);
  ThreatQuery query;
  query.limit = max_page;
  const Page<ThreatGroup> page = *journal_->threats(query);
  ASSERT_EQ(page.items.size(), 600u);
  for (const ThreatGroup& group : page.items) {
    const std::string number = group.id.value.substr(4);
    if (number == "3") continue;
    EXPECT_EQ(group.packages, std::vector<std::string>{"lib" + number});
    EXPECT_EQ(group.fixed_version, number);
    EXPECT_EQ(group.worst_asset, number == "7" || number == "400" ? "worst" : "best") << number;
    EXPECT_EQ(group, *journal_->threat(group.id));
  }
  const ThreatGroup wide = *journal_->threat({"CVE-3"});
  EXPECT_EQ(wide.assets, 351);
  EXPECT_EQ(wide.worst_score, 69);
  EXPECT_EQ(wide.worst_asset, "c49");
}

TEST_P(Lists, AMomentHasItsOwnAssetsAndScores) {
  keep({container("a", 50)}, 0);
  keep({container("a", 60), container("b", 70)}, 4000);
  keep({container("b", 75)}, 8000);
  const auto score = [](const std::map<AssetId, ScorePoint>& there, const char* id) {
    const auto found = there.find({id});
    return found == there.end() ? -1 : found->second.score;
  };
  EXPECT_TRUE(journal_->scores_at(at(-1))->empty());
  const auto first = *journal_->scores_at(at(10)), second = *journal_->scores_at(at(5000)),
             third = *journal_->scores_at(at(9000));
  EXPECT_EQ(score(first, "docker:a"), 50);
  EXPECT_EQ(score(first, "docker:b"), -1) << "it came later";
  EXPECT_EQ(score(second, "docker:a"), 60);
  EXPECT_EQ(score(second, "docker:b"), 70);
  EXPECT_EQ(score(third, "docker:a"), -1) << "it has gone";
  EXPECT_EQ(score(third, "docker:b"), 75);
}

TEST_P(Lists, TheTrendKeepsTheWorstOfAnHour) {
  keep({container("a", 50)}, 0);
  keep({container("a", 95)}, 60);
  keep({container("a", 40), container("b", 41)}, 120);
  keep({container("a", 40)}, 3600);
  const std::vector<TrendPoint> points = *journal_->trend(at(-7200), at(7200));
  ASSERT_EQ(points.size(), 2u);
  EXPECT_EQ(points[0].worst_score, 95);
  EXPECT_EQ(points[0].worst, "a");
  EXPECT_EQ(points[0].by_level.at(ThreatLevel::medium), 2);
  EXPECT_EQ(points[0].by_level.at(ThreatLevel::critical), 0);
  EXPECT_EQ(points[1].worst_score, 40);
  EXPECT_EQ(points[1].by_level.at(ThreatLevel::medium), 1);
}

TEST_P(Lists, WhatDidNotChangeStaysAsItWas) {
  keep({container("a", 50, {threat("CVE-1", 9.8)}), container("b", 60)}, 0);
  Recording how = whole_node();
  how.unchanged = {{"docker:a"}};
  keep({container("b", 65)}, 100, how);
  const AssetRow a = journal_->asset({"docker:a"})->row;
  EXPECT_FALSE(a.gone_at);
  EXPECT_EQ(a.score, 50);
  EXPECT_EQ(a.last_seen, at(100));
  EXPECT_EQ(a.scanned_at, at(100)) << "it was looked at, and is as it was";
  EXPECT_EQ(journal_->threats_of({"docker:a"}, false, {})->items.size(), 1u);
  EXPECT_EQ(journal_->asset({"docker:b"})->row.score, 65);
}

TEST_P(Lists, DetailsSayWhatIsNotKnown) {
  AssetReport web = container("web", 50, {threat("CVE-1", 9.8)});
  web.threats.front().known_exploited = true;
  web.container.emplace();
  web.container->privileged = Fact<bool>::of(true);
  web.container->networks = Fact<std::vector<NetworkAttachment>>::of(
      {{"n2", "front", "10.0.0.2", "", false}, {"n1", "back", "10.0.1.2", "", true}, {"n3", "back", "", "", true}});
  web.container->runtime_sockets = Fact<std::vector<RuntimeSocketFacts>>::of({{"/run/docker.sock", "docker", {}}});
  web.assessment.wan.can_take_connections = {true, false, "published"};
  web.assessment.wan.reaches_out = {true, true, "seen"};
  AssetReport box = container("box", 10);
  box.asset.id = {"host:box"};
  box.asset.kind = AssetKind::host;
  box.host.emplace();
  box.host->kernel_release = "6.1.0-1";
  box.host->hardware.cpus = 4;
  box.host->runtimes = {{"docker", "20.10.24", "1.41", "", {{"runc", "1.1.5"}}, {}, {}}};
  box.checks = {{}, {}, {}};
  box.checks[0].outcome = CheckOutcome::pass;
  box.checks[1].outcome = CheckOutcome::fail;
  box.checks[2].outcome = CheckOutcome::manual;
  keep({web, box}, 0);
  const auto details = [&](const char* id) { return nlohmann::json::parse(journal_->asset({id})->row.details); };
  const auto of_web = details("docker:web"), of_box = details("host:box");
  EXPECT_EQ(of_web["exposure"]["wan_in"], "possible");
  EXPECT_EQ(of_web["exposure"]["wan_out"], "yes");
  EXPECT_EQ(of_web["exposure"]["privileged"], "yes");
  EXPECT_EQ(of_web["exposure"]["runtime_socket"], "possible");
  EXPECT_EQ(of_web["exposure"]["host_network"], "unknown");
  EXPECT_EQ(of_web["networks"], nlohmann::json({"back", "front"}));
  EXPECT_EQ(of_web["known_exploited"], 1);
  EXPECT_TRUE(of_web["pass_rate"].is_null());
  EXPECT_EQ(of_box["pass_rate"], 0.5);
  EXPECT_EQ(of_box["kernel"], "6.1.0-1");
  EXPECT_EQ(of_box["runtimes"][0]["component_versions"]["runc"], "1.1.5");
}

TEST_P(Lists, SettingsByTheirBeginning) {
  for (const char* name : {"a/1", "a/2", "a", "ab", "b/1"}) ASSERT_TRUE(journal_->put_setting(name, name).ok());
  EXPECT_EQ(*journal_->settings("a/"), (std::map<std::string, std::string>{{"a/1", "a/1"}, {"a/2", "a/2"}}));
  EXPECT_TRUE(journal_->settings("c")->empty());
}

}  // namespace
}  // namespace plimsoll::journal

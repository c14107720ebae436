#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "journal/test_store.h"
#include "wire/recording.h"
#include "wire/report_json.h"
#include "wire/test_report.h"

namespace plimsoll::journal {
namespace {

class World : public WithJournal {
 protected:
  Recorded take(const Report& what, const Recording& how = whole_node()) {
    const auto done = journal_->record(what, how);
    EXPECT_TRUE(done.ok()) << done.error().to_string();
    return *done;
  }
  std::vector<std::string> kinds_after(Sequence after) {
    std::vector<std::string> kinds;
    const auto found = journal_->events({.after = after});
    for (const Event& e : *found) kinds.push_back(e.kind);
    return kinds;
  }
  Sequence newest() { return journal_->summary()->newest_event; }
  ThreatGroup group(const std::string& id) {
    const auto found = journal_->threat({id});
    EXPECT_TRUE(found.ok()) << id;
    return found.ok() ? *found : ThreatGroup{};
  }
};

PLIMSOLL_ON_EACH_ENGINE(World);

using Kinds = std::vector<std::string>;

TEST_P(World, AnAssetAppearsOnceAndThenOnlyChangesAreTold) {
  take(report({container("web", 50, {threat("CVE-1", 9)})}));
  EXPECT_EQ(kinds_after(0), Kinds{"asset.appeared"});
  Sequence before = newest();
  EXPECT_EQ(take(report({container("web", 50, {threat("CVE-1", 9)})}, at(10))).last, 0u);
  EXPECT_EQ(newest(), before);
  take(report({container("web", 70, {threat("CVE-1", 9), threat("CVE-2", 5)})}, at(20)));
  EXPECT_EQ(kinds_after(before), (Kinds{"score.changed", "threats.changed"}));
  const auto body = nlohmann::json::parse(journal_->events({.kind = "threats.changed"})->at(0).body);
  EXPECT_EQ(body["new_ids"], nlohmann::json::array({"CVE-2"}));
  EXPECT_EQ(body["resolved"], 0);
}

TEST_P(World, AThreatKeepsItsFirstSightAndIsResolvedOnce) {
  take(report({container("web", 50, {threat("CVE-1", 9), threat("CVE-2", 5)})}, at(0)));
  take(report({container("web", 50, {threat("CVE-1", 9)})}, at(100)));
  take(report({container("web", 50, {threat("CVE-1", 9)})}, at(200)));
  const auto open = journal_->threats_of({"docker:web"}, false, {});
  ASSERT_EQ(open->items.size(), 1u);
  EXPECT_EQ(open->items[0].first_seen, at(0));
  EXPECT_EQ(open->items[0].last_seen, at(200));
  const auto over = journal_->threats_of({"docker:web"}, true, {});
  ASSERT_EQ(over->items.size(), 1u);
  EXPECT_EQ(over->items[0].id.value, "CVE-2");
  EXPECT_EQ(over->items[0].resolved_at, at(100));
  EXPECT_EQ(group("CVE-2").assets, 0);
}

TEST_P(World, GroupsCountWhoHasAThreat) {
  take(report({container("a", 50, {threat("CVE-1", 9), threat("CVE-1", 9, "libssl")}),
               container("b", 80, {threat("CVE-1", 9, "openssl", "")})}));
  EXPECT_EQ(group("CVE-1").assets, 2);
  EXPECT_EQ(group("CVE-1").fixable, 1);
  const auto who = journal_->who_has({"CVE-1"}, "", 100);
  ASSERT_EQ(who->items.size(), 3u);
  EXPECT_EQ(who->items[0].asset.value, "docker:b");  // the worst first
  take(report({container("a", 50, {threat("CVE-1", 9, "openssl", "")}), container("b", 80)}, at(10)));
  EXPECT_EQ(group("CVE-1").assets, 1);
  EXPECT_EQ(group("CVE-1").fixable, 0);
}

TEST_P(World, WhatIsGoneKeepsItsHistoryAndComesBack) {
  take(report({container("a", 50, {threat("CVE-1", 9)}), container("b", 60, {threat("CVE-1", 9)})}));
  Sequence before = newest();
  take(report({container("b", 60, {threat("CVE-1", 9)})}, at(100)));
  EXPECT_EQ(kinds_after(before), Kinds{"asset.gone"});
  EXPECT_EQ(journal_->assets({})->items.size(), 1u);
  EXPECT_EQ(journal_->assets({.gone = true})->items.size(), 2u);
  EXPECT_EQ(journal_->asset({"docker:a"})->row.gone_at, at(100));
  EXPECT_EQ(journal_->history({"docker:a"}, at(0), at(1000))->size(), 1u);
  EXPECT_EQ(group("CVE-1").assets, 1);
  EXPECT_EQ(journal_->who_has({"CVE-1"}, "", 10)->items.size(), 1u);
  before = newest();
  take(report({container("a", 50, {threat("CVE-1", 9)}), container("b", 60, {threat("CVE-1", 9)})}, at(200)));
  EXPECT_EQ(kinds_after(before), Kinds{"asset.returned"});
  EXPECT_EQ(group("CVE-1").assets, 2);
  EXPECT_EQ(journal_->asset({"docker:a"})->row.first_seen, at(0));
}

TEST_P(World, APartialReportTakesNothingAway) {
  take(report({container("a", 50), container("b", 60)}));
  const std::string overview = *journal_->overview_json();
  Recording partial;
  partial.whole = false;
  Report one = report({container("a", 55)}, at(10));
  one.tool_version = "another";
  take(one, partial);
  EXPECT_EQ(journal_->assets({})->items.size(), 2u);
  EXPECT_EQ(*journal_->overview_json(), overview);
  ASSERT_TRUE(journal_->mark_gone({{"docker:b"}, {"docker:never"}}, at(20), "runtime").ok());
  ASSERT_TRUE(journal_->mark_gone({{"docker:b"}}, at(30), "runtime").ok());
  EXPECT_EQ(journal_->assets({})->items.size(), 1u);
  EXPECT_EQ(journal_->events({.kind = "asset.gone"})->size(), 1u);
}

TEST_P(World, StoredFactsAreTheGatheredOnes) {
  const Report judged = wire::rich_report();
  Report gathered = judged;
  for (AssetReport& asset : gathered.assets) asset.assessment.not_assessed = {{"gathered", asset.asset.name, ""}};
  Recording how;
  how.gathered_gaps = gaps_of(gathered);
  take(judged, how);
  const auto facts = journal_->stored_facts();
  ASSERT_TRUE(facts.ok()) << facts.error().to_string();
  ASSERT_EQ(facts->assets.size(), judged.assets.size());
  gathered.generated_at = {};
  gathered.tool_version = {};
  gathered.incomplete = {};
  EXPECT_EQ(wire::facts_to_json(*facts), wire::facts_to_json(gathered));
  // Without an entry the stored one stays.
  take(judged, {});
  EXPECT_EQ(wire::facts_to_json(*journal_->stored_facts()), wire::facts_to_json(gathered));
  EXPECT_EQ(journal_->stored_facts({judged.assets[0].asset.id})->assets.size(), 1u);
}

TEST_P(World, StoredFactsComeInPieces) {
  const Report judged = wire::rich_report();
  take(judged, {});
  const auto all = journal_->stored_facts();
  const auto known = journal_->known_assets();
  ASSERT_TRUE(known.ok()) << known.error().to_string();
  ASSERT_EQ(known->size(), all->assets.size());
  Report pieces = *journal_->stored_between();
  EXPECT_TRUE(pieces.assets.empty());
  EXPECT_EQ(pieces.flows, all->flows);
  EXPECT_EQ(pieces.network, all->network);
  for (const Asset& asset : *known) {
    const auto piece = journal_->stored_facts({asset.id});
    ASSERT_EQ(piece->assets.size(), 1u);
    EXPECT_TRUE(piece->flows.empty());
    const auto same = std::ranges::find_if(all->assets, [&](const AssetReport& a) { return a.asset.id == asset.id; });
    ASSERT_NE(same, all->assets.end());
    EXPECT_EQ(piece->assets[0], *same);
    EXPECT_EQ(asset.name, same->asset.name);
    EXPECT_EQ(asset.node, same->asset.node);
    EXPECT_EQ(asset.kind, same->asset.kind);
  }
  std::vector<AssetReport> many;
  std::vector<AssetId> ids{{"docker:never"}};
  for (int i = 0; i < 40; ++i) {
    many.push_back(container("c" + std::to_string(i), i));
    if (i % 2 == 0) ids.push_back(many.back().asset.id);
  }
  take(report(many), {});
  EXPECT_EQ(journal_->stored_facts(ids)->assets.size(), 20u);
}

// What is said of a threat is the worst of all parts, whichever comes first; not what was said before.
TEST_P(World, AJudgementInPartsIsAsOneOfAll) {
  const auto judged = [](double a, double b) {
    return std::pair{container("a", 50, {threat("CVE-1", a)}), container("b", 50, {threat("CVE-1", b)})};
  };
  const auto in_parts = [&](const std::vector<AssetReport>& parts, int64_t when) {
    std::set<std::string> threats;
    for (const AssetReport& each : parts) {
      Recording how;
      how.whole = &each == &parts.back();
      how.in_parts = &threats;
      take(report({each}, at(when)), how);
    }
  };
  const auto [a9, b8] = judged(9, 8);
  take(report({a9, b8}));
  EXPECT_EQ(group("CVE-1").score, 9);
  const auto [a6, b3] = judged(6, 3);
  in_parts({a6, b3}, 10);
  EXPECT_EQ(group("CVE-1").score, 6);
  const auto [a2, b4] = judged(2, 4);
  in_parts({a2, b4}, 20);
  EXPECT_EQ(group("CVE-1").score, 4);
  EXPECT_EQ(group("CVE-1").assets, 2);
  EXPECT_EQ(journal_->summary()->containers, 2);
}

TEST_P(World, DetailIsTheAssetsPartOfAReport) {
  const Report judged = wire::rich_report();
  take(judged, {});
  for (const AssetReport& asset : judged.assets) {
    const auto detail = journal_->asset(asset.asset.id);
    ASSERT_TRUE(detail.ok());
    EXPECT_EQ(detail->report_json, wire::asset_to_json(asset));
    EXPECT_EQ(detail->row.score, asset.assessment.score);
    EXPECT_EQ(detail->row.asset.labels.size(), asset.asset.labels.size());
  }
  const auto whole = nlohmann::json::parse(*journal_->overview_json());
  EXPECT_EQ(whole["schema"], "plimsoll.report/1");
  EXPECT_EQ(whole["fixes"].size(), judged.fixes.size());
  EXPECT_EQ(journal_->asset({"docker:never"}).error().kind, ErrorKind::not_found);
}

TEST_P(World, AnEqualInventoryIsKeptOnce) {
  take(report({container("a", 50), container("b", 50)}));
  EXPECT_EQ(journal_->asset({"docker:a"})->inventory, journal_->asset({"docker:b"})->inventory);
}

TEST_P(World, ANewDatabaseIsTold) {
  Report one = report({container("a", 50)});
  one.threat_db.present = true;
  one.threat_db.records = 10;
  take(one);
  Sequence before = newest();
  take(one);
  EXPECT_EQ(newest(), before);
  one.threat_db.records = 11;
  take(one);
  EXPECT_EQ(kinds_after(before), Kinds{"threat-db.changed"});
}

TEST_P(World, TheSummaryCounts) {
  AssetReport host = container("h", 95, {threat("CVE-1", 9)});
  host.asset.kind = AssetKind::host;
  AssetReport image = container("i", 20);
  image.asset.kind = AssetKind::image;
  image.assessment.not_assessed.clear();
  Threat known = threat("CVE-2", 5);
  known.known_exploited = true;
  take(report({host, image, container("c", 50, {known}), container("d", 60)}));
  ASSERT_TRUE(journal_->mark_gone({{"docker:d"}}, at(1), "x").ok());
  const auto sum = journal_->summary();
  ASSERT_TRUE(sum.ok());
  EXPECT_EQ(std::tuple(sum->hosts, sum->containers, sum->images, sum->gone), std::tuple(1, 1, 1, 1));
  EXPECT_EQ(sum->worst_score, 95);
  EXPECT_EQ(sum->worst.value, "docker:h");
  EXPECT_EQ(sum->threats.critical, 1);
  EXPECT_EQ(sum->threats.medium, 1);
  EXPECT_EQ(sum->known_exploited, 1);
  EXPECT_EQ(sum->not_assessed, 2);
  EXPECT_EQ(sum->by_level.at(ThreatLevel::critical), 1);
}

TEST_P(World, FiltersOfAssets) {
  AssetReport other = container("Database", 95);
  other.asset.node = "node-2";
  other.asset.image = "postgres:15";
  take(report({container("web", 50), other, container("cache", 20)}));
  const auto names = [&](const AssetQuery& query) {
    std::vector<std::string> out;
    const auto page = journal_->assets(query);
    EXPECT_TRUE(page.ok());
    for (const AssetRow& row : page->items) out.push_back(row.asset.name);
    return out;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names({}), (Names{"Database", "web", "cache"}));
  EXPECT_EQ(names({.sort = AssetQuery::Sort::name}), (Names{"Database", "cache", "web"}));
  EXPECT_EQ(names({.text = "POSTGRES"}), (Names{"Database"}));
  EXPECT_EQ(names({.text = "%"}), (Names{}));
  EXPECT_EQ(names({.node = "node-1"}), (Names{"web", "cache"}));
  EXPECT_EQ(names({.levels = {ThreatLevel::critical, ThreatLevel::low}}), (Names{"Database", "cache"}));
  EXPECT_EQ(names({.kind = AssetKind::host}), (Names{}));
  EXPECT_EQ(journal_->assets({.cursor = "rubbish"}).error().kind, ErrorKind::malformed);
}

TEST_P(World, FiltersOfThreats) {
  Threat check = threat("host.ssh.root", 5, "", "");
  check.kind = ThreatKind::benchmark;
  Threat known = threat("CVE-3", 6);
  known.known_exploited = true;
  take(report({container("web", 50, {threat("CVE-1", 9), check, known})}));
  const auto ids = [&](const ThreatQuery& query) {
    std::string out;
    const auto groups = journal_->threats(query);
    for (const ThreatGroup& g : groups->items) out += g.id.value + " ";
    std::string of_asset;
    const auto rows = journal_->threats_of({"docker:web"}, false, query);
    for (const ThreatRow& row : rows->items) of_asset += row.id.value + " ";
    EXPECT_EQ(out, of_asset);
    return out;
  };
  EXPECT_EQ(ids({}), "CVE-3 CVE-1 host.ssh.root ");
  EXPECT_EQ(ids({.kind = ThreatKind::benchmark}), "host.ssh.root ");
  EXPECT_EQ(ids({.levels = {SeverityLevel::critical}}), "CVE-1 ");
  EXPECT_EQ(ids({.text = "SSH"}), "host.ssh.root ");
  EXPECT_EQ(ids({.known_exploited = true}), "CVE-3 ");
  EXPECT_EQ(ids({.fixable = true}), "CVE-3 CVE-1 ");
}

Flow flow(const std::string& from, uint64_t bytes, Instant when) {
  Flow out;
  out.from = {{"docker:" + from}, "10.0.0.1", 0, false};
  out.to = {{"docker:db"}, "10.0.0.2", 6379, false};
  out.application = "Redis";
  out.connections = 1;
  out.bytes = bytes;
  out.first_seen = out.last_seen = when;
  return out;
}

TEST_P(World, WhatIsSearchedForFollowsWhatIsKnown) {
  const auto assets = [&](const std::string& text) { return journal_->assets({.text = text})->total; };
  const auto threats = [&](const std::string& text) { return journal_->threats({.text = text})->total; };
  AssetReport web = container("Web", 50, {threat("CVE-1", 9)});
  take(report({web, container("other", 20, {threat("CVE-2", 5)})}));
  EXPECT_EQ(assets("wEB"), 2u) << "the image's name of both";
  EXPECT_EQ(assets("docker:web"), 1u);
  EXPECT_EQ(threats("ABOUT CVE-1"), 1u);
  EXPECT_EQ(threats("something"), 2u);
  EXPECT_EQ(threats("some_hing"), 0u) << "no sign stands for another";
  web.asset.image = "shop:2";
  web.threats[0].title = "Quite another";
  take(report({web, container("other", 20, {threat("CVE-2", 5)})}, at(10)));
  EXPECT_EQ(assets("shop"), 1u);
  EXPECT_EQ(assets("web:1"), 1u);
  EXPECT_EQ(threats("about cve-1"), 0u);
  EXPECT_EQ(threats("quite ANOTHER"), 1u);
}

TEST_P(World, FlowsAddUpInTheirTime) {
  ASSERT_TRUE(journal_->add_flows({flow("a", 10, at(0)), flow("a", 5, at(60))}).ok());
  ASSERT_TRUE(journal_->add_flows({flow("a", 7, at(7200)), flow("b", 1, at(7200))}).ok());
  auto all = journal_->flows({.since = at(-600), .until = at(100000)});
  ASSERT_EQ(all->flows.size(), 2u);
  EXPECT_EQ(all->flows[0].bytes, 22u);
  EXPECT_EQ(all->flows[0].connections, 3u);
  EXPECT_EQ(all->flows[0].to.port, 6379);
  EXPECT_EQ(all->flows[0].application, "Redis");
  EXPECT_EQ(journal_->flows({.since = at(-600), .until = at(3600)})->flows.at(0).bytes, 15u);
  EXPECT_EQ(journal_->flows({.since = at(0), .until = at(100000), .asset = {"docker:b"}})->flows.size(), 1u);
  EXPECT_TRUE(journal_->flows({.since = at(0), .until = at(100000), .limit = 1})->cut);
}

// A report tells what it has seen until now: the same flow twice is not twice the traffic.
TEST_P(World, FlowsOfReportsAreNotCountedTwice) {
  Report one = report({});
  one.flows = {flow("a", 10, at(0))};
  take(one);
  one.flows = {flow("a", 12, at(1))};
  take(one);
  EXPECT_EQ(journal_->flows({.since = at(-600), .until = at(600)})->flows.at(0).bytes, 12u);
}

TEST_P(World, PeopleAreKeptAndRemoved) {
  const User anna{"anna", Role::admin, "$argon2id$...", false, at(0), at(5)};
  ASSERT_TRUE(journal_->put_user(anna).ok());
  EXPECT_FALSE(journal_->put_user({}).ok());
  EXPECT_EQ(*journal_->user("anna"), anna);
  EXPECT_EQ(journal_->users()->size(), 1u);
  const Session session{"h1", "anna", at(0), at(1), at(100), "10.0.0.1"};
  ASSERT_TRUE(journal_->put_session(session).ok());
  EXPECT_EQ(*journal_->session("h1"), session);
  const ApiToken token{"t1", "h2", "anna", "ci", Role::viewer, at(0), at(50), {}};
  ASSERT_TRUE(journal_->put_token(token).ok());
  EXPECT_EQ(*journal_->token_by_hash("h2"), token);
  EXPECT_FALSE(journal_->put_token({"t2", "h2", "bob", "", Role::viewer, at(0), {}, {}}).ok());
  ASSERT_TRUE(journal_->remove_expired(at(60)).ok());
  EXPECT_EQ(journal_->token_by_hash("h2").error().kind, ErrorKind::not_found);
  EXPECT_EQ(journal_->sessions("anna")->size(), 1u);
  ASSERT_TRUE(journal_->remove_user("anna").ok());
  EXPECT_EQ(journal_->session("h1").error().kind, ErrorKind::not_found);
  EXPECT_EQ(journal_->user("anna").error().kind, ErrorKind::not_found);
}

TEST_P(World, UseDoesNotBringBackWhatWasRemoved) {
  const Session session{"h1", "anna", at(0), at(1), at(100), "10.0.0.1"};
  const ApiToken token{"t1", "h2", "anna", "ci", Role::viewer, at(0), at(50), {}};
  ASSERT_TRUE(journal_->put_session(session).ok());
  ASSERT_TRUE(journal_->put_token(token).ok());
  ASSERT_TRUE(journal_->touch_session("h1", at(7)).ok());
  ASSERT_TRUE(journal_->touch_session("h1", at(6)).ok());
  ASSERT_TRUE(journal_->touch_token("t1", at(8)).ok());
  EXPECT_EQ(journal_->session("h1")->last_used, at(7)) << "the latest";
  EXPECT_EQ(journal_->token_by_hash("h2")->last_used, at(8));
  ASSERT_TRUE(journal_->remove_session("h1").ok());
  ASSERT_TRUE(journal_->remove_token("t1").ok());
  EXPECT_TRUE(journal_->touch_session("h1", at(9)).ok());
  EXPECT_TRUE(journal_->touch_token("t1", at(9)).ok());
  EXPECT_EQ(journal_->session("h1").error().kind, ErrorKind::not_found);
  EXPECT_EQ(journal_->token_by_hash("h2").error().kind, ErrorKind::not_found);
}

TEST_P(World, EveryChangeOfPeopleIsAnotherVersion) {
  uint64_t last = journal_->people_version();
  const auto changed = [&] { return std::exchange(last, journal_->people_version()) != last; };
  ASSERT_TRUE(journal_->put_user({"anna", Role::admin, "", false, at(0), {}}).ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(journal_->put_session({"h1", "anna", at(0), at(1), at(100), ""}).ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(journal_->put_token({"t1", "h2", "anna", "ci", Role::viewer, at(0), at(50), {}}).ok());
  EXPECT_TRUE(changed());
  EXPECT_FALSE(journal_->put_token({"t2", "h2", "bob", "", Role::viewer, at(0), {}, {}}).ok());
  EXPECT_TRUE(changed()) << "also where it failed: that is not always known";
  ASSERT_TRUE(journal_->touch_session("h1", at(2)).ok() && journal_->touch_token("t1", at(2)).ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(journal_->remove_token("t1").ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(journal_->remove_session("h1").ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(journal_->remove_expired(at(60)).ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(journal_->remove_user("anna").ok());
  EXPECT_TRUE(changed());
  ASSERT_TRUE(journal_->append({event("x")}).ok());
  EXPECT_FALSE(changed());
  EXPECT_EQ(journal_->last_written(), 1u);
}

TEST_P(World, ASettingIsTakenOnce) {
  ASSERT_TRUE(journal_->put_setting("setup", "hash").ok());
  EXPECT_EQ(*journal_->setting("setup"), "hash");
  EXPECT_TRUE(journal_->take_setting("setup").ok());
  EXPECT_EQ(journal_->take_setting("setup").error().kind, ErrorKind::not_found);
  EXPECT_TRUE(journal_->health().writable);
}

}  // namespace
}  // namespace plimsoll::journal

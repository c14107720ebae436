#include "server/analyst.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "server/channel.h"
#include "server/exception_book.h"
#include "server/inside_networks.h"
#include "server/shown.h"
#include "system/test_directory.h"
#include "wire/recording.h"

namespace plimsoll::server {
namespace {

using nlohmann::json;

// A world without packages and database: what it scores is a detector's finding on "web".
Report gathered() {
  Report out;
  AssetReport host;
  host.asset.id = {"host:box"};
  host.asset.kind = AssetKind::host;
  host.asset.name = host.asset.node = "box";
  host.host.emplace();
  out.assets = {host};
  for (const char* name : {"web", "db"}) {
    AssetReport container;
    container.asset.id = {std::string("docker:") + name};
    container.asset.kind = AssetKind::container;
    container.asset.name = name;
    container.asset.node = "box";
    container.asset.status = "running";
    container.container.emplace().name = name;
    out.assets.push_back(container);
  }
  NetworkEvent scan;
  scan.detector = "net.scan.ports";
  scan.severity = SeverityLevel::critical;
  scan.title = "Port scan";
  scan.evidence = "20 ports";
  scan.source.address = "203.0.113.9";
  scan.target.asset = {"docker:web"};
  scan.target.address = "10.0.0.2";
  scan.count = 1;
  out.network.events = {scan};
  return out;
}

class AnalystTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = journal::open_journal(directory_ / "journal.db");
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    journal_ = std::move(*opened);
    begin();
  }
  void begin(const std::string& with = "a") {
    analyst_.reset();
    world_ = std::make_unique<World>();
    InForce first = in_force_;
    first.judged_with = with;
    by_ = std::make_unique<PolicyInForce>(std::move(first));
    analyst_ = std::make_unique<Analyst>(*journal_, *world_, *by_, Analyst::Settings{directory_ / "none.db"},
                                         [](const Report&) {});
  }
  void until(const char* what, const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!holds()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << what << "; " << world_->progress().scan.fault;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  void give(const Report& report) {
    const uint64_t before = world_->progress().scans;
    analyst_->take_facts(wire::facts_to_json(report));
    until("it is judged", [&] { return world_->progress().scans > before; });
    EXPECT_EQ(world_->progress().scan.fault, "");
  }
  void give(const std::vector<std::string>& unchanged, const Report& changed) {
    const uint64_t before = world_->progress().scans;
    analyst_->take_changes(to_payload(unchanged, wire::facts_to_json(changed)));
    until("it is judged", [&] { return world_->progress().scans > before; });
    EXPECT_EQ(world_->progress().scan.fault, "");
  }
  int score(const std::string& id) { return journal_->asset({id})->row.score; }
  size_t excepted() {
    const json report = json::parse(journal_->asset({"docker:web"})->report_json);
    return report.contains("excepted") ? report["excepted"].size() : 0;
  }
  size_t count(const std::string& kind) {
    journal::EventQuery query;
    query.kind = kind;
    return journal_->events(query)->size();
  }
  Exception exception(std::chrono::seconds lasts) {
    Exception out;
    out.threat = {"net.scan.ports"};
    out.scope = Exception::Scope::everywhere;
    out.reason = "our own scanner";
    out.owner = "anna";
    out.created_at = wall_clock();
    out.expires_at = wall_clock() + lasts;
    return out;
  }

  system::TestDirectory directory_;
  std::unique_ptr<journal::Journal> journal_;
  InForce in_force_{{}, *policy::default_policy(), {}, {}};
  std::unique_ptr<PolicyInForce> by_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Analyst> analyst_;
};

TEST_F(AnalystTest, ChangesAreLaidOverWhatWasThere) {
  give(gathered());
  ASSERT_TRUE(journal_->asset({"docker:db"}).ok());
  const journal::Sequence before = journal_->summary()->newest_event;
  Report changed = gathered();
  std::erase_if(changed.assets, [](const AssetReport& asset) { return asset.asset.name != "web"; });
  changed.assets.front().asset.status = "paused";
  give({"host:box", "docker:db"}, changed);
  EXPECT_EQ(journal_->asset({"docker:web"})->row.asset.status, "paused");
  EXPECT_FALSE(journal_->asset({"docker:db"})->row.gone_at);
  EXPECT_EQ(journal_->summary()->newest_event, before) << "nothing else came of it";
  // What is in neither list has gone.
  give({"host:box", "docker:web"}, Report{});
  EXPECT_TRUE(journal_->asset({"docker:db"})->row.gone_at);
  EXPECT_FALSE(journal_->asset({"docker:web"})->row.gone_at);
}

TEST_F(AnalystTest, ChangesOfWhatIsNotThereAreAFault) {
  analyst_->take_changes(to_payload({}, wire::facts_to_json(gathered())));
  until("it is told", [&] { return !world_->progress().scan.fault.empty(); });
  give(gathered());
  analyst_->take_changes(to_payload({"docker:other"}, wire::facts_to_json(Report{})));
  until("it is told", [&] { return !world_->progress().scan.fault.empty(); });
}

TEST_F(AnalystTest, AnExceptionLowersTheScoreAndEndsByItself) {
  give(gathered());
  const int before = score("docker:web");
  ASSERT_GT(before, 0);
  const Result<Exception> made = ExceptionBook(*journal_).add(exception(std::chrono::seconds(3)));
  ASSERT_TRUE(made.ok());
  analyst_->judge_anew();
  until("it counts", [&] { return score("docker:web") < before; });
  EXPECT_EQ(excepted(), 1u);
  EXPECT_EQ(json::parse(*journal_->setting(shown_excepted))[made->id], 1);
  until("it ends", [&] { return score("docker:web") == before; });
  EXPECT_EQ(excepted(), 0u);
  EXPECT_EQ(count("exception.expired"), 1u);
}

TEST_F(AnalystTest, AnExceptionThatEndedMeanwhileIsToldOnce) {
  give(gathered());
  ASSERT_TRUE(ExceptionBook(*journal_).add(exception(std::chrono::seconds(2))).ok());
  analyst_->judge_anew();
  until("it counts", [&] { return excepted() == 1; });
  analyst_.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(2500));
  begin();
  until("it is told", [&] { return count("exception.expired") == 1; });
  begin();
  until("it is up", [&] { return world_->ready(); });
  EXPECT_EQ(count("exception.expired"), 1u);
}

TEST_F(AnalystTest, AtItsStartItJudgesOnlyWhatMayComeOutAnotherWay) {
  give(gathered());
  const auto judged = [&] { return world_->progress().last_scan != Instant{}; };
  begin();
  until("it is up", [&] { return world_->ready(); });
  EXPECT_FALSE(judged()) << "nothing changed";
  begin("another policy");
  until("it is judged", judged);
  ASSERT_TRUE(ExceptionBook(*journal_).add(exception(std::chrono::hours(1))).ok());
  begin("another policy");
  until("it is judged", judged);
  EXPECT_EQ(excepted(), 1u);
}

// What is stored is judged part by part; nothing of it comes out in another way.
TEST_F(AnalystTest, WhatIsStoredComesOutAsItWas) {
  Report report = gathered();
  for (int node = 0; node < 3; ++node) {
    for (int i = 0; i < 150; ++i) {
      AssetReport container = gathered().assets[1];
      container.asset.name = "c" + std::to_string(node) + "-" + std::to_string(i);
      container.asset.id = {"docker:" + container.asset.name};
      container.asset.node = "n" + std::to_string(node);
      container.container->image = {"sha256:" + std::to_string(i % 7)};
      report.assets.push_back(container);
    }
  }
  NetworkEvent attack = report.network.events[0];
  attack.source.asset = {"docker:c0-3"};
  attack.target.asset = {"docker:c2-149"};
  report.network.events.push_back(attack);
  give(report);
  const auto all = [&] {
    std::map<std::string, std::string> out;
    const std::vector<Asset> assets = *journal_->known_assets();
    for (const Asset& asset : assets) out[asset.id.value] = journal_->asset(asset.id)->report_json;
    for (const char* name : {shown_not_assessed, shown_excepted, shown_images}) out[name] = *journal_->setting(name);
    json overview = json::parse(*journal_->overview_json());
    overview.erase("generated_at");
    out["overview"] = overview.dump();
    return out;
  };
  const auto before = all();
  EXPECT_GT(before.size(), 450u);
  const journal::Sequence newest = journal_->summary()->newest_event;
  begin("another policy");
  until("it is judged", [&] { return world_->progress().last_scan != Instant{}; });
  EXPECT_EQ(all(), before);
  EXPECT_EQ(journal_->summary()->newest_event, newest) << "nothing changed, nothing is told";
}

TEST_F(AnalystTest, OtherNetworksCountAsInside) {
  Report report = gathered();
  report.network.events.front().from_outside_only = true;
  give(report);
  const int before = score("docker:web");
  InsideNetworks networks;
  networks.networks.inside = *parse_networks({"203.0.113.0/24"});
  ASSERT_TRUE(write_networks(*journal_, networks).ok());
  analyst_->judge_anew();
  until("it is inside now", [&] { return score("docker:web") < before; });
  ASSERT_TRUE(forget_networks(*journal_).ok());
  analyst_->judge_anew();
  until("it is outside again", [&] { return score("docker:web") == before; });
}

TEST_F(AnalystTest, AnotherPolicyIsJudgedByAtOnce) {
  give(gathered());
  const int before = score("docker:web");
  ASSERT_GT(before, 0);
  const uint64_t scans = world_->progress().scans;
  const auto put = [&](const std::string& text) {
    const auto parsed = policy::parse_policy("schema: plimsoll.policy/1\n" + text, "mine.yaml");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    by_->replace({{}, *parsed, {}, text});
    analyst_->judge_anew("policy");
  };
  put("scoped: [{scope: {name: web}, threats: {discount: {weight: 0.1}}, additions: {abnormal_network: 0}}]\n");
  until("its own constants count", [&] { return score("docker:web") < before; });
  put("exceptions: [{threat: net.scan.*, owner: anna, reason: our own, expires: 2099-01-01}]\n");
  until("it is excepted", [&] { return excepted() == 1; });
  EXPECT_TRUE(json::parse(*journal_->setting(shown_excepted)).contains("policy:mine.yaml:2"));
  put("exceptions: [{id: over, threat: net.scan.*, owner: anna, reason: our own, expires: 2001-01-01}]\n");
  until("it counts again", [&] { return score("docker:web") == before; });
  EXPECT_EQ(count("exception.expired"), 1u);
  EXPECT_EQ(world_->progress().scans, scans) << "nothing was read anew";
  begin("as after a start");
  until("it is up", [&] { return world_->ready(); });
}

TEST_F(AnalystTest, WhatIsKeptIsKeptAsLongAsThePolicySays) {
  const Instant now = wall_clock();
  const auto told = [&](const char* kind, std::chrono::hours ago) {
    ASSERT_TRUE(journal_->append({{kind, "test", {}, "{}", now - ago}}).ok());
  };
  told("older", std::chrono::hours(72));
  told("newer", std::chrono::hours(24));
  begin("by the built-in policy");
  give(gathered());
  give(gathered());  // when the second is judged, it has looked after what is kept
  EXPECT_EQ(count("older"), 1u);
  in_force_.policy.retention.events = std::chrono::days(2);
  begin("by one that keeps two days");
  give(gathered());
  until("the older one is gone", [&] { return count("older") == 0; });
  EXPECT_EQ(count("newer"), 1u);
}

TEST_F(AnalystTest, WhatIsNotAssessedIsPutTogether) {
  give(gathered());
  const json gaps = json::parse(*journal_->setting(shown_not_assessed));
  bool found = false;
  for (const json& row : gaps["items"]) found = found || (row["what"] == "vulnerabilities" && row["count"] == 3);
  EXPECT_TRUE(found) << gaps.dump();
}

}  // namespace
}  // namespace plimsoll::server

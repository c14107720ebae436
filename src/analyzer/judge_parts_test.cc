// A fleet judged in parts comes out as one that is judged as a whole.
#include "analyzer/judge_parts.h"

#include <gtest/gtest.h>

#include <map>

#include "benchmark/yaml_for_tests.h"
#include "threatdb/db_for_test.h"

namespace plimsoll::analyzer {
namespace {

using threatdb::below;
using threatdb::deb;
using threatdb::osv;

constexpr const char* rules_text = R"(
schema: plimsoll.rules/1
section: Here
subject: container
rules:
  - {id: container.limit, title: Limited, why: W, severity: high, remedy: Limit it., pass: {fact: limit, greater_than: 0}}
  - {id: container.host, title: sees host, why: W, severity: low, remedy: R, pass: {fact: "host:a", equals: 1}}
)";
constexpr const char* host_rules_text = R"(
schema: plimsoll.rules/1
section: Host
subject: host
rules:
  - {id: host.a, title: A is one, why: W, severity: medium, remedy: Set a., pass: {fact: a, equals: 1}}
)";
constexpr const char* map_text = R"(
schema: plimsoll.map/1
benchmark: Example
edition: "1.0"
applies: {fact: "a", exists: true}
controls:
  - {id: "1", rules: [host.a]}
  - {id: "2", rules: [container.limit, container.host]}
)";

constexpr int nodes = 4, containers = 5;
const Instant now{std::chrono::seconds(1'800'000'000)};

AssetId id_of(int node, int container) { return {"docker:" + std::to_string(node) + std::to_string(container)}; }

AssetReport host_of(int node) {
  AssetReport out;
  out.asset.id = {"host:" + std::to_string(node)};
  out.asset.kind = AssetKind::host;
  out.asset.name = out.asset.node = "n" + std::to_string(node);
  out.host.emplace();
  out.host->kernel_release = "6.1.0-18-amd64";
  out.host->listeners = Fact<std::vector<Listener>>::of({});
  out.packages = {deb("linux-image-6.1.0-18-amd64", "6.1.76-1", "linux"), deb("runc", node == 1 ? "9" : "1")};
  out.settings = benchmark::facts("{host: {a: " + std::to_string(node % 2) + "}}");
  out.assessment.not_assessed = {{"a part of the host", "because", ""}};
  return out;
}

AssetReport container_of(int node, int number) {
  AssetReport out;
  out.asset.id = id_of(node, number);
  out.asset.kind = AssetKind::container;
  out.asset.name = "c" + std::to_string(node) + std::to_string(number);
  out.asset.node = "n" + std::to_string(node);
  out.asset.image = "web:" + std::to_string(number % 2);
  out.asset.labels["data"] = number == 1 ? "customers" : "none";
  out.container.emplace();
  out.container->id = {out.asset.id.value.substr(7)};
  out.container->runtime = "docker";
  out.container->privileged = Fact<bool>::of(number == 3 && node == 2);
  out.container->listeners = Fact<std::vector<Listener>>::of({});
  out.container->published = Fact<std::vector<PublishedPort>>::of({});
  if (number == 0) out.container->published.value = {{Transport::tcp, "0.0.0.0", 80, 80, true}};
  // One of another node by its name: no fact of this world, and no reason to come out otherwise.
  if (number == 4) out.container->joined_pid_namespace_of = id_of((node + 1) % nodes, 3).value.substr(7);
  for (const char* name : {"openssl", "zlib", "curl"}) {
    Package package = deb(name, number % 2 == 0 ? "1" : "2");
    package.loaded = number == 2 ? Loaded::no : Loaded::yes;
    package.locations = {"/var/lib/dpkg/status"};
    out.packages.push_back(package);
  }
  if (number == 1) out.packages.clear();
  out.settings = benchmark::facts("{container: {limit: " + std::to_string(number) + "}}");
  return out;
}

Flow flow(const AssetId& from, const AssetId& to, bool seen, const std::string& address = "10.0.0.1") {
  Flow out;
  out.from = {from, address, 0, false};
  out.to = {to, "10.0.0.2", 80, false};
  out.seen = seen;
  out.application = "HTTP";
  return out;
}

NetworkEvent event(const AssetId& from, const AssetId& to, bool on_source) {
  NetworkEvent out;
  out.detector = on_source ? "net.scan.ports" : "net.http.log4shell";
  out.severity = SeverityLevel::high;
  out.title = "An attack";
  out.evidence = "seen";
  if (!on_source) out.cves = {"CVE-2026-2"};
  out.source = {from, "10.0.0.1", 0, false};
  out.target = {to, "10.0.0.2", 0, false};
  out.on_source = on_source;
  out.count = 1;
  return out;
}

class JudgePartsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int node = 0; node < nodes; ++node) {
      facts_.assets.push_back(host_of(node));
      for (int i = 0; i < containers; ++i) facts_.assets.push_back(container_of(node, i));
    }
    AssetReport& image = facts_.assets.emplace_back();
    image.asset.id = {"image:sha"};
    image.asset.name = "web:0";
    image.packages = {deb("zlib", "1")};
    facts_.flows = {flow({}, id_of(0, 2), true, "203.0.113.9"), flow(id_of(0, 2), id_of(1, 3), true),
                    flow(id_of(1, 3), id_of(2, 3), false), flow(id_of(2, 1), id_of(3, 2), true)};
    facts_.network.events = {event(id_of(0, 1), id_of(3, 2), false), event(id_of(2, 2), id_of(0, 0), true),
                             event({"docker:elsewhere"}, id_of(1, 1), false),
                             event(id_of(1, 0), {"docker:elsewhere"}, false)};
    facts_.network.behaviour = {{id_of(2, 0), "shop", 1, 0.7, {"talks to somebody new"}},
                                {id_of(3, 0), "shop", 0.4, 0, {}}};
    facts_.incomplete = {{"everything", "is never known", ""}};
    const auto parsed = policy::parse_policy(
        "schema: plimsoll.policy/1\nscoped: [{scope: {name: c20}, threats: {discount: {weight: 0.2}}}]\n"
        "exceptions: [{threat: CVE-2026-3, owner: anna, reason: ours, expires: 2099-01-01}]\n",
        "mine.yaml");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    policy_ = *parsed;
    policy_.scoring.user_additions = {{"holds customer data", "data=customers", 12}};
    auto loaded = benchmark::load_rules({{"c", rules_text}, {"h", host_rules_text}, {"m", map_text}});
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    rules_ = std::move(*loaded);
    auto db = threatdb::db_of(
        folder_, {osv("D-1", "Debian:12", "openssl", below("2"), R"("upstream":["CVE-2026-1"],"summary":"S",)"),
                  osv("D-2", "Debian:12", "zlib", below("3"), R"("upstream":["CVE-2026-2"],"summary":"S",)"),
                  osv("D-3", "Debian:12", "curl", below("3"), R"("upstream":["CVE-2026-3"],"summary":"S",)"),
                  osv("D-4", "Debian:12", "curl", R"({"introduced":"0"})", R"("upstream":["CVE-2026-4"],)"),
                  osv("D-5", "Debian:12", "runc", below("2"), R"("upstream":["CVE-2024-21626"],)"),
                  osv("D-6", "Debian:12", "linux", below("6.1.90-1"), R"("upstream":["CVE-2022-0847"],)")});
    ASSERT_TRUE(db.ok()) << db.error().to_string();
    db_ = std::move(*db);
    exception_.id = "e";
    exception_.threat = {"CVE-2026-1"};
    exception_.scope = Exception::Scope::asset;
    exception_.asset = id_of(1, 0);
    exception_.owner = "anna";
    exception_.expires_at = now + std::chrono::hours(1);
    exceptions_ = {exception_};
  }

  Judgement by() const { return {policy_, rules_, &exceptions_}; }
  const threatdb::ThreatDb* db() const { return db_ ? &*db_ : nullptr; }

  // So many nodes in a part, the image in the last.
  FactsInParts in_parts(size_t together) {
    FactsInParts out;
    out.parts = (nodes + together - 1) / together;
    out.between = facts_;
    out.between.assets.clear();
    for (const AssetReport& asset : facts_.assets) out.assets.push_back(asset.asset);
    out.read = [this, together, parts = out.parts](size_t part) -> Result<std::vector<AssetReport>> {
      std::vector<AssetReport> found;
      for (const AssetReport& asset : facts_.assets) {
        const bool image = asset.asset.node.empty();
        const size_t node = image ? 0 : static_cast<size_t>(asset.asset.node[1] - '0');
        if (image ? part + 1 == parts : node / together == part) found.push_back(asset);
      }
      return found;
    };
    return out;
  }

  Report facts_;
  policy::Policy policy_;
  benchmark::RuleSet rules_;
  threatdb::TestFolder folder_;
  std::optional<threatdb::ThreatDb> db_;
  Exception exception_;
  std::vector<Exception> exceptions_;
};

TEST_F(JudgePartsTest, ComesOutAsAWhole) {
  for (const bool with_database : {true, false}) {
    if (!with_database) db_.reset();
    Report whole = facts_;
    judge(whole, db(), by(), now);
    ASSERT_FALSE(whole.fixes.empty());
    ASSERT_FALSE(whole.benchmarks.empty());
    for (const size_t together : {1, 2, 3, 4}) {
      Report sum;
      size_t last_ones = 0;
      const auto take = [&](Report part, bool last) -> Status {
        EXPECT_EQ(part.generated_at, now);
        EXPECT_EQ(part.threat_db, whole.threat_db);
        std::vector<AssetReport> assets = std::exchange(part.assets, {});
        if (last) {
          ++last_ones;
          std::swap(sum.assets, part.assets);
          sum = std::move(part);
        }
        std::move(assets.begin(), assets.end(), std::back_inserter(sum.assets));
        return Done{};
      };
      const Result<Report> light = judge_in_parts(in_parts(together), db(), by(), now, take);
      ASSERT_TRUE(light.ok()) << light.error().to_string();
      EXPECT_EQ(last_ones, 1u);
      std::map<AssetId, AssetReport> parts;
      for (const AssetReport& asset : sum.assets) parts.emplace(asset.asset.id, asset);
      ASSERT_EQ(parts.size(), whole.assets.size());
      ASSERT_EQ(light->assets.size(), whole.assets.size());
      for (size_t i = 0; i < whole.assets.size(); ++i) {
        const AssetReport& expected = whole.assets[i];
        EXPECT_EQ(light->assets[i].asset.id, expected.asset.id) << "in this order";
        EXPECT_EQ(light->assets[i].assessment.score, expected.assessment.score);
        EXPECT_EQ(light->assets[i].assessment.not_assessed, expected.assessment.not_assessed);
        const AssetReport& found = parts.at(expected.asset.id);
        EXPECT_EQ(found.assessment, expected.assessment) << expected.asset.name;
        EXPECT_EQ(found.threats, expected.threats) << expected.asset.name;
        EXPECT_TRUE(found == expected) << expected.asset.name;
      }
      sum.assets = whole.assets;
      EXPECT_EQ(sum.fixes, whole.fixes);
      EXPECT_EQ(sum.together, whole.together);
      EXPECT_EQ(sum.benchmarks, whole.benchmarks);
      EXPECT_TRUE(sum == whole);
    }
  }
}

TEST_F(JudgePartsTest, ThisFleetHasWhatGoesFromOneToTheNext) {
  Report whole = facts_;
  judge(whole, db(), by(), now);
  bool inherited = false, excepted = false, attacked = false, routes = false, check = false;
  for (const AssetReport& asset : whole.assets) {
    inherited = inherited || asset.assessment.inherited.path.size() > 3;
    excepted = excepted || !asset.excepted.empty();
    routes = routes || !asset.assessment.routes.empty();
    for (const Threat& threat : asset.threats) {
      attacked = attacked || threat.kind == ThreatKind::network;
      check = check || threat.kind == ThreatKind::benchmark;
    }
  }
  EXPECT_TRUE(inherited && excepted && attacked && routes && check);
}

TEST_F(JudgePartsTest, FaultsOfReaderAndTakerEndIt) {
  FactsInParts facts = in_parts(1);
  int taken = 0;
  const auto full = [&](Report, bool) -> Status {
    ++taken;
    return Error{ErrorKind::limit, "full"};
  };
  EXPECT_EQ(judge_in_parts(facts, db(), by(), now, full).error().kind, ErrorKind::limit);
  EXPECT_EQ(taken, 1);
  facts.read = [](size_t) -> Result<std::vector<AssetReport>> { return Error{ErrorKind::unreachable, "away"}; };
  EXPECT_EQ(judge_in_parts(facts, db(), by(), now, full).error().kind, ErrorKind::unreachable);
  EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace plimsoll::analyzer

// What the page asks for: parts of assets, nodes, images, changes, fixes, exceptions, networks, moments.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "server/event_stream.h"
#include "server/test_api.h"

namespace plimsoll::server {
namespace {

Package package(const std::string& name, Loaded loaded, const std::string& version = "1") {
  Package out;
  out.type = PackageType::deb;
  out.name = name;
  out.version = version;
  out.purl = "pkg:deb/debian/" + name + "@" + version;
  out.loaded = loaded;
  out.locations = {"var/lib/dpkg/status"};
  return out;
}

CheckResult check(const std::string& rule, CheckOutcome outcome, const std::string& number) {
  CheckResult out;
  out.rule = rule;
  out.subject = "web";
  out.section = "Our section";
  out.title = "About " + rule;
  out.outcome = outcome;
  out.severity = SeverityLevel::high;
  out.remedy = "docker run --this";
  out.controls = {{"CIS Docker", "1.6.0", number, "1", true}, {"CIS Docker", "1.7.0", number, "2", false}};
  return out;
}

// A container of whose every part something is known.
AssetReport rich_container() {
  AssetReport out = container("web", 91);
  out.asset.image = "web:1";
  out.packages = {package("zlib", Loaded::yes), package("bash", Loaded::no), package("openssl", Loaded::unknown),
                  package("openssl", Loaded::unknown, "2")};
  out.threats.front().package = out.packages[2];
  out.threats.front().severity.source = "NVD";
  out.threats.front().evidence = "openssl 1 is installed";
  out.threats.front().remedy = "upgrade";
  ContainerFacts& facts = out.container.emplace();
  facts.runtime = "docker";
  facts.image = {"sha256:abc"};
  facts.privileged = Fact<bool>::of(true);
  facts.user_configured = Fact<std::string>::of("root");
  facts.processes = {{1, 0, "nginx", "/usr/sbin/nginx", Fact<uint32_t>::of(0)}};
  facts.published = Fact<std::vector<PublishedPort>>::of({{Transport::tcp, "0.0.0.0", 8080, 80, true}});
  out.checks = {check("container.a", CheckOutcome::fail, "5.10"), check("container.b", CheckOutcome::pass, "5.9"),
                check("container.c", CheckOutcome::unknown, "2.1")};
  out.settings = FactTree::map_of(
      {{"container", FactTree::map_of({{"limit", FactTree::of(int64_t{-1}, "/sys/fs/cgroup")},
                                       {"user", FactTree::unknown_because("denied", "/proc")}})},
       {"image",
        FactTree::map_of(
            {{"id", FactTree::of("sha256:abc")},
             {"size", FactTree::of(int64_t{1000})},
             {"created", FactTree::of(int64_t{1'700'000'000})},
             {"config", FactTree::map_of({{"user", FactTree::of("app")}, {"exposed_ports", FactTree::list_of({})}})},
             {"history", FactTree::list_of({FactTree::map_of({{"step", FactTree::of(int64_t{1})},
                                                              {"created_by", FactTree::of("ADD file")},
                                                              {"size", FactTree::of(int64_t{900})},
                                                              {"base", FactTree::of(true)}})})}})}});
  out.assessment.if_fixed = IfFixed{12, ThreatLevel::low};
  out.assessment.own = 0.9;
  out.assessment.own_threats = 0.75;
  out.assessment.additions = {{"runs privileged", 15, "inspect"}};
  out.assessment.not_assessed = {{"a part", "because", ""}};
  return out;
}

AssetReport box() {
  AssetReport out = container("box", 40);
  out.asset.id = {"host:box"};
  out.asset.kind = AssetKind::host;
  out.threats.clear();
  HostFacts& facts = out.host.emplace();
  facts.kernel_release = "6.1.0-18-amd64";
  facts.hardware.cpus = 8;
  facts.hardware.memory_bytes = 1 << 30;
  facts.runtimes = {{"docker", "20.10.24", "1.41", "/run/docker.sock", {{"runc", "1.1.5"}}, {}, {}}};
  out.checks = {check("host.a", CheckOutcome::pass, "1.1")};
  return out;
}

class PageTest : public ApiTest {
 protected:
  void SetUp() override {
    ApiTest::SetUp();
    report_.assets = {rich_container(), box(), container("db", 60)};
    report_.fixes = {
        {"upgrade:deb/openssl@web:1", "upgrade", "Upgrade openssl", "apt", {{{"docker:web"}, "web", 91, 40}}, 51, {}},
        {"setting:x", "setting", "Set x", "do", {{{"host:box"}, "box", 40, 30}}, 10, {}}};
    report_.together = {{1, 91, 60, 51, {{{"docker:web"}, "web", 91, 40}}}, {2, 91, 60, 61, {}}};
    report_.incomplete = {{"the run", "no root", ""}};
    keep(report_);
    viewer_ = add("vera", journal::Role::viewer);
    operator_ = add("olga", journal::Role::operator_);
  }
  Report report_;
  Browser viewer_, operator_;
};

TEST_F(PageTest, PackagesLoadedFirstInPages) {
  const std::string path = "/api/v1/assets/docker:web/packages";
  std::vector<std::string> names;
  std::string cursor;
  do {
    const json page = get(viewer_, path + "?limit=1&cursor=" + cursor);
    EXPECT_EQ(page["total"], 4);
    names.push_back(page["items"][0]["name"].get<std::string>() + page["items"][0]["version"].get<std::string>());
    cursor = page["next"].is_null() ? "" : page["next"].get<std::string>();
  } while (!cursor.empty());
  EXPECT_EQ(names, (std::vector<std::string>{"zlib1", "openssl1", "openssl2", "bash1"}));
  const json bad = get(viewer_, path + "?vulnerable=true");
  ASSERT_EQ(bad["items"].size(), 1u);
  EXPECT_EQ(bad["items"][0]["threats"], 1);
  EXPECT_EQ(bad["items"][0]["worst"], "high");
  EXPECT_EQ(get(viewer_, path + "?text=SSL&loaded=unknown&type=deb")["total"], 2);
  EXPECT_EQ(get(viewer_, path + "?type=npm")["total"], 0);
  EXPECT_EQ(call(viewer_, "GET", path + "?loaded=maybe").status, 400);
  EXPECT_EQ(call(viewer_, "GET", path + "?cursor=zz").status, 400);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/assets/docker:none/packages").status, 404);
}

TEST_F(PageTest, BillsOfMaterials) {
  const json cyclonedx = get(viewer_, "/api/v1/assets/docker:web/sbom");
  EXPECT_EQ(cyclonedx["components"][0]["components"].size(), 4u);
  EXPECT_EQ(cyclonedx["vulnerabilities"].size(), 1u);
  EXPECT_EQ(get(viewer_, "/api/v1/assets/docker:web/sbom?format=spdx")["packages"].size(), 5u);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/assets/docker:web/sbom?format=csv").status, 400);
}

TEST_F(PageTest, MakeUpSaysWhatExplainAndFixSay) {
  const json makeup = get(viewer_, "/api/v1/assets/docker:web/makeup");
  EXPECT_EQ(makeup["asset"]["score"], 91);
  EXPECT_EQ(makeup["own_threats"], 0.75);
  EXPECT_EQ(makeup["additions"][0]["points"], 15);
  EXPECT_EQ(makeup["if_fixed"]["score"], 12);
  EXPECT_EQ(makeup["if_fixed"]["actions"], 1);
  ASSERT_EQ(makeup["fixes"].size(), 1u);
  EXPECT_EQ(makeup["fixes"][0]["falls"][0]["after"], 40);
  const std::string text = makeup["text"];
  EXPECT_NE(text.find("runs privileged"), std::string::npos) << text;
  EXPECT_NE(text.find("Once all is done that is known to help: 12 low"), std::string::npos) << text;
}

TEST_F(PageTest, AssetsSayWhatIsInForceOnThem) {
  ResponseRecord record;
  record.id = "r-1";
  record.asset = {"docker:web"};
  record.phase = ResponsePhase::verified;
  record.steps.resize(2);
  record.steps[0].what = "mark it";
  record.steps[1].what = "cut off from the outside";
  desk_->take(record);
  const json expected = {{{"id", "r-1"}, {"phase", "verified"}, {"what", "mark it, cut off from the outside"}}};
  const auto of_web = [](const json& rows) {
    for (const json& row : rows) {
      if (row["id"] == "docker:web") return row["responses"];
    }
    return json();
  };
  EXPECT_EQ(of_web(get(viewer_, "/api/v1/assets")["items"]), expected);
  EXPECT_EQ(of_web(get(viewer_, "/api/v1/assets?trail=true")["items"]), expected);
  EXPECT_EQ(of_web(get(viewer_, "/api/v1/graph")["nodes"]), expected);
  EXPECT_EQ(of_web(get(viewer_, "/api/v1/search?text=web")["assets"]), expected);
  EXPECT_EQ(get(viewer_, "/api/v1/assets/docker:web")["row"]["responses"], expected);
  EXPECT_EQ(get(viewer_, "/api/v1/assets/docker:web/makeup")["asset"]["responses"], expected);
  EXPECT_TRUE(of_web(get(viewer_, "/api/v1/graph?at=" + format_rfc3339(now_))["nodes"]).empty());
  record.phase = ResponsePhase::done;
  desk_->take(record);
  EXPECT_TRUE(of_web(get(viewer_, "/api/v1/assets")["items"]).empty());
}

TEST_F(PageTest, ConfigurationTellsWhatDiffersFromTheImage) {
  const json out = get(viewer_, "/api/v1/assets/docker:web/configuration");
  EXPECT_EQ(out["container"]["privileged"]["value"], true);
  EXPECT_TRUE(out["host"].is_null());
  std::map<std::string, json> settings;
  for (const json& setting : out["settings"]) settings[setting["name"]] = setting;
  EXPECT_EQ(settings["container.limit"]["value"], -1);
  EXPECT_EQ(settings["container.limit"]["source"], "/sys/fs/cgroup");
  EXPECT_TRUE(settings["container.user"]["value"].is_null());
  EXPECT_EQ(settings["container.user"]["unknown"], "denied");
  EXPECT_EQ(settings["image.history[0].created_by"]["value"], "ADD file");
  EXPECT_EQ(out["image"]["known"], true);
  std::map<std::string, json> differences;
  for (const json& each : out["image"]["differences"]) differences[each["name"]] = each;
  EXPECT_EQ(differences["user"]["image"], "app");
  EXPECT_EQ(differences["user"]["asset"], "root");
  EXPECT_EQ(differences["published ports"]["asset"], "80/tcp");
  EXPECT_EQ(get(viewer_, "/api/v1/assets/host:box/configuration")["image"]["known"], false);
  EXPECT_EQ(get(viewer_, "/api/v1/assets/docker:web/processes")["items"][0]["name"], "nginx");
  EXPECT_TRUE(get(viewer_, "/api/v1/assets/host:box/processes")["items"].empty());
}

TEST_F(PageTest, ChecksInPagesOverAllAssets) {
  std::vector<std::string> seen;
  std::string cursor;
  do {
    const json page = get(viewer_, "/api/v1/checks?limit=1&cursor=" + cursor);
    for (const json& row : page["items"])
      seen.push_back(row["asset_name"].get<std::string>() + " " + row["rule"].get<std::string>());
    cursor = page["next"].is_null() ? "" : page["next"].get<std::string>();
  } while (!cursor.empty());
  EXPECT_EQ(seen, (std::vector<std::string>{"box host.a", "web container.a", "web container.b", "web container.c"}));
  EXPECT_EQ(get(viewer_, "/api/v1/checks?outcome=fail,unknown")["items"].size(), 2u);
  EXPECT_EQ(get(viewer_, "/api/v1/checks?asset=host:box")["items"].size(), 1u);
  EXPECT_EQ(get(viewer_, "/api/v1/checks?node=elsewhere")["items"].size(), 0u);
  EXPECT_EQ(get(viewer_, "/api/v1/assets/docker:web/checks?text=.B&level=high")["total"], 1);
  for (const char* query : {"outcome=green", "limit=0", "cursor=x", "level=huge"})
    EXPECT_EQ(call(viewer_, "GET", std::string("/api/v1/checks?") + query).status, 400) << query;
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/checks?asset=docker:none").status, 404);
}

TEST_F(PageTest, BenchmarkBySections) {
  const std::string path = "/api/v1/assets/docker:web/benchmark";
  const json newest = get(viewer_, path);
  EXPECT_EQ(newest["benchmark"], "CIS Docker");
  EXPECT_EQ(newest["edition"], "1.7.0");
  EXPECT_EQ(newest["editions"].size(), 2u);
  EXPECT_DOUBLE_EQ(newest["pass_rate"].get<double>(), 1.0 / 3);
  ASSERT_EQ(newest["sections"].size(), 2u);
  EXPECT_EQ(newest["sections"][0]["title"], "2");
  const json& rows = newest["sections"][1]["rows"];
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0]["number"], "5.9") << "by number, not by letter";
  EXPECT_EQ(rows[1]["number"], "5.10");
  EXPECT_EQ(rows[1]["remedy"], "docker run --this");
  EXPECT_EQ(newest["sections"][1]["counts"]["fail"], 1);
  const json failed = get(viewer_, path + "?edition=1.6.0&benchmark=CIS%20Docker&outcome=fail");
  EXPECT_EQ(failed["sections"][1]["rows"].size(), 1u);
  EXPECT_EQ(failed["sections"][1]["counts"]["pass"], 1) << "counts are of all";
  EXPECT_EQ(failed["sections"][1]["rows"][0]["level"], "1");
  EXPECT_EQ(call(viewer_, "GET", path + "?benchmark=none").status, 404);
  EXPECT_TRUE(get(viewer_, "/api/v1/assets/docker:db/benchmark")["pass_rate"].is_null());
}

TEST_F(PageTest, NodesWithWhatRunsOnThem) {
  const json nodes = get(viewer_, "/api/v1/nodes");
  ASSERT_EQ(nodes["items"].size(), 1u);
  const json& node = nodes["items"][0];
  EXPECT_EQ(node["containers"], 2);
  EXPECT_EQ(node["worst_container"]["name"], "web");
  EXPECT_EQ(node["kernel"], "6.1.0-18-amd64");
  EXPECT_EQ(node["cpus"], 8);
  EXPECT_EQ(node["runtimes"][0]["version"], "20.10.24");
  EXPECT_EQ(node["checks"]["pass"], 1);
  EXPECT_EQ(node["pass_rate"], 1.0);
}

TEST_F(PageTest, ImagesAndTheirSteps) {
  const json images = get(viewer_, "/api/v1/images");
  ASSERT_EQ(images["items"].size(), 1u);
  const json& image = images["items"][0];
  EXPECT_EQ(image["id"], "sha256:abc");
  EXPECT_EQ(image["name"], "web:1");
  EXPECT_EQ(image["running"], 1);
  EXPECT_EQ(image["worst"]["score"], 91);
  EXPECT_EQ(image["size"], 1000);
  EXPECT_EQ(image["layers"], 1);
  EXPECT_EQ(image["created"], "2023-11-14T22:13:20Z");
  EXPECT_TRUE(image["own"].is_null()) << "nobody worked it out";
  const json detail = get(viewer_, "/api/v1/images/sha256:abc");
  EXPECT_EQ(detail["layers"][0]["created_by"], "ADD file");
  EXPECT_TRUE(detail["layers"][0]["packages"].is_null());
  EXPECT_EQ(detail["containers"][0]["name"], "web");
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/images/sha256:none").status, 404);
  EXPECT_EQ(get(viewer_, "/api/v1/images?text=nothing")["total"], 0);
}

TEST_F(PageTest, FixesAndWhatTheyBringTogether) {
  const json both = get(viewer_, "/api/v1/fixes");
  EXPECT_EQ(both["items"].size(), 2u);
  EXPECT_EQ(both["together"]["total_fall"], 61);
  EXPECT_EQ(get(viewer_, "/api/v1/fixes?limit=1")["together"]["total_fall"], 51);
  const json of_box = get(viewer_, "/api/v1/fixes?asset=host:box");
  EXPECT_EQ(of_box["items"].size(), 1u);
  EXPECT_TRUE(of_box["together"].is_null());
  EXPECT_EQ(get(viewer_, "/api/v1/fixes?node=box")["items"].size(), 2u);
  EXPECT_TRUE(get(viewer_, "/api/v1/fixes?node=elsewhere")["items"].empty());
}

TEST_F(PageTest, ChangesAreAddedUp) {
  const json first = get(viewer_, "/api/v1/changes?after=0");
  EXPECT_EQ(first["appeared"].size(), 3u);
  EXPECT_EQ(first["cut"], false);
  const std::string after = std::to_string(first["newest_event"].get<uint64_t>());
  EXPECT_TRUE(get(viewer_, "/api/v1/changes?after=" + after)["appeared"].empty());
  now_ += hours(1);
  report_.assets[0].assessment.score = 95;
  report_.assets[0].assessment.level = ThreatLevel::critical;
  Threat scan;
  scan.id = {"net.scan.ports"};
  scan.kind = ThreatKind::network;
  report_.assets[0].threats = {scan};
  report_.assets.pop_back();
  keep(report_);
  now_ += hours(1);
  report_.assets[0].assessment.score = 60;
  report_.assets[0].assessment.level = ThreatLevel::medium;
  keep(report_);
  const json later = get(viewer_, "/api/v1/changes?after=" + after);
  ASSERT_EQ(later["scores"].size(), 1u);
  EXPECT_EQ(later["scores"][0]["before"], 91) << "the first and the last of several";
  EXPECT_EQ(later["scores"][0]["after"], 60);
  EXPECT_EQ(later["scores"][0]["crossed"], true);
  EXPECT_EQ(later["gone"][0]["name"], "db");
  EXPECT_EQ(later["new_threats"], 1);
  EXPECT_EQ(later["resolved_threats"], 1);
  EXPECT_EQ(later["detections"][0]["id"], "net.scan.ports");
  // Events of the journal's own carry the time of the real clock.
  EXPECT_EQ(get(viewer_, "/api/v1/changes?since=2026-01-01T00:00:00Z")["appeared"].size(), 3u);
  EXPECT_TRUE(get(viewer_, "/api/v1/changes?since=2100-01-01T00:00:00Z")["appeared"].empty());
  const json few = get(viewer_, "/api/v1/changes?since=2026-01-01T00:00:00Z&limit=1");
  EXPECT_EQ(few["appeared"].size(), 1u);
  EXPECT_EQ(few["counts"]["appeared"], 3) << "all of them, however few are shown";
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/changes?limit=0").status, 400);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/changes?since=yesterday").status, 400);
  // By the hour, and by the day.
  EXPECT_EQ(get(viewer_, "/api/v1/trend?days=1")["items"].size(), 3u);
  const json day = get(viewer_, "/api/v1/trend");
  ASSERT_GE(day["items"].size(), 1u);
  int worst = 0;
  for (const json& point : day["items"]) worst = std::max(worst, point["worst_score"].get<int>());
  EXPECT_EQ(worst, 95);
  EXPECT_EQ(day["items"].back()["worst"], "web");
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/trend?days=0").status, 400);
}

TEST_F(PageTest, HistoryCarriesItsEvents) {
  const json history = get(viewer_, "/api/v1/assets/docker:web/history?since=2026-01-01T00:00:00Z");
  ASSERT_FALSE(history["events"].empty());
  EXPECT_EQ(history["items"][0]["score"], 91);
  EXPECT_EQ(history["events"][0]["kind"], "asset.appeared");
  EXPECT_EQ(history["events_cut"], false);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/assets/docker:none/history").status, 404);
}

TEST_F(PageTest, RowsSortAndCarryTheirTrail) {
  const json page = get(viewer_, "/api/v1/assets?sort=name&trail=true");
  EXPECT_EQ(page["total"], 3);
  EXPECT_EQ(page["items"][0]["name"], "box");
  const json& trail = page["items"][2]["trail"];
  ASSERT_EQ(trail.size(), 7u);
  EXPECT_TRUE(trail[0].is_null());
  EXPECT_EQ(trail[6], 91);
  EXPECT_EQ(page["items"][2]["details"]["exposure"]["privileged"], "yes");
  EXPECT_EQ(get(viewer_, "/api/v1/assets?image=web:1")["total"], 1);
  for (const char* sort : {"score", "name", "critical", "node", "image", "scanned_at"})
    EXPECT_EQ(get(viewer_, std::string("/api/v1/assets?sort=") + sort)["items"].size(), 3u) << sort;
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/assets?trail=true&limit=1000").status, 400);
  const json found = get(viewer_, "/api/v1/search?text=WEB");
  EXPECT_EQ(found["assets"].size(), 1u);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/search?text=x").status, 400);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/search?text=" + std::string(201, 'x')).status, 400);
}

TEST_F(PageTest, SearchFindsPackagesAndWhoHasThem) {
  const json found = get(viewer_, "/api/v1/search?text=SSL")["packages"];
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0]["name"], "openssl");
  EXPECT_EQ(found[0]["type"], "deb");
  EXPECT_EQ(found[0]["assets"], 1);
  EXPECT_EQ(found[0]["versions"], 2);
  EXPECT_EQ(found[0]["worst"][0]["name"], "web");
  EXPECT_EQ(found[0]["worst"][0]["score"], 91);
  const json holders = get(viewer_, "/api/v1/packages/openssl/assets?type=deb");
  EXPECT_EQ(holders["total"], 2);
  EXPECT_EQ(holders["items"][0]["asset"], "docker:web");
  EXPECT_EQ(holders["items"][0]["version"], "1");
  EXPECT_TRUE(get(viewer_, "/api/v1/packages/openssl/assets?type=npm")["items"].empty());
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/packages/openssl/assets").status, 400);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/packages/openssl/assets?type=none").status, 400);
}

TEST_F(PageTest, ThreatRowsSayWhereAndWhose) {
  const json rows = get(viewer_, "/api/v1/assets/docker:web/threats");
  EXPECT_EQ(rows["total"], 1);
  const json& row = rows["items"][0];
  EXPECT_EQ(row["source"], "NVD");
  EXPECT_EQ(row["location"], "var/lib/dpkg/status");
  EXPECT_EQ(row["evidence"], "openssl 1 is installed");
  EXPECT_EQ(row["loaded"], "unknown");
  EXPECT_TRUE(row["exception"].is_null());
  EXPECT_EQ(row["title"], "a hole </script>");
  const json threat = get(viewer_, "/api/v1/threats/CVE-2026-0001");
  EXPECT_EQ(threat["threat"]["severity"]["score"], 8.1);
  EXPECT_EQ(threat["worst_asset"], "web");
  EXPECT_EQ(get(viewer_, "/api/v1/threats")["items"][0]["packages"][0], "openssl");
}

// How many rows a part of columns has: as many as its columns are long, each like the others.
size_t rows_of(const json& columns) {
  std::set<size_t> lengths;
  for (const auto& [name, column] : columns.items()) {
    if (name != "answers") lengths.insert(column.size());
  }
  EXPECT_EQ(lengths.size(), 1u);
  return *lengths.begin();
}

TEST_F(PageTest, TheGraphIsBoundedAndCanBePrepared) {
  const auto flow = [&](const char* from, uint16_t port) {
    Flow out;
    out.from = {{}, from, 0, true};
    out.to = {{"docker:web"}, "10.0.0.2", port, false};
    out.bytes = 10;
    out.connections = 1;
    out.first_seen = out.last_seen = now_;
    return out;
  };
  // Arrows of the outside are one; ports without a protocol of their own are several.
  report_.flows = {flow("203.0.113.9", 80), flow("203.0.113.8", 80), flow("203.0.113.9", 81)};
  NetworkEvent everyday;
  everyday.detector = "net.expose.redis";
  everyday.from_outside_only = true;
  everyday.source = {{"docker:web"}, "10.0.0.2", 0, false};
  everyday.first_seen = everyday.last_seen = now_;
  report_.network.events = {everyday};
  now_ += std::chrono::minutes(1);
  keep(report_);
  const json all = get(viewer_, "/api/v1/graph");
  ASSERT_EQ(all["edges"].size(), 2u);
  EXPECT_EQ(all["edges"][0]["bytes"].get<int>() + all["edges"][1]["bytes"].get<int>(), 30);
  EXPECT_EQ(all["cut"], false);
  EXPECT_EQ(all["detections"], json::array()) << "it is no fault from inside";
  const json one = get(viewer_, "/api/v1/graph?limit=1");
  EXPECT_EQ(one["edges"].size(), 1u);
  EXPECT_EQ(one["cut"], true);
  const json unprepared = get(viewer_, "/api/v1/graph/columns?prepared=true");
  EXPECT_EQ(unprepared["prepared"], false) << "there is nothing prepared: it is worked out now";
  EXPECT_EQ(rows_of(unprepared["edges"]), 2u);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/graph/columns?prepared=true&limit=1").status, 400);
  EXPECT_EQ(call(viewer_, "GET", "/api/v1/graph/columns?prepared=yes").status, 400);
}

TEST_F(PageTest, TheGraphOfAMoment) {
  Flow flow;
  flow.from = {{}, "203.0.113.9", 0, true};
  flow.to = {{"docker:web"}, "10.0.0.2", 80, false};
  flow.application = "HTTP";
  flow.connections = 3;
  flow.bytes = 500;
  flow.first_seen = flow.last_seen = now_;
  NetworkEvent scan;
  scan.detector = "net.scan.ports";
  scan.severity = SeverityLevel::medium;
  scan.source = flow.from;
  scan.target = flow.to;
  scan.first_seen = scan.last_seen = now_;
  report_.flows = {flow};
  report_.network.events = {scan};
  now_ += std::chrono::minutes(1);
  keep(report_);
  const Instant then = now_;
  now_ += hours(3);
  report_.assets.erase(report_.assets.begin());
  report_.flows.clear();
  keep(report_);
  const json nodes = get(viewer_, "/api/v1/graph")["nodes"];
  ASSERT_EQ(nodes.size(), 2u);
  for (const json& node : nodes) EXPECT_TRUE(node["networks"].is_null()) << "not known, which is not none: " << node;
  const json past = get(viewer_, "/api/v1/graph?at=" + format_rfc3339(then) + "&window=600");
  EXPECT_EQ(past["nodes"].size(), 3u) << "also the one that has gone since";
  ASSERT_EQ(past["edges"].size(), 1u);
  EXPECT_EQ(past["edges"][0]["from"], "outside");
  EXPECT_EQ(past["edges"][0]["bytes"], 500);
  EXPECT_EQ(past["edges"][0]["last_seen"], format_rfc3339(then - std::chrono::minutes(1)));
  ASSERT_EQ(past["detections"].size(), 1u);
  EXPECT_EQ(past["detections"][0]["to"], "docker:web");
  const json columns = get(viewer_, "/api/v1/graph/columns?at=" + format_rfc3339(then) + "&window=600");
  EXPECT_EQ(rows_of(columns["nodes"]), past["nodes"].size());
  EXPECT_EQ(rows_of(columns["edges"]), past["edges"].size());
  const auto text = [&](const json& number) { return columns["texts"].at(number.get<size_t>()); };
  EXPECT_EQ(columns["others"], json::array({"outside"}));
  EXPECT_EQ(columns["edges"]["from"][0], 3) << "behind three assets comes the first of the other ends";
  EXPECT_EQ(columns["nodes"]["id"].at(columns["edges"]["to"][0].get<size_t>()), "docker:web");
  EXPECT_EQ(text(columns["edges"]["protocol"][0]), "HTTP");
  EXPECT_EQ(columns["edges"]["age"][0], 60);
  for (size_t i = 0; i < past["nodes"].size(); ++i) {
    const json &node = past["nodes"][i], &nodes_then = columns["nodes"];
    EXPECT_EQ(nodes_then["id"][i], node["id"]);
    EXPECT_EQ(nodes_then["score"][i], node["score"]);
    for (const char* name : {"kind", "node", "image", "level"}) EXPECT_EQ(text(nodes_then[name][i]), node[name]);
    EXPECT_EQ(columns["network_lists"].at(nodes_then["networks"][i].get<size_t>()), node["networks"]);
  }
  EXPECT_EQ(columns["gone"], json::array()) << "of then, nobody is";
  const json now = get(viewer_, "/api/v1/graph/columns");
  EXPECT_EQ(now["gone"], json::array({"docker:web"})) << "an arrow of the last day to an asset that is no more";
  EXPECT_EQ(now["edges"]["to"][0], 3) << "behind two assets and one other end";
  EXPECT_EQ(get(viewer_, "/api/v1/graph/columns?window=60")["edges"]["to"], json::array()) << "of the last minute";
  const json before = get(viewer_, "/api/v1/graph?at=" + format_rfc3339(then - hours(2)));
  EXPECT_TRUE(before["nodes"].empty() && before["edges"].empty() && before["detections"].empty());
  const std::string at = "/api/v1/graph?at=" + format_rfc3339(then);
  EXPECT_EQ(call(viewer_, "GET", at + "&since=" + format_rfc3339(then)).status, 400);
  EXPECT_EQ(call(viewer_, "GET", at + "&window=5").status, 400);
}

TEST_F(PageTest, ExceptionsAreMadeListedAndEnded) {
  const json body{{"threat", "CVE-2026-0001"}, {"scope", "asset"}, {"asset", "docker:web"},
                  {"reason", "not reachable"}, {"owner", "anna"},  {"expires_at", format_rfc3339(now_ + hours(24))}};
  EXPECT_EQ(call(viewer_, "POST", "/api/v1/exceptions", body.dump()).status, 403);
  EXPECT_EQ(judged_, 0);
  const Response made = call(operator_, "POST", "/api/v1/exceptions", body.dump());
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(judged_, 1) << "scores are judged anew at once";
  const json exception = json::parse(made.body);
  EXPECT_EQ(exception["created_by"], "olga");
  EXPECT_EQ(exception["state"], "active");
  EXPECT_EQ(get(viewer_, "/api/v1/exceptions")["items"].size(), 1u);
  EXPECT_EQ(get(viewer_, "/api/v1/exceptions?threat=CVE-1")["items"].size(), 0u);
  ASSERT_EQ(events("exception.added").size(), 1u);
  const json told = json::parse(events("exception.added")[0].body);
  EXPECT_EQ(told["reason"], "not reachable");
  EXPECT_EQ(told["owner"], "anna");
  EXPECT_EQ(events("exception.added")[0].actor, "user:olga");
  now_ += hours(3);
  const std::string id = exception["id"];
  EXPECT_EQ(call(viewer_, "DELETE", "/api/v1/exceptions/" + id).status, 403);
  EXPECT_EQ(call(operator_, "DELETE", "/api/v1/exceptions/" + id).status, 204);
  EXPECT_EQ(call(operator_, "DELETE", "/api/v1/exceptions/" + id).status, 404);
  EXPECT_EQ(judged_, 2);
  EXPECT_EQ(events("exception.ended").size(), 1u);
  EXPECT_TRUE(get(viewer_, "/api/v1/exceptions?state=all")["items"].empty());
}

TEST_F(PageTest, ExceptionsThatAreRefused) {
  const json good{{"threat", "CVE-1"},
                  {"scope", "everywhere"},
                  {"reason", "r"},
                  {"owner", "o"},
                  {"expires_at", format_rfc3339(now_ + hours(24))}};
  const auto with = [&](const char* name, const json& value) {
    json body = good;
    body[name] = value;
    return call(operator_, "POST", "/api/v1/exceptions", body.dump()).status;
  };
  EXPECT_EQ(with("threat", ""), 400);
  EXPECT_EQ(with("reason", "  "), 400);
  EXPECT_EQ(with("owner", ""), 400);
  EXPECT_EQ(with("scope", "world"), 400);
  EXPECT_EQ(with("scope", "asset"), 400) << "which one?";
  EXPECT_EQ(with("asset", "docker:web"), 400) << "everywhere, or one asset?";
  EXPECT_EQ(with("expires_at", "soon"), 400);
  EXPECT_EQ(with("expires_at", format_rfc3339(now_)), 400);
  EXPECT_EQ(with("expires_at", format_rfc3339(now_ + hours(24 * 400))), 400);
  EXPECT_EQ(with("reason", std::string(1001, 'x')), 400);
  EXPECT_EQ(with("more", "x"), 400);
  json nobody = good;
  nobody["scope"] = "asset";
  nobody["asset"] = "docker:nobody";
  EXPECT_EQ(call(operator_, "POST", "/api/v1/exceptions", nobody.dump()).status, 404);
  EXPECT_EQ(judged_, 0);
  EXPECT_TRUE(events("exception.").empty());
}

TEST_F(PageTest, NetworksThatCountAsInside) {
  const Browser admin = add("anna", journal::Role::admin);
  const json before = get(viewer_, "/api/v1/networks");
  EXPECT_EQ(before["changed"], false);
  EXPECT_EQ(before["inside"], before["policy"]["inside"]);
  const std::string body = R"({"inside":["10.0.0.0/8","fd00::/8"],"outside":["10.9.0.0/16"]})";
  EXPECT_EQ(call(operator_, "PUT", "/api/v1/networks", body).status, 403);
  EXPECT_EQ(call(admin, "PUT", "/api/v1/networks", body).status, 200);
  EXPECT_EQ(judged_, 1);
  const json after = get(viewer_, "/api/v1/networks");
  EXPECT_EQ(after["inside"], (json{"10.0.0.0/8", "fd00::/8"}));
  EXPECT_EQ(after["outside"], (json{"10.9.0.0/16"}));
  EXPECT_EQ(after["changed_by"], "anna");
  EXPECT_NE(after["policy"]["inside"], after["inside"]);
  for (const char* bad :
       {R"({"inside":["10.0.0.1/8"],"outside":[]})", R"({"inside":["ten"],"outside":[]})",
        R"({"inside":["10.0.0.1"],"outside":[]})", R"({"inside":[]})", R"({"inside":"10.0.0.0/8","outside":[]})"})
    EXPECT_EQ(call(admin, "PUT", "/api/v1/networks", bad).status, 400) << bad;
  EXPECT_EQ(events("networks.changed").size(), 1u);
  EXPECT_EQ(call(admin, "DELETE", "/api/v1/networks").status, 204);
  EXPECT_EQ(get(viewer_, "/api/v1/networks")["changed"], false);
  EXPECT_EQ(events("networks.reset").size(), 1u);
}

TEST_F(PageTest, ScansAndUpdatesAreAskedFor) {
  EXPECT_EQ(call(operator_, "POST", "/api/v1/assets/docker:web/scan").status, 202);
  EXPECT_EQ(scanned_, (std::vector<std::string>{"docker:web"}));
  EXPECT_EQ(call(operator_, "POST", "/api/v1/assets/docker:none/scan").status, 404);
  EXPECT_EQ(call(operator_, "POST", "/api/v1/database/update").status, 202);
  EXPECT_EQ(updates_, 1);
  world_.change_progress([](World::Progress& progress) { progress.database.running = true; });
  EXPECT_EQ(call(operator_, "POST", "/api/v1/database/update").status, 409) << "one is under way";
  EXPECT_EQ(get(viewer_, "/api/v1/database")["update"]["running"], true);
  report_.assets.erase(report_.assets.begin());
  keep(report_);
  EXPECT_EQ(call(operator_, "POST", "/api/v1/assets/docker:web/scan").status, 409) << "it has gone";
}

TEST_F(PageTest, TheStreamTellsProgressWithoutAnId) {
  const Response answer = call(viewer_, "GET", "/api/v1/events/stream");
  ASSERT_TRUE(answer.stream);
  (void)answer.stream();
  int woken = 0;
  world_.on_progress([&] { ++woken; });
  world_.change_progress([](World::Progress& progress) { progress.scan = {true, "reading web", 1, 3, ""}; });
  EXPECT_EQ(woken, 1);
  const std::string frame = answer.stream().value();
  EXPECT_EQ(frame.find("id:"), std::string::npos);
  ASSERT_EQ(frame.rfind("event: progress\ndata: ", 0), 0u) << frame;
  const json told = json::parse(frame.substr(frame.find('{')));
  EXPECT_EQ(told["task"], "scan");
  EXPECT_EQ(told["running"], true);
  EXPECT_EQ(told["step"], "reading web");
  EXPECT_EQ(told["total"], 3);
  EXPECT_EQ(answer.stream().value(), "") << "told once";
  world_.change_progress([](World::Progress& progress) { ++progress.scans; });
  EXPECT_EQ(woken, 1) << "no step of a work";
  world_.change_progress([](World::Progress& progress) { progress.scan = {}; });
  EXPECT_NE(answer.stream().value().find("\"running\": false"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::server

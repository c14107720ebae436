#include "assess/assess.h"

#include <gtest/gtest.h>

#include <memory>
#include <numeric>
#include <set>

#include "assess/opinions.h"
#include "assess/test_fixture.h"
#include "model/names.h"

namespace plimsoll::assess {
namespace {

using namespace fixture;

RouteNeed need(const std::string& condition) { return {RouteNeed::Kind::condition, condition, {}}; }
RouteNeed all(std::vector<RouteNeed> needs) { return {RouteNeed::Kind::all, "", std::move(needs)}; }

// Three routes are enough here; the real ones are tested with the data.
Rules rules() {
  Rules r;
  RouteRule privileged{"esc.privileged",
                       "Runs privileged",
                       "",
                       "Drop --privileged.",
                       "T1611",
                       Certainty::sure,
                       all({need("root.host"), need("caps.all"), need("devices.all")}),
                       {"caps.all", "devices.all"}};
  RouteRule socket{"esc.runtime_socket",
                   "Holds the socket",
                   "",
                   "Unmount it.",
                   "T1611",
                   Certainty::sure,
                   all({need("socket.runtime.usable")}),
                   {"socket.runtime.usable"}};
  r.routes = {privileged, socket};
  return r;
}

TEST(Score, OwnLevelByHand) {
  // WAN seen. CVE-A: severity 10 -> 1; EPSS 0 -> 0.25; network from the WAN 1.0: r = 0.25, factor 0.9*0.25 = 0.225.
  // CVE-B: severity 2.5 -> 0.25^1.5 = 0.125; EPSS 0.04 -> 0.25+0.75*0.2 = 0.4; local 0.5: r = 0.025, factor
  // 0.9*0.025*0.75 = 0.016875. own_threats = 1 - 0.775*0.983125 = 0.238078125; takes WAN +10: own = 0.338078125;
  // nothing inherited: 33.8 -> 34.
  Report report;
  report.assets = {container_asset(plain_container("web"))};
  report.assets[0].threats = {threat("CVE-B", 2.5, AttackVector::local, 0.04, "b"),
                              threat("CVE-A", 10, AttackVector::network, 0.0, "a")};
  report.flows = {from_wan("docker:web", 80, true)};
  assess(report, rules());
  const Assessment& a = report.assets[0].assessment;
  EXPECT_NEAR(a.own_threats, 0.238078125, 1e-12);
  EXPECT_NEAR(a.own, 0.338078125, 1e-12);
  EXPECT_EQ(a.inherited.level, 0);
  EXPECT_EQ(a.score, 34);
  EXPECT_EQ(a.level, ThreatLevel::low);
  ASSERT_EQ(a.contributions.size(), 2U);
  EXPECT_EQ(a.contributions[0].group, "a 1.0-1 (deb)");
  EXPECT_NEAR(a.contributions[0].points, 22.5, 1e-9);
  EXPECT_NEAR(a.contributions[1].points, 100 * 0.775 * 0.016875, 1e-9);
  EXPECT_NEAR(a.contributions[0].points + a.contributions[1].points, 100 * a.own_threats, 1e-9);
  ASSERT_EQ(a.additions.size(), 1U);
  EXPECT_EQ(a.additions[0].points, 10);
  EXPECT_NE(a.additions[0].evidence.find("203.0.113.9"), std::string::npos);
}

TEST(Score, OneUpgradeIsOneGroup) {
  // 60 flaws of one source package count as the worst of them: severity 10, nothing known 0.7, no vector 1.0: 0.9*0.7 =
  // 0.63.
  Report report;
  report.assets = {container_asset(plain_container("old"))};
  for (int i = 0; i < 60; ++i)
    report.assets[0].threats.push_back(threat("CVE-" + std::to_string(i), 10, AttackVector::unknown, {}, "openssl"));
  assess(report, rules());
  EXPECT_NEAR(report.assets[0].assessment.own_threats, 0.63, 1e-12);
  ASSERT_EQ(report.assets[0].assessment.contributions.size(), 1U);
  EXPECT_EQ(report.assets[0].assessment.contributions[0].threats, 60);
}

TEST(Score, ReachAndLikelihoodOfEachKind) {
  struct Case {
    const char* what;
    Threat threat;
    Loaded loaded;
    bool privileged, connected;
    double expected;  // severity 10: r = likelihood * reach
  };
  Threat exploited = threat("K", 10, AttackVector::network, 0.0, "p");
  exploited.known_exploited = true;
  const Case cases[] = {
      {"network, nobody connects", threat("A", 10, AttackVector::network, {}, "p"), Loaded::unknown, false, false,
       0.7 * 0.5},
      {"adjacent, others connect", threat("A", 10, AttackVector::adjacent, {}, "p"), Loaded::yes, false, true,
       0.7 * 0.8},
      {"local", threat("A", 10, AttackVector::local, {}, "p"), Loaded::unknown, false, false, 0.7 * 0.5},
      {"local, privileged", threat("A", 10, AttackVector::local, {}, "p"), Loaded::unknown, true, false, 0.7 * 0.8},
      {"physical", threat("A", 10, AttackVector::physical, {}, "p"), Loaded::unknown, false, false, 0.7},
      {"not loaded", threat("A", 10, AttackVector::unknown, {}, "p"), Loaded::no, false, false, 0.35},
      {"exploited", exploited, Loaded::unknown, false, true, 0.8},
      {"certain EPSS", threat("A", 10, AttackVector::unknown, 1.0, "p"), Loaded::unknown, false, false, 1.0},
  };
  for (const Case& c : cases) {
    Report report;
    report.assets = {container_asset(c.privileged ? privileged_container("x") : plain_container("x")),
                     container_asset(plain_container("y"))};
    report.assets[0].threats = {c.threat};
    report.assets[0].threats[0].package->loaded = c.loaded;
    if (c.connected) report.flows = {flow("docker:y", "docker:x", 80, false)};
    assess(report, rules());
    EXPECT_NEAR(find(report, "x").assessment.own_threats, 0.9 * c.expected, 1e-12) << c.what;
  }
}

TEST(Score, UnknownSeverityAndUnreadListenersAreNotHarmless) {
  Report report;
  ContainerFacts facts = plain_container("x");
  facts.listeners = Fact<std::vector<Listener>>::missing("permission denied");
  report.assets = {container_asset(facts)};
  Threat t = threat("A", 0, AttackVector::network, 1.0, "p");
  t.severity = {};
  report.assets[0].threats = {t};
  assess(report, rules());
  // (5/10)^1.5 = 0.35355; reach 0.8 because who can connect is not known.
  EXPECT_NEAR(report.assets[0].assessment.own_threats, 0.9 * 0.8 * 0.35355339059327379, 1e-12);
}

TEST(Score, RedisInheritsThePathFromTheInternet) {
  // internet -1.0-> nginx -0.2-> node -0.2-> redis. nginx: own 0.10 (takes WAN), 10. node inherits 0.2: 20. redis
  // 0.04: 4.
  Report report;
  report.assets = {container_asset(plain_container("nginx")), container_asset(plain_container("node")),
                   container_asset(plain_container("redis"))};
  report.flows = {from_wan("docker:nginx", 80, true), flow("docker:nginx", "docker:node", 3000, true),
                  flow("docker:node", "docker:redis", 6379, true)};
  assess(report, rules());
  EXPECT_EQ(find(report, "nginx").assessment.score, 10);
  EXPECT_TRUE(find(report, "nginx").assessment.inherited.path.empty());
  EXPECT_EQ(find(report, "node").assessment.score, 20);
  const Assessment& redis = find(report, "redis").assessment;
  EXPECT_NEAR(redis.inherited.level, 0.04, 1e-12);
  EXPECT_EQ(redis.score, 4);
  EXPECT_EQ(redis.level, ThreatLevel::minimal);
  ASSERT_EQ(redis.inherited.path.size(), 4U);
  EXPECT_EQ(redis.inherited.path[0].name, "internet");
  EXPECT_EQ(redis.inherited.path[1].name, "nginx");
  EXPECT_EQ(redis.inherited.path[1].edge, 1.0);
  EXPECT_EQ(redis.inherited.path[2].name, "node");
  EXPECT_EQ(redis.inherited.path[3].name, "redis");
  EXPECT_EQ(redis.inherited.path[3].why, "connections seen to port 6379");
  EXPECT_EQ(redis.from_outside, redis.inherited);
  double product = 1;
  for (const PathStep& step : redis.inherited.path) product *= step.edge;
  EXPECT_NEAR(product, redis.inherited.level, 1e-15);
}

TEST(Score, PublishedPortsAndPermittedConnectionsWeighLess) {
  // 0.5 * 0.1 = 0.05.
  Report report;
  ContainerFacts web = plain_container("web");
  web.published = Fact<std::vector<PublishedPort>>::of({{Transport::tcp, "0.0.0.0", 8080, 80, true}});
  report.assets = {container_asset(web), container_asset(plain_container("db"))};
  report.flows = {flow("docker:web", "docker:db", 5432, false)};
  assess(report, rules());
  EXPECT_NEAR(find(report, "db").assessment.inherited.level, 0.05, 1e-12);
  EXPECT_EQ(find(report, "web").assessment.additions.size(), 1U);
}

TEST(Score, DirectStepFromOutsideIsLiteralWhenAsked) {
  Report report;
  report.assets = {container_asset(plain_container("web"))};
  report.flows = {from_wan("docker:web", 80, false)};
  Rules literal = rules();
  literal.scoring.inherit_direct_from_outside = true;
  assess(report, literal);
  // own 0.10, inherited 0.5: 1 - 0.9*0.5 = 0.55.
  EXPECT_EQ(report.assets[0].assessment.score, 55);
  ASSERT_EQ(report.assets[0].assessment.inherited.path.size(), 2U);
  assess(report, rules());
  EXPECT_EQ(report.assets[0].assessment.score, 10);
  EXPECT_EQ(report.assets[0].assessment.from_outside.level, 0.5);
}

TEST(Score, EscapeRaisesTheHost) {
  // The container's own level 0.63 (as above). Plain: host inherits 0.63*0.02. Privileged: +15 -> 0.78 * 0.9 = 0.702.
  for (const bool privileged : {false, true}) {
    Report report;
    report.assets = {host_asset(plain_host()),
                     container_asset(privileged ? privileged_container("x") : plain_container("x"))};
    report.assets[1].threats = {threat("A", 10, AttackVector::unknown, {}, "p")};
    assess(report, rules());
    const Assessment& host = find(report, "box").assessment;
    EXPECT_NEAR(host.inherited.level, privileged ? 0.702 : 0.0126, 1e-12);
    EXPECT_EQ(host.score, privileged ? 70 : 1);
    ASSERT_EQ(host.inherited.path.size(), 2U);
    EXPECT_EQ(host.inherited.path[1].why,
              privileged ? "Runs privileged (esc.privileged)" : "container to host, no open route known");
    // Nothing comes back: the container inherits of the host's own 0 nothing.
    EXPECT_EQ(find(report, "x").assessment.inherited.level, 0);
  }
}

TEST(Score, AnOpenRouteCountsOnTheContainerToo) {
  Report report;
  ContainerFacts facts = plain_container("x");
  facts.runtime_sockets =
      Fact<std::vector<RuntimeSocketFacts>>::of({{"/var/run/docker.sock", "docker", Fact<bool>::of(true)}});
  report.assets = {host_asset(plain_host()), container_asset(facts)};
  assess(report, rules());
  const Assessment& x = find(report, "x").assessment;
  ASSERT_EQ(x.additions.size(), 1U);
  EXPECT_EQ(x.additions[0].name, "can escape to its host");
  EXPECT_EQ(x.score, 10);
}

TEST(Score, NeverMinimalWhenSomethingWasNotAssessed) {
  Report report;
  report.assets = {container_asset(plain_container("x")), container_asset(plain_container("y"))};
  report.assets[0].assessment.not_assessed = {{"packages", "no advisories", ""}};
  ContainerFacts blind = plain_container("z");
  blind.runtime_sockets = Fact<std::vector<RuntimeSocketFacts>>::missing("permission denied");
  report.assets.push_back(container_asset(blind));
  assess(report, rules());
  EXPECT_EQ(find(report, "x").assessment.level, ThreatLevel::low);
  EXPECT_EQ(find(report, "y").assessment.level, ThreatLevel::minimal);
  EXPECT_EQ(find(report, "z").assessment.level, ThreatLevel::low);
  ASSERT_EQ(find(report, "z").assessment.not_assessed.size(), 1U);
  EXPECT_NE(find(report, "z").assessment.not_assessed[0].reason.find("permission denied"), std::string::npos);
  // Once more: nothing is told twice.
  assess(report, rules());
  EXPECT_EQ(find(report, "z").assessment.not_assessed.size(), 1U);
}

TEST(Score, UserAdditionsByLabel) {
  Report report;
  report.assets = {container_asset(plain_container("x"))};
  report.assets[0].asset.labels = {{"data", "customers"}};
  Rules r = rules();
  r.scoring.user_additions = {
      {"customer data", "data=customers", 12}, {"any data", "data", 3}, {"other", "data=public", 50}};
  assess(report, r);
  EXPECT_EQ(report.assets[0].assessment.score, 15);
  r.scoring.user_additions = {{"too much", "data", 100}, {"more", "data", 100}};
  assess(report, r);
  EXPECT_EQ(report.assets[0].assessment.score, 100);
}

TEST(Score, AnAssetMayHaveConstantsOfItsOwn) {
  Report report;
  report.assets = {container_asset(plain_container("x")), container_asset(plain_container("y"))};
  for (AssetReport& asset : report.assets) asset.threats = {threat("A", 10, AttackVector::unknown, {}, "p")};
  Rules r = rules();
  assess(report, r);
  const int before = find(report, "x").assessment.score;
  EXPECT_EQ(find(report, "y").assessment.score, before);
  ScoringPolicy own = r.scoring;
  own.likelihood_unknown = 0.1;
  own.level_critical = 8;
  own.level_high = 7;
  own.level_medium = 6;
  own.level_low = 5;
  r.own[{"docker:x"}] = std::make_shared<const ScoringPolicy>(own);
  assess(report, r);
  EXPECT_LT(find(report, "x").assessment.score, before);
  EXPECT_EQ(find(report, "x").assessment.level, ThreatLevel::critical);
  EXPECT_EQ(find(report, "y").assessment.score, before);
}

TEST(Opinions, TheFirstPreferredOneIsUsed) {
  AssetReport asset = container_asset(plain_container("x"));
  Threat flaw = threat("A", 5, AttackVector::network, {});
  flaw.severity.source = "Debian";
  flaw.opinions = {{SeverityLevel::critical, 9.8, "", "NVD"}, {SeverityLevel::high, 7.0, "", "GHSA-1"}, {}};
  const auto used = [&](std::vector<std::string> order) {
    ScoringPolicy policy;
    policy.severity_order = std::move(order);
    asset.threats = {flaw};
    prefer_opinions(asset, policy);
    EXPECT_EQ(asset.threats[0].opinions.size(), 3U);
    return asset.threats[0].severity.source;
  };
  EXPECT_EQ(used({}), "Debian");
  EXPECT_EQ(used({"NVD"}), "NVD");
  EXPECT_EQ(used({"RedHat", "GHSA*", "NVD"}), "GHSA-1");
  EXPECT_EQ(used({"highest"}), "NVD");
  EXPECT_EQ(used({"RedHat"}), "Debian");
  EXPECT_EQ(used({"*"}), "Debian");
}

TEST(Score, AssetsAreOrderedWorstFirst) {
  Report report;
  report.assets = {container_asset(plain_container("b")), container_asset(plain_container("a")),
                   container_asset(plain_container("c"))};
  report.assets[2].threats = {threat("A", 10, AttackVector::unknown, {}, "p")};
  assess(report, rules());
  EXPECT_EQ(report.assets[0].asset.name, "c");
  EXPECT_EQ(report.assets[1].asset.name, "a");
  EXPECT_EQ(report.assets[2].asset.name, "b");
}

const FixAction* action(const Report& report, const std::string& id) {
  for (const FixAction& fix : report.fixes) {
    if (fix.id == id) return &fix;
  }
  return nullptr;
}

Threat failed_check(const std::string& id, SeverityLevel level, double severity) {
  Threat t = threat(id, severity, AttackVector::unknown, {});
  t.kind = ThreatKind::benchmark;
  t.severity.level = level;
  t.title = "Setting " + id;
  t.remedy = "Set " + id + ".";
  return t;
}

TEST(Score, FailedChecksOfOneLevelStayInItsBand) {
  const ScoringPolicy policy;
  struct Row {
    SeverityLevel level;
    double severity;
    int below;  // where the next level begins
  };
  for (const Row& row : {Row{SeverityLevel::low, policy.check_low, policy.level_medium},
                         Row{SeverityLevel::medium, policy.check_medium, policy.level_high},
                         Row{SeverityLevel::high, policy.check_high, policy.level_critical}}) {
    Report report;
    report.assets = {host_asset(plain_host())};
    for (int i = 0; i < 500; ++i) {
      report.assets[0].threats.push_back(failed_check("host.r" + std::to_string(i), row.level, row.severity));
    }
    assess(report, rules());
    EXPECT_LT(report.assets[0].assessment.score, row.below) << name_of(row.level);
    EXPECT_EQ(report.assets[0].assessment.contributions.size(), 500U) << "each its own group";
    EXPECT_EQ(report.assets[0].assessment.contributions[0].reach_why, "a setting");
  }
}

TEST(Fixes, AFailedCheckIsOneActionAnAsset) {
  Report report;
  report.assets = {host_asset(plain_host()), container_asset(plain_container("x")),
                   container_asset(plain_container("y"))};
  report.assets[0].threats = {failed_check("docker.icc", SeverityLevel::high, 8),
                              failed_check("docker.icc", SeverityLevel::high, 8),  // of a second runtime
                              failed_check("host.a", SeverityLevel::low, 2.5)};
  report.assets[1].threats = report.assets[2].threats = {failed_check("container.limit", SeverityLevel::high, 8)};
  assess(report, rules());
  const FixAction* fix = action(report, "check:docker.icc@box");
  ASSERT_NE(fix, nullptr);
  EXPECT_EQ(fix->kind, "setting");
  EXPECT_EQ(fix->title, "box: Setting docker.icc");
  EXPECT_EQ(fix->remedy, "Set docker.icc.");
  EXPECT_EQ(fix->removes, (std::vector<ThreatId>{{"docker.icc"}}));
  EXPECT_EQ(fix->falls.at(0).name, "box");
  EXPECT_NE(action(report, "check:container.limit@x"), nullptr);
  EXPECT_NE(action(report, "check:container.limit@y"), nullptr);
  const FixAction* small = action(report, "check:host.a@box");
  EXPECT_TRUE(small == nullptr || small->total_fall < fix->total_fall);
}

TEST(Fixes, UpgradeFallsOnAllContainersOfTheImage) {
  // Two containers of one image: 63 each; the upgrade takes both to 0 (the flaw without a fix stays for "other").
  Report report;
  report.assets = {container_asset(plain_container("x")), container_asset(plain_container("y"))};
  for (AssetReport& asset : report.assets) {
    asset.asset.image = "app:1";
    asset.threats = {threat("A", 10, AttackVector::unknown, {}, "openssl", "1.0-9"),
                     threat("B", 10, AttackVector::unknown, {}, "openssl", "1.0-10")};
  }
  assess(report, rules());
  const FixAction* fix = action(report, "upgrade:deb/openssl@app:1");
  ASSERT_NE(fix, nullptr);
  EXPECT_EQ(fix->title, "Upgrade openssl to 1.0-10 in image app:1");
  EXPECT_EQ(fix->total_fall, 126);
  ASSERT_EQ(fix->falls.size(), 2U);
  EXPECT_EQ(fix->falls[0].before, 63);
  EXPECT_EQ(fix->falls[0].after, 0);
  EXPECT_EQ(fix->removes.size(), 2U);
}

TEST(Fixes, WhatHasNoFixIsNoAction) {
  Report report;
  report.assets = {container_asset(plain_container("x"))};
  report.assets[0].threats = {threat("A", 10, AttackVector::unknown, {}, "openssl")};
  assess(report, rules());
  EXPECT_TRUE(report.fixes.empty());
}

TEST(Fixes, ClosingARouteLowersContainerAndHost) {
  Report report;
  report.assets = {host_asset(plain_host()), container_asset(privileged_container("x"))};
  report.assets[1].threats = {threat("A", 10, AttackVector::unknown, {}, "p")};
  assess(report, rules());
  // x: 78 -> 63; host: 70 -> 1.
  const FixAction* fix = action(report, "route:esc.privileged@x");
  ASSERT_NE(fix, nullptr);
  EXPECT_EQ(fix->kind, "setting");
  EXPECT_EQ(fix->total_fall, 15 + 69);
  EXPECT_EQ(fix->falls[0].name, "box");
  // With the socket mounted as well the host stays as open: only the points move from privileged (15) to escape (10).
  for (AssetReport& asset : report.assets) {
    if (asset.container) {
      asset.container->runtime_sockets =
          Fact<std::vector<RuntimeSocketFacts>>::of({{"/s", "docker", Fact<bool>::of(true)}});
    }
  }
  assess(report, rules());
  fix = action(report, "route:esc.privileged@x");
  ASSERT_NE(fix, nullptr);
  EXPECT_EQ(find(report, "x").assessment.score, 78);
  // x: 0.73 instead of 0.78; the host 0.9 * 0.73 = 0.657 instead of 0.702.
  EXPECT_EQ(fix->total_fall, 5 + 4);
}

TEST(Fixes, TakingAnAssetOffTheOutsideCutsThePath) {
  Report report;
  report.assets = {container_asset(plain_container("nginx")), container_asset(plain_container("node"))};
  report.flows = {from_wan("docker:nginx", 80, true), flow("docker:nginx", "docker:node", 3000, true)};
  assess(report, rules());
  const FixAction* fix = action(report, "exposure:nginx");
  ASSERT_NE(fix, nullptr);
  EXPECT_EQ(fix->total_fall, 10 + 20);  // nginx 10 -> 0, node 20 -> 0
}

TEST(Fixes, PatchingThePlatformClosesItsRoutes) {
  Report report;
  HostFacts host = plain_host();
  host.kernel_release = "5.10.0";
  report.assets = {host_asset(host), container_asset(plain_container("x"))};
  report.assets[1].threats = {threat("A", 10, AttackVector::unknown, {}, "p")};
  Rules r = rules();
  CveRule rule{
      "CVE-2022-0847", "kernel", {{"5.8", "5.10.102"}}, "esc.kernel_cve", "t", "r", {RouteNeed::Kind::all, "", {}}};
  r.cves = {rule};
  assess(report, r);
  // maybe: 0.63 * 0.2 = 0.126 -> 13; patched 0.0126 -> 1.
  EXPECT_EQ(find(report, "box").assessment.score, 13);
  const FixAction* fix = action(report, "patch-host:kernel@box");
  ASSERT_NE(fix, nullptr);
  EXPECT_EQ(fix->total_fall, 12);
  ASSERT_EQ(fix->removes.size(), 1U);
  // An advisory makes it likely: 0.63 * 0.6 = 0.378; the threat itself adds to the host.
  for (AssetReport& asset : report.assets) {
    if (asset.host) asset.threats = {threat("CVE-2022-0847", 7.8, AttackVector::local, 1.0, "linux", "5.10.102-1")};
  }
  assess(report, r);
  EXPECT_NEAR(find(report, "box").assessment.inherited.level, 0.378, 1e-12);
  fix = action(report, "patch-host:kernel@box");
  ASSERT_NE(fix, nullptr);
  EXPECT_EQ(fix->title, "Upgrade linux to 5.10.102-1 on host box");
  EXPECT_EQ(find(report, "box").assessment.score - 1, fix->falls[0].before - fix->falls[0].after);
}

TEST(Score, APatchedDistributionKernelIsNotBlamedByItsNumber) {
  // Kernel 5.10.0 lies in the upstream range. Only a database with the distribution's advisories clears it.
  Rules r = rules();
  r.cves = {
      {"CVE-2022-0847", "kernel", {{"5.8", "5.10.102"}}, "esc.kernel_cve", "t", "r", {RouteNeed::Kind::all, "", {}}}};
  for (const char* source : {"", "osv/Alpine", "osv/Debian"}) {
    Report report;
    HostFacts host = plain_host();
    host.kernel_release = "5.10.0-30-amd64";
    report.assets = {host_asset(host), container_asset(plain_container("x"))};
    Package kernel;
    kernel.type = PackageType::deb;
    kernel.ecosystem = "Debian:11";
    kernel.name = "linux-image-5.10.0-30-amd64";
    kernel.source_name = "linux-signed-amd64";
    report.assets[0].packages = {kernel};
    report.threat_db.present = *source != 0;
    report.threat_db.sources = {{source, 1000, {}}};
    assess(report, r);
    EXPECT_EQ(has_route(find(report, "x").assessment.routes, "esc.kernel_cve"), std::string(source) != "osv/Debian")
        << source;
  }
}

TEST(Score, TheStarterPackConfirmsAndClearsNothing) {
  Rules r = rules();
  for (const char* cve : {"CVE-2022-0847", "CVE-2022-0185"}) {
    r.cves.push_back(
        {cve, "kernel", {{"5.8", "5.10.102"}}, "esc.kernel_cve", "t", "r", {RouteNeed::Kind::all, "", {}}});
  }
  for (const bool starter : {false, true}) {
    Report report;
    HostFacts host = plain_host();
    host.kernel_release = "5.10.0-30-amd64";
    report.assets = {host_asset(host), container_asset(plain_container("x"))};
    Threat known = threat("CVE-2022-0847", 7.8, AttackVector::local, 1.0, "linux", "5.10.102-1");
    known.package->type = PackageType::deb;
    known.package->ecosystem = "Debian:11";
    known.package->name = "linux-image-5.10.0-30-amd64";
    known.package->source_name = "linux-signed-amd64";
    report.assets[0].packages = {*known.package};
    report.assets[0].threats = {known};
    report.threat_db.present = true;
    report.threat_db.starter_pack = starter;
    report.threat_db.sources = {{"osv/Debian", 1000, {}}};
    assess(report, r);
    std::set<std::string> open;
    for (const RouteFinding& route : find(report, "x").assessment.routes) open.insert(route.threat_id);
    EXPECT_EQ(open.count("CVE-2022-0847"), 1U);
    EXPECT_EQ(open.count("CVE-2022-0185"), starter ? 1U : 0U);
  }
}

// Two ways to the same end: each alone brings what both bring together, so that the sum of falls would be twice it.
TEST(Fixes, TogetherTheyAreWorkedOutAsAWhole) {
  Report report;
  report.assets = {host_asset(plain_host()), container_asset(privileged_container("x")),
                   container_asset(plain_container("y"))};
  report.assets[1].threats = {threat("A", 10, AttackVector::unknown, {}, "p", "2")};
  report.assets[2].threats = {threat("B", 10, AttackVector::unknown, {}, "q", "2")};
  assess(report, rules());
  ASSERT_FALSE(report.together.empty());
  ASSERT_EQ(report.together.size(), std::min<size_t>(report.fixes.size(), 10));
  const int worst = report.assets[0].assessment.score;
  int last = 0, alone = 0;
  for (size_t i = 0; i < report.together.size(); ++i) {
    const FixesTogether& so_far = report.together[i];
    alone += report.fixes[i].total_fall;
    EXPECT_EQ(so_far.fixes, i + 1);
    EXPECT_EQ(so_far.worst_before, worst);
    EXPECT_GE(so_far.total_fall, last) << "one more fix never raises a score";
    EXPECT_LE(so_far.worst_after, worst);
    last = so_far.total_fall;
  }
  EXPECT_EQ(report.together[0].total_fall, report.fixes[0].total_fall);
  EXPECT_LT(last, alone);
  EXPECT_EQ(report.together.back().worst_after, 0) << "everything known is fixed";
  for (const AssetReport& asset : report.assets) {
    ASSERT_TRUE(asset.assessment.if_fixed);
    EXPECT_EQ(asset.assessment.if_fixed->score, 0) << asset.asset.name;
  }
}

TEST(Fixes, WhatHasNoFixStaysWhenAllIsFixed) {
  Report report;
  report.assets = {container_asset(plain_container("x"))};
  report.assets[0].threats = {threat("A", 10, AttackVector::unknown, {}, "p"),
                              threat("B", 10, AttackVector::unknown, {}, "q", "2")};
  report.assets[0].assessment.not_assessed = {{"a part", "because", ""}};
  assess(report, rules());
  const Assessment& a = report.assets[0].assessment;
  ASSERT_TRUE(a.if_fixed);
  EXPECT_LT(a.if_fixed->score, a.score);
  EXPECT_EQ(a.if_fixed->score, 63) << "A alone";
  EXPECT_NE(a.if_fixed->level, ThreatLevel::minimal);
}

TEST(Fixes, AllAtOnceWhereOneAloneChangesLittle) {
  Report report;
  report.assets = {container_asset(plain_container("x"))};
  for (int i = 0; i < 12; ++i) {
    Threat t = threat("CVE-" + std::to_string(i), 10, AttackVector::unknown, 1.0, "p" + std::to_string(i), "2");
    report.assets[0].threats.push_back(t);
  }
  assess(report, rules());
  ASSERT_FALSE(report.fixes.empty());
  EXPECT_EQ(report.fixes[0].id, "upgrade:all@x:1");
  EXPECT_EQ(report.fixes[0].total_fall, report.assets[0].assessment.score);
}

}  // namespace
}  // namespace plimsoll::assess

// Properties of the score over random worlds, with the shipped policy: bounds, monotonicity, no dependence on order.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "assess/assess.h"
#include "assess/test_fixture.h"
#include "policy/policy.h"

namespace plimsoll::assess {
namespace {

using namespace fixture;

Rules shipped_rules() {
  auto policy = policy::default_policy().value();
  return {policy.scoring, policy.routes, policy.cves};
}

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  bool one_in(unsigned n) { return random_() % n == 0; }
  size_t below(size_t n) { return random_() % n; }
  double unit() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  std::mt19937& engine() { return random_; }

 private:
  std::mt19937 random_;
};

Threat random_threat(Dice& dice) {
  const AttackVector vectors[] = {AttackVector::unknown, AttackVector::network, AttackVector::adjacent,
                                  AttackVector::local, AttackVector::physical};
  Threat t = threat("CVE-" + std::to_string(dice.below(100000)), 10 * dice.unit(), vectors[dice.below(5)], {},
                    "p" + std::to_string(dice.below(6)), dice.one_in(2) ? "2.0" : "");
  if (dice.one_in(2)) t.epss = dice.unit();
  if (dice.one_in(10)) t.severity = {};
  t.known_exploited = dice.one_in(10);
  if (dice.one_in(3)) t.package->loaded = Loaded::no;
  if (dice.one_in(15)) t.kind = ThreatKind::network;
  if (dice.one_in(4)) {
    t.kind = ThreatKind::benchmark;
    t.package.reset();
    t.fixed_version.clear();
  }
  return t;
}

Flow random_flow(Dice& dice, const std::vector<std::string>& names) {
  const std::string to = "docker:" + names[dice.below(names.size())];
  if (dice.one_in(4)) return from_wan(to, static_cast<uint16_t>(dice.below(1000)), dice.one_in(2));
  return flow("docker:" + names[dice.below(names.size())], to, static_cast<uint16_t>(dice.below(1000)), dice.one_in(2));
}

Report random_world(Dice& dice, std::vector<std::string>& names) {
  Report report;
  HostFacts host = plain_host();
  if (dice.one_in(2)) host.kernel_release = "5.10.50";
  report.assets.push_back(host_asset(host));
  const size_t count = 1 + dice.below(6);
  for (size_t i = 0; i < count; ++i) {
    names.push_back("c" + std::to_string(i));
    ContainerFacts facts = dice.one_in(4) ? privileged_container(names.back()) : plain_container(names.back());
    if (dice.one_in(4)) facts.listeners = Fact<std::vector<Listener>>::missing("no right");
    if (dice.one_in(5))
      facts.runtime_sockets = Fact<std::vector<RuntimeSocketFacts>>::of({{"/s", "docker", Fact<bool>::of(true)}});
    report.assets.push_back(container_asset(facts));
  }
  for (AssetReport& asset : report.assets) {
    for (size_t i = dice.below(8); i > 0; --i) asset.threats.push_back(random_threat(dice));
  }
  for (size_t i = dice.below(6); i > 0; --i) report.flows.push_back(random_flow(dice, names));
  return report;
}

std::map<std::string, int> scores(Report report, const Rules& rules) {
  assess(report, rules);
  std::map<std::string, int> out;
  for (const AssetReport& asset : report.assets) {
    const Assessment& a = asset.assessment;
    out[asset.asset.name] = a.score;
    EXPECT_GE(a.score, 0);
    EXPECT_LE(a.score, 100);
    EXPECT_TRUE(a.own >= 0 && a.own <= 1 && a.inherited.level >= 0 && a.inherited.level <= 1);
    EXPECT_TRUE(a.own >= a.own_threats);
    double points = 0, last = 2;
    for (const Contribution& c : a.contributions) {
      points += c.points;
      EXPECT_LE(c.risk, last);
      last = c.risk;
    }
    EXPECT_NEAR(points, 100 * a.own_threats, 1e-9);
    EXPECT_NE(a.inherited.path.size(), 1U);
  }
  for (const FixAction& fix : report.fixes) {
    EXPECT_GT(fix.total_fall, 0);
    int sum = 0;
    for (const FixAction::Fall& fall : fix.falls) sum += fall.before - fall.after;
    EXPECT_EQ(sum, fix.total_fall);
  }
  return out;
}

void expect_no_fall(const std::map<std::string, int>& before, const std::map<std::string, int>& after, const char* what,
                    unsigned seed) {
  for (const auto& [name, score] : before)
    EXPECT_GE(after.at(name), score) << name << " fell by " << what << ", seed " << seed;
}

// What a JSON report keeps: no facts.
Report without_facts(Report report) {
  for (AssetReport& asset : report.assets) {
    asset.container.reset();
    asset.host.reset();
    asset.settings = {};
  }
  return report;
}

TEST(ScoreProperties, AReportWithoutFactsIsScoredAsItWasWithThem) {
  const Rules rules = shipped_rules();
  for (unsigned seed = 0; seed < 150; ++seed) {
    Dice dice(seed);
    std::vector<std::string> names;
    Report report = random_world(dice, names);
    for (AssetReport& asset : report.assets) {
      for (Threat& threat : asset.threats) {
        if (threat.kind == ThreatKind::benchmark) threat.attack_vector = AttackVector::unknown;  // as checks make them
      }
    }
    assess(report, rules);
    Report told = without_facts(report);
    assess_told(told, rules);
    for (size_t i = 0; i < report.assets.size(); ++i) {
      const Assessment &by_facts = report.assets[i].assessment, &by_words = told.assets[i].assessment;
      EXPECT_EQ(told.assets[i].asset, report.assets[i].asset) << "seed " << seed;
      EXPECT_EQ(by_words.score, by_facts.score) << report.assets[i].asset.name << " seed " << seed;
      EXPECT_EQ(by_words.level, by_facts.level);
      EXPECT_EQ(by_words.contributions, by_facts.contributions);
      EXPECT_EQ(by_words.additions, by_facts.additions) << "seed " << seed;
      EXPECT_EQ(by_words.inherited, by_facts.inherited) << "seed " << seed;
      EXPECT_EQ(by_words.wan, by_facts.wan);
    }
  }
}

TEST(ScoreProperties, NothingThatGetsWorseLowersAnyScore) {
  const Rules rules = shipped_rules();
  for (unsigned seed = 0; seed < 150; ++seed) {
    Dice dice(seed);
    std::vector<std::string> names;
    const Report base = random_world(dice, names);
    const auto before = scores(base, rules);

    Report more = base;
    more.assets[dice.below(more.assets.size())].threats.push_back(random_threat(dice));
    expect_no_fall(before, scores(more, rules), "one more threat", seed);

    Report worse = base;
    for (AssetReport& asset : worse.assets) {
      if (asset.threats.empty()) continue;
      Threat& t = asset.threats[dice.below(asset.threats.size())];
      t.severity.score = std::min(10.0, t.severity.score.value_or(5.0) + 3 * dice.unit());
      t.known_exploited = true;
    }
    expect_no_fall(before, scores(worse, rules), "worse threats", seed);

    Report joined = base;
    joined.flows.push_back(random_flow(dice, names));
    expect_no_fall(before, scores(joined, rules), "one more connection", seed);

    Report opened = base;
    for (AssetReport& asset : opened.assets) {
      if (asset.container && dice.one_in(2)) {
        asset.container->runtime_sockets =
            Fact<std::vector<RuntimeSocketFacts>>::of({{"/s", "docker", Fact<bool>::of(true)}});
      }
    }
    expect_no_fall(before, scores(opened, rules), "an open socket", seed);
  }
}

TEST(ScoreProperties, TheOrderOfTheReportDoesNotMatter) {
  const Rules rules = shipped_rules();
  for (unsigned seed = 0; seed < 60; ++seed) {
    Dice dice(1000 + seed);
    std::vector<std::string> names;
    Report one = random_world(dice, names);
    Report two = one;
    std::shuffle(two.assets.begin(), two.assets.end(), dice.engine());
    std::shuffle(two.flows.begin(), two.flows.end(), dice.engine());
    for (AssetReport& asset : two.assets) std::shuffle(asset.threats.begin(), asset.threats.end(), dice.engine());
    assess(one, rules);
    assess(two, rules);
    ASSERT_EQ(one.assets.size(), two.assets.size());
    for (size_t i = 0; i < one.assets.size(); ++i) {
      EXPECT_EQ(one.assets[i].asset, two.assets[i].asset) << seed;
      EXPECT_EQ(one.assets[i].assessment, two.assets[i].assessment) << seed;
    }
    EXPECT_EQ(one.fixes, two.fixes) << seed;
  }
}

TEST(ScoreProperties, APersonWouldOrderThemSo) {
  const Rules rules = shipped_rules();
  const auto score_with = [&](ContainerFacts facts, bool outdated) {
    Report report;
    report.assets = {host_asset(plain_host()), container_asset(std::move(facts))};
    report.assets[1].threats = {threat("A", 5.5, AttackVector::network, 0.01, "p")};
    if (outdated) report.assets[1].threats.push_back(threat("B", 9.8, AttackVector::network, 0.5, "q"));
    return scores(report, rules);
  };
  ContainerFacts socket = plain_container("x");
  socket.runtime_sockets = Fact<std::vector<RuntimeSocketFacts>>::of({{"/s", "docker", Fact<bool>::of(true)}});
  const auto plain = score_with(plain_container("x"), false), with_socket = score_with(socket, false),
             privileged = score_with(privileged_container("x"), false),
             outdated = score_with(plain_container("x"), true);
  EXPECT_GT(with_socket.at("x"), plain.at("x"));
  EXPECT_GT(privileged.at("x"), plain.at("x"));
  EXPECT_GT(outdated.at("x"), plain.at("x"));
  EXPECT_GT(with_socket.at("box"), plain.at("box"));
  EXPECT_GT(privileged.at("box"), plain.at("box"));
}

}  // namespace
}  // namespace plimsoll::assess

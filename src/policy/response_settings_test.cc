#include "policy/response_settings.h"

#include <gtest/gtest.h>

#include <random>

#include "policy/policy.h"
#include "policy/policy_files.h"

namespace plimsoll::policy {
namespace {

using std::chrono::seconds;

const std::string kHead = "schema: plimsoll.policy/1\nresponses:\n";

std::string faults_of(const std::string& text) {
  const auto policy = parse_policy(kHead + text, "mine.yaml");
  return policy.ok() ? std::string() : policy.error().message;
}

TEST(BuiltInRules, AllOnlyTell) {
  const auto policy = default_policy();
  ASSERT_TRUE(policy.ok()) << policy.error().to_string();
  ASSERT_GE(policy->responses.rules.size(), 5u);
  for (const ResponseRule& rule : policy->responses.rules) {
    EXPECT_EQ(rule.mode, ResponseMode::observe) << rule.id;
    EXPECT_FALSE(rule.actions.empty()) << rule.id;
    EXPECT_FALSE(rule.when.empty()) << rule.id;
  }
}

TEST(ResponseRules, AreReadWhole) {
  const auto policy = parse_policy(kHead +
                                       "  protected: [keep=off]\n"
                                       "  rules:\n"
                                       "    - id: cut\n"
                                       "      title: Cut it\n"
                                       "      when:\n"
                                       "        asset: {kind: container, label: [env=prod], image: \"shop/*\"}\n"
                                       "        score: 80\n"
                                       "        rises: {by: 20, within: 10m}\n"
                                       "        level: [critical, high]\n"
                                       "        threat: {id: \"CVE-2021-*\", severity: high, fixable: true}\n"
                                       "        between: {from: \"22:00\", to: \"06:00\", days: [sat, sun]}\n"
                                       "        for: 5m\n"
                                       "      unless: {asset: {label: lab}}\n"
                                       "      do:\n"
                                       "        - pause\n"
                                       "        - quarantine: {allow: [10.1.0.0/16, \"fd00::1\"]}\n"
                                       "        - block: {peer: 10.1.2.3, port: 22, transport: tcp}\n"
                                       "      mode: enforce\n"
                                       "      expires: 2h\n"
                                       "      cooldown: 0\n"
                                       "      limit: {most: 5, within: 1d}\n"
                                       "      on_stop: release\n"
                                       "      spare_last_replica: true\n",
                                   "mine.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  EXPECT_EQ(policy->responses.protected_labels, std::vector<std::string>{"keep=off"});
  const ResponseRule* rule = policy->responses.find("cut");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->mode, ResponseMode::enforce);
  EXPECT_EQ(rule->when.score, 80);
  EXPECT_EQ(rule->when.rises, (ScoreRise{20, seconds{600}}));
  EXPECT_EQ(rule->held_for, seconds{300});
  EXPECT_EQ(rule->when.between->from_minute, 22 * 60);
  EXPECT_EQ(rule->when.between->days, (std::vector<int>{6, 0}));
  EXPECT_EQ(rule->when.threat->severity, SeverityLevel::high);
  ASSERT_EQ(rule->actions.size(), 3u);
  EXPECT_EQ(rule->actions[1].allow.size(), 2u);
  EXPECT_EQ(rule->actions[2].port, 22);
  EXPECT_EQ(rule->expires, seconds{7200});
  EXPECT_EQ(rule->cooldown, seconds{0});
  EXPECT_EQ(rule->limit, (ResponseLimit{5, seconds{86400}}));
  EXPECT_EQ(rule->on_stop, OnStop::release);
  EXPECT_TRUE(rule->spare_last_replica);
}

TEST(ResponseRules, OfTheDefaultAreChangedInPart) {
  const auto before = default_policy();
  const auto policy = parse_policy(kHead + "  rules: [{id: escape-open, mode: ask, expires: 10m}]\n", "mine.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  ResponseRule expected = *before->responses.find("escape-open");
  expected.mode = ResponseMode::ask;
  expected.expires = seconds{600};
  EXPECT_EQ(*policy->responses.find("escape-open"), expected);
  EXPECT_EQ(policy->responses.rules.size(), before->responses.rules.size());
}

TEST(ResponseRules, TellWhereAndWhatToWrite) {
  const std::string faults = faults_of(
      "  rules:\n"
      "    - {id: a, when: {scor: 3}, do: [alert]}\n"
      "    - {id: b, when: {score: 300}, do: [quarantene]}\n"
      "    - {id: c, when: {score: 1}, do: [block], mode: enforced}\n"
      "    - {id: a, when: {score: 1}, do: [alert]}\n"
      "    - {id: d, when: {}, do: []}\n"
      "    - {id: e, when: {score: 1}, do: [pause: {for: 3s}, block: {peer: 10.0.0.1/8}], expires: soon}\n"
      "    - {id: F!, do: [alert]}\n"
      "    - {id: g}\n");
  for (const char* expected :
       {"mine.yaml:4:22: unknown key \"scor\" in when; did you mean \"score\"?", "when.score is 300, out of range",
        "mine.yaml:5:40: an action must be one of: alert, ", "block needs a peer or a port",
        "mode must be one of: observe, ask, enforce", "the rule \"a\" stands twice", "when is empty", "do is empty",
        "pause has no settings", "write 10.0.0.0/8", "expires must be a length of time", "an id is of a-z",
        "a rule needs \"when\"", "a rule needs \"do\""}) {
    EXPECT_NE(faults.find(expected), std::string::npos) << expected << "\n" << faults;
  }
}

// However odd the file: an answer, and a place in it for every fault.
TEST(ResponseRules, OddFilesAreRefusedWithAPlace) {
  const std::vector<std::string> words = {"rules:",    "  - ",    "id: a",   "when:",     "do:",     "[",
                                          "]",         "{",       "}",       "score: 1",  "alert",   ", ",
                                          "\n    ",    "\n",      "block:",  "port: 0",   "peer:",   "10.0.0.0/8",
                                          "unless:",   "for: 1m", "threat:", "between",   "expires", ": ",
                                          "\"22:00\"", "~",       "-",       "protected", "within",  "99999999999d"};
  std::mt19937 random(3);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = "  ";
    for (size_t n = random() % 30; n > 0; --n) text += words[random() % words.size()];
    const std::string faults = faults_of(text);
    if (faults.empty()) continue;
    ++refused;
    ASSERT_EQ(faults.rfind("mine.yaml:", 0), 0u) << faults << "\n" << text;
    ASSERT_TRUE(faults[10] >= '1' && faults[10] <= '9') << faults;
  }
  EXPECT_GT(refused, 1000);
}

TEST(PolicyFiles, AreLaidOverEachOtherAndAllTheirFaultsTold) {
  const std::string head = "schema: plimsoll.policy/1\n";
  const auto both =
      parse_policies({{"10.yaml", head + "levels: {high: 71}\nresponses: {rules: [{id: escape-open, mode: ask}]}\n"},
                      {"20.yaml", head + "responses: {rules: [{id: escape-open, expires: 5m}]}\n"}});
  ASSERT_TRUE(both.ok()) << both.error().message;
  EXPECT_EQ(both->scoring.level_high, 71);
  EXPECT_EQ(both->responses.find("escape-open")->mode, ResponseMode::ask);
  EXPECT_EQ(both->responses.find("escape-open")->expires, seconds{300});
  const auto wrong = parse_policies({{"10.yaml", head + "levls: {}\n"}, {"20.yaml", head + "responses: 3\n"}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("10.yaml:2:1: unknown key"), std::string::npos) << wrong.error().message;
  EXPECT_NE(wrong.error().message.find("20.yaml:2:12: responses must be a map"), std::string::npos)
      << wrong.error().message;
}

}  // namespace
}  // namespace plimsoll::policy

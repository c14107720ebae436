#include "policy/policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <tuple>

#include "base/embedded.h"
#include "base/file.h"
#include "base/text.h"
#include "policy/network_settings.h"
#include "policy/scoring_settings.h"
#include "policy/tree_image.h"
#include "policy/update_settings.h"
#include "yaml/yaml_tree.h"

namespace plimsoll::policy {
namespace {

const std::string kHead = "schema: plimsoll.policy/1\n";

std::string faults_of(const std::string& text) {
  auto policy = parse_policy(text, "mine.yaml");
  return policy.ok() ? std::string() : policy.error().message;
}

TEST(DefaultPolicy, IsReadAndHoldsTheDocumentedConstants) {
  auto policy = default_policy();
  ASSERT_TRUE(policy.ok()) << policy.error().to_string();
  EXPECT_EQ(policy->scoring, ScoringPolicy{});
  EXPECT_EQ(policy->updates, UpdatePolicy{});
  EXPECT_GE(policy->routes.size(), 20U);
  EXPECT_GE(policy->cves.size(), 50U);
}

// Line, column and quotes too.
void expect_same(const YamlNode& a, const YamlNode& b) {
  ASSERT_EQ(std::tie(a.kind, a.text, a.quoted, a.line, a.column), std::tie(b.kind, b.text, b.quoted, b.line, b.column));
  ASSERT_EQ(a.keys.size(), b.keys.size());
  ASSERT_EQ(a.items.size(), b.items.size());
  for (size_t i = 0; i < a.keys.size(); ++i) expect_same(a.keys[i], b.keys[i]);
  for (size_t i = 0; i < a.items.size(); ++i) expect_same(a.items[i], b.items[i]);
}

TEST(BuiltInTree, IsWhatTheFileSays) {
  ASSERT_GT(built_in_trees().size(), 3u);
  for (const BuiltInTree& tree : built_in_trees()) {
    const auto text = read_file(std::string(PLIMSOLL_SOURCE_DIR "/") + std::string(tree.path), size_t{1} << 20);
    ASSERT_TRUE(text.ok()) << tree.path;
    const auto parsed = parse_yaml(*text, std::string(tree.path));
    ASSERT_TRUE(parsed.ok()) << tree.path;
    const auto built_in = tree_of_image(tree.image);
    ASSERT_TRUE(built_in.ok()) << tree.path;
    expect_same(*parsed, *built_in);
  }
  for (const char* path : {"data/policies/default.yaml", "data/routes/escape.yaml", "data/routes/cves.yaml"}) {
    EXPECT_FALSE(built_in_tree(path).empty()) << path;
  }
  EXPECT_TRUE(built_in_tree("data/other.yaml").empty());
}

TEST(BuiltInTree, IsRefusedWhenCut) {
  const std::string_view whole = built_in_tree("data/policies/default.yaml");
  for (const size_t length : {size_t{0}, size_t{1}, size_t{13}, whole.size() / 2, whole.size() - 1}) {
    EXPECT_FALSE(tree_of_image(whole.substr(0, length)).ok()) << length;
  }
  EXPECT_FALSE(tree_of_image(std::string(whole) + "x").ok());
}

TEST(DefaultPolicy, GivesEverySetting) {
  const auto text = embedded_file("data/policies/default.yaml");
  ASSERT_TRUE(text);
  auto document = parse_yaml(*text, "default.yaml");
  ASSERT_TRUE(document.ok());
  EXPECT_TRUE(settings_absent(*document).empty());
  EXPECT_TRUE(update_settings_absent(*document).empty());
  EXPECT_TRUE(network_settings_absent(*document).empty());
  EXPECT_EQ(default_policy()->network, WanPolicy());
  EXPECT_EQ(scoring_settings().size(), 44U);
}

TEST(DefaultPolicy, HoldsTheRoutesOfTheDesign) {
  auto policy = default_policy();
  ASSERT_TRUE(policy.ok());
  std::set<std::string> ids;
  for (const RouteRule& rule : policy->routes) ids.insert(rule.id);
  for (const char* id :
       {"esc.privileged", "esc.runtime_socket", "esc.host_path_write", "esc.hostpid_ptrace", "esc.hostpid_nsenter",
        "esc.module", "esc.core_pattern", "esc.kernel_helpers", "esc.release_agent", "esc.release_agent_rw",
        "esc.raw_disk", "esc.handle_read", "esc.mount_propagation", "esc.bpf", "esc.hostproc", "esc.systemd_dbus",
        "esc.fd_leak", "esc.mem"}) {
    EXPECT_EQ(ids.count(id), 1U) << id;
  }
  for (const CveRule& rule : policy->cves) {
    EXPECT_TRUE(rule.cve.starts_with("CVE-")) << rule.cve;
    EXPECT_TRUE(rule.route.starts_with("esc.")) << rule.cve;
    for (const auto& range : rule.upstream) EXPECT_FALSE(range.fixed.empty()) << rule.cve;
  }
}

TEST(UserPolicy, IsLaidOverTheDefault) {
  auto policy = parse_policy(kHead +
                                 "threats: {likelihood: {unknown: 0.5}}\nadditions:\n  reaches_wan: 7\n  by_label:\n"
                                 "    - {name: customer data, label: \"data=customers\", points: 12}\n",
                             "mine.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  ScoringPolicy expected;
  expected.likelihood_unknown = 0.5;
  expected.points_reaches_wan = 7;
  expected.user_additions = {{"customer data", "data=customers", 12}};
  EXPECT_EQ(policy->scoring, expected);
  EXPECT_FALSE(policy->routes.empty());
}

TEST(UserPolicy, SwitchesRulesOff) {
  auto policy = parse_policy(kHead + "benchmark: {off: [host.a.b, \"host.ssh.*\"]}\n", "mine.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  EXPECT_EQ(policy->scoring.checks_off, (std::vector<std::string>{"host.a.b", "host.ssh.*"}));
  EXPECT_NE(faults_of(kHead + "benchmark: {of: []}\n").find("did you mean \"off\"?"), std::string::npos);
  EXPECT_NE(faults_of(kHead + "benchmark: {trusted_accounts: [{}]}\n").find("holds names of accounts"),
            std::string::npos);
  EXPECT_NE(faults_of(kHead + "benchmark: {off: [[]]}\n").find("mine.yaml:2:19: benchmark.off holds ids"),
            std::string::npos)
      << faults_of(kHead + "benchmark: {off: [[]]}\n");
}

TEST(UserPolicy, TellsAllFaultsWithTheirPlaces) {
  const std::string faults = faults_of(kHead +
                                       "threats:\n"
                                       "  likelihod: {}\n"
                                       "  reach: {wan: 1.5, local: \"0.5\"}\n"
                                       "levels:\n"
                                       "  high: 70\n"
                                       "  high: 60\n"
                                       "edges: {inherit_direct_from_outside: maybe}\n");
  EXPECT_NE(faults.find("mine.yaml:3:3: unknown key \"likelihod\" in threats; did you mean \"likelihood\"?"),
            std::string::npos)
      << faults;
  EXPECT_NE(faults.find("mine.yaml:4:16: threats.reach.wan is 1.5, out of range; write a number from 0 to 1"),
            std::string::npos)
      << faults;
  EXPECT_NE(faults.find("mine.yaml:4:28: threats.reach.local must be a number"), std::string::npos) << faults;
  EXPECT_NE(faults.find("mine.yaml:7:3: \"high\" is given twice"), std::string::npos) << faults;
  EXPECT_NE(faults.find("mine.yaml:8:38: edges.inherit_direct_from_outside must be true or false"), std::string::npos)
      << faults;
  EXPECT_EQ(split(faults, '\n').size(), 5U) << faults;
}

TEST(UserPolicy, SaysWhereTheSourcesAre) {
  auto policy = parse_policy(kHead +
                                 "updates:\n  osv: https://mirror.example.org/osv\n  kev: \"\"\n  max_loss: 0.25\n"
                                 "  attempts: 2\n  redirect_hosts: [CDN.example.org]\n",
                             "mine.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  UpdatePolicy expected;
  expected.osv = "https://mirror.example.org/osv";
  expected.kev = "";
  expected.max_loss = 0.25;
  expected.attempts = 2;
  expected.redirect_hosts = {"cdn.example.org"};
  EXPECT_EQ(policy->updates, expected);
  const std::string faults = faults_of(kHead +
                                       "updates:\n  ovs: x\n  kev: \"two words\"\n  max_loss: 2\n"
                                       "  redirect_hosts: [https://a.example]\n");
  EXPECT_NE(faults.find("mine.yaml:3:3: unknown key \"ovs\" in updates; did you mean \"osv\"?"), std::string::npos)
      << faults;
  EXPECT_NE(faults.find("updates.kev must be text without blanks"), std::string::npos) << faults;
  EXPECT_NE(faults.find("updates.max_loss is 2, out of range"), std::string::npos) << faults;
  EXPECT_NE(faults.find("a host is a name"), std::string::npos) << faults;
  EXPECT_NE(faults_of(kHead + "updates: 3\n").find("updates must be a map"), std::string::npos);
}

TEST(UserPolicy, SaysWhatIsInside) {
  auto policy = parse_policy(kHead + "network:\n  outside: [10.9.0.0/16, \"2001:db8::/32\"]\n", "mine.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  WanPolicy expected;
  expected.outside = {*parse_prefix("10.9.0.0/16"), *parse_prefix("2001:db8::/32")};
  EXPECT_EQ(policy->network, expected);
  EXPECT_TRUE(parse_policy(kHead + "network: {inside: []}\n", "mine.yaml")->network.inside.empty());
  const std::string faults = faults_of(kHead + "network:\n  insde: []\n  inside: [10.1.2.3/8, ten, 10.0.0.0/33]\n");
  EXPECT_NE(faults.find("mine.yaml:3:3: unknown key \"insde\" in network"), std::string::npos) << faults;
  EXPECT_NE(faults.find("mine.yaml:4:12: 10.1.2.3/8 has bits set beyond its length"), std::string::npos) << faults;
  EXPECT_NE(faults.find("mine.yaml:4:24: network.inside holds networks"), std::string::npos) << faults;
  EXPECT_EQ(split(faults, '\n').size(), 4U) << faults;
}

TEST(UserPolicy, SaysHowTheServiceKeepsAndLooks) {
  EXPECT_EQ(default_policy()->retention, RetentionPolicy());
  EXPECT_EQ(default_policy()->schedule, SchedulePolicy());
  const auto policy = parse_policy(
      kHead + "retention: {flows: 7d, most_megabytes: 64}\nschedule: {everything: 6h, database: 1d}\n", "mine.yaml");
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  EXPECT_EQ(policy->retention.flows, std::chrono::days(7));
  EXPECT_EQ(policy->retention.most_megabytes, 64);
  EXPECT_EQ(policy->schedule.everything, std::chrono::hours(6));
  EXPECT_EQ(policy->schedule.database, std::chrono::days(1));
  EXPECT_EQ(parse_policy(kHead + "schedule: {database: 0}\n", "mine.yaml")->schedule.database, std::chrono::seconds(0));
  const std::string faults =
      faults_of(kHead + "retention: {flows: 1h, evnts: 3d}\nschedule: {facts: 0, database: 5m}\n");
  EXPECT_NE(faults.find("mine.yaml:2:20: retention.flows is 1h, out of range"), std::string::npos) << faults;
  EXPECT_NE(faults.find("unknown key \"evnts\" in retention; did you mean \"events\"?"), std::string::npos) << faults;
  EXPECT_NE(faults.find("schedule.facts is 0, out of range"), std::string::npos) << faults;
  EXPECT_NE(faults.find("schedule.database is 5m, out of range"), std::string::npos) << faults;
}

TEST(UserPolicy, RefusesWhatIsNoPolicy) {
  EXPECT_NE(faults_of("").find("a policy is a map"), std::string::npos);
  EXPECT_NE(faults_of("- 1\n").find("mine.yaml:1:1"), std::string::npos);
  EXPECT_NE(faults_of("levels: {high: 70}\n").find("the schema is not named"), std::string::npos);
  EXPECT_NE(faults_of("schema: plimsoll.policy/9\n").find("is not one this program reads"), std::string::npos);
  EXPECT_NE(faults_of("schema: [\n").find("mine.yaml:2:1: not valid YAML"), std::string::npos)
      << faults_of("schema: [\n");
  EXPECT_NE(faults_of(kHead + "---\nschema: plimsoll.policy/1\n").find("second document"), std::string::npos);
  EXPECT_NE(faults_of(kHead + "levels: {low: 80}\n").find("levels must fall"), std::string::npos);
  EXPECT_NE(faults_of(kHead + "levels: {low: 1.5}\n").find("whole number"), std::string::npos);
  EXPECT_NE(faults_of(kHead + "threats: {unknown_severity: nan}\n").find("must be a number"), std::string::npos);
  EXPECT_NE(faults_of(kHead + "threats: {likelihood: {epss_base: 0.9}}\n").find("add to more than 1"),
            std::string::npos);
  EXPECT_NE(faults_of(kHead + "threats: 3\n").find("threats must be a map"), std::string::npos);
  EXPECT_NE(faults_of(kHead + "additions: {by_label: [{name: a, label: b}]}\n").find("lacks \"points\""),
            std::string::npos);
  EXPECT_NE(faults_of("\xff\xfe").find("not UTF-8"), std::string::npos);
}

TEST(YamlTree, RefusesAliasesTagsDepthAndSize) {
  EXPECT_NE(faults_of(kHead + "a: &x 1\nb: *x\n").find("mine.yaml:2:4: anchors"), std::string::npos)
      << faults_of(kHead + "a: &x 1\n");
  EXPECT_NE(faults_of(kHead + "a: !!python/object 1\n").find("tags"), std::string::npos);
  EXPECT_NE(faults_of(kHead + "a: " + std::string(40, '[') + std::string(40, ']')).find("deeper than 32"),
            std::string::npos);
  EXPECT_NE(faults_of(std::string(1100000, ' ')).find("larger than"), std::string::npos);
  std::string many = kHead + "a: [";
  for (int i = 0; i < 100001; ++i) many += "1,";
  EXPECT_NE(faults_of(many + "1]").find("more than 100000 values"), std::string::npos);
}

TEST(YamlTree, NoControlCharactersOfTheFileReachTheMessage) {
  const std::string faults = faults_of(kHead + "\"bad\\e[31mkey\": 1\n");
  EXPECT_NE(faults.find("unknown key"), std::string::npos) << faults;
  EXPECT_EQ(faults.find('\x1b'), std::string::npos);
}

// Lines of a good policy taken out, doubled, indented otherwise, and bytes of it changed: it is taken, or refused with
// places, and what is taken is within its bounds.
TEST(UserPolicy, NoOddTextIsTakenAsAnythingElse) {
  const std::string good = kHead +
                           "threats: {likelihood: {unknown: 0.5}, severity_order: [NVD, highest]}\n"
                           "levels: {critical: 95, high: 75}\n"
                           "benchmark: {off: [host.a], count: [cis-docker]}\n"
                           "exceptions:\n"
                           "  - threat: \"CVE-2021-*\"\n"
                           "    owner: me\n"
                           "    reason: why\n"
                           "    expires: 2027-01-01\n"
                           "scoped:\n"
                           "  - scope: {label: env=prod}\n"
                           "    levels: {critical: 80}\n"
                           "    additions: {reaches_wan: 15}\n"
                           "responses:\n"
                           "  rules:\n"
                           "    - {id: a, when: {score: 90}, do: [alert]}\n";
  std::mt19937 random(7);
  const auto below = [&](size_t n) { return static_cast<size_t>(random()) % n; };
  const std::string odd = "{}[]:,-*&!#\"'\n\t \xff\x01|>?0e";
  size_t taken = 0, refused = 0;
  for (int round = 0; round < 1000; ++round) {
    std::string text = good;
    for (size_t changes = 1 + below(3); changes > 0; --changes) {
      const size_t at = below(text.size());
      const size_t line = text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at) + 1;
      const size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
      switch (below(5)) {
        case 0:
          if (end > line && end - line < text.size()) text.erase(line, end - line);
          break;
        case 1:
          text.insert(line, text.substr(line, end - line));
          break;
        case 2:
          text.insert(line, "  ");
          break;
        case 3:
          text[at] = odd[below(odd.size())];
          break;
        default:
          text.insert(at, 1, odd[below(odd.size())]);
      }
    }
    const auto policy = parse_policy(text, "mine.yaml");
    if (!policy.ok()) {
      ++refused;
      for (const std::string_view fault : split(policy.error().message, '\n'))
        EXPECT_TRUE(fault.starts_with("mine.yaml:")) << fault << "\n" << text;
      continue;
    }
    ++taken;
    EXPECT_GT(policy->scoring.level_critical, policy->scoring.level_high);
    for (const ScopedSettings& entry : policy->scoped) EXPECT_FALSE(entry.on == AssetSelection()) << text;
    for (const Exception& exception : policy->exceptions)
      EXPECT_FALSE(exception.owner.empty() || exception.reason.empty() || exception.expires_at == Instant{}) << text;
  }
  EXPECT_GT(taken, 50u);
  EXPECT_GT(refused, 50u);
}

}  // namespace
}  // namespace plimsoll::policy

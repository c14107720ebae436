#include "benchmark/condition.h"

#include <gtest/gtest.h>

#include <random>

#include "benchmark/yaml_for_tests.h"

namespace plimsoll::benchmark {
namespace {

constexpr Tristate yes = Tristate::yes, no = Tristate::no, unknown = Tristate::unknown;

struct Row {
  const char* asked;  // after "fact: x, "
  const char* value;
  Tristate expected;
};

// Every form in every truth value.
const Row kRows[] = {
    {"equals: 2", "2", yes},
    {"equals: 2", "1", no},
    {"equals: 2", "\"2\"", unknown},
    {"equals: 2", "!unknown denied", unknown},
    {"equals: 2", "!absent", unknown},
    {"equals: true", "true", yes},
    {"equals: true", "false", no},
    {"equals: true", "1", unknown},
    {"equals: a", "a", yes},
    {"equals: \"2\"", "\"2\"", yes},
    {"equals: 0o644", "420", yes},
    {"equals: -1", "-1", yes},
    {"not_equals: 2", "1", yes},
    {"not_equals: 2", "2", no},
    {"not_equals: 2", "a", unknown},
    {"in: [1, 2]", "2", yes},
    {"in: [1, 2]", "3", no},
    {"in: [1, 2]", "a", unknown},
    {"in: [1, none]", "other", no},
    {"not_in: [a, b]", "c", yes},
    {"not_in: [a, b]", "a", no},
    {"not_in: [a, b]", "!unknown x", unknown},
    {"at_least: 3", "3", yes},
    {"at_least: 3", "2", no},
    {"at_least: 3", "a", unknown},
    {"at_most: 3", "3", yes},
    {"at_most: 3", "4", no},
    {"at_most: 3", "!absent", unknown},
    {"greater_than: 3", "4", yes},
    {"greater_than: 3", "3", no},
    {"greater_than: 3", "true", unknown},
    {"less_than: 3", "2", yes},
    {"less_than: 3", "3", no},
    {"less_than: 3", "[]", unknown},
    {"mode_within: \"0644\"", "0o640", yes},
    {"mode_within: \"0644\"", "0o660", no},
    {"mode_within: \"0644\"", "0o4644", no},
    {"mode_within: \"0644\"", "a", unknown},
    {"mode_within: \"0644\"", "{mode: 0o600}", yes},
    {"mode_within: \"0644\"", "{mode: 0o666}", no},
    {"mode_within: \"0644\"", "{mode: !unknown denied}", unknown},
    {"mode_within: \"0644\"", "{}", unknown},
    {"owner: \"0:0\"", "{uid: 0, gid: 0}", yes},
    {"owner: \"0:0\"", "{uid: 0, gid: 5}", no},
    {"owner: \"0:0\"", "{uid: 1, gid: !unknown x}", no},
    {"owner: \"0:0\"", "{uid: 0, gid: !unknown x}", unknown},
    {"owner: \"0:0\"", "{uid: !unknown x, gid: 0}", unknown},
    {"owner: \"root:docker\"", "{user: root, group: docker}", yes},
    {"owner: \"root:docker\"", "{user: root, group: users}", no},
    {"owner: \"root:docker\"", "{user: root}", unknown},
    {"owner: root", "{user: root, group: any}", yes},
    {"owner: \"0:docker\"", "{uid: 0, group: docker}", yes},
    {"owner: \"0:0\"", "text", unknown},
    {"matches: \"^a+$\"", "aaa", yes},
    {"matches: \"^a+$\"", "aab", no},
    {"matches: \"^a+$\"", "1", unknown},
    {"not_matches: b", "aaa", yes},
    {"not_matches: b", "aab", no},
    {"not_matches: b", "!absent", unknown},
    {"contains: b", "[a, b]", yes},
    {"contains: b", "[a]", no},
    {"contains: b", "[a, !unknown x]", unknown},
    {"contains: b", "[!unknown x, b]", yes},
    {"contains: b", "abc", yes},
    {"contains: b", "acc", no},
    {"contains: b", "1", unknown},
    {"contains: 1", "[1]", yes},
    {"contains: 1", "a1", unknown},
    {"not_contains: b", "[a]", yes},
    {"not_contains: b", "[b]", no},
    {"not_contains: b", "!unknown x", unknown},
    {"subset_of: [a, b]", "[a]", yes},
    {"subset_of: [a, b]", "[]", yes},
    {"subset_of: []", "[]", yes},
    {"subset_of: [a, b]", "[a, c]", no},
    {"subset_of: [a, b]", "[!unknown x, c]", no},
    {"subset_of: [a, b]", "[a, !unknown x]", unknown},
    {"subset_of: [a, b]", "a", unknown},
    {"exists: true", "1", yes},
    {"exists: true", "!absent", no},
    {"exists: true", "!unknown x", unknown},
    {"exists: false", "!absent", yes},
    {"exists: false", "1", no},
    {"exists: false", "!unknown x", unknown},
    {"empty: true", "[]", yes},
    {"empty: true", "{}", yes},
    {"empty: true", "\"\"", yes},
    {"empty: true", "[1]", no},
    {"empty: true", "1", unknown},
    {"empty: false", "a", yes},
    {"empty: false", "[]", no},
    {"empty: false", "!absent", unknown},
    {"older_than: 20.10", "\"20.9.1\"", yes},
    {"older_than: 20.10", "\"20.10.0\"", no},
    {"older_than: 20.10", "none", unknown},
    {"version_at_least: 1.1.12", "1.1.12+ds1", yes},
    {"version_at_least: 1.1.12", "1.1.12-rc1", no},
    {"version_at_least: 1.1.12", "5", unknown},
    {"within: /var/lib", "/var/lib", yes},
    {"within: /var/lib", "/var/lib/docker", yes},
    {"within: /var/lib/", "/var/lib/docker", yes},
    {"within: /", "/etc", yes},
    {"within: /var/lib", "/var/library", no},
    {"within: /var/lib", "/var/lib/../../etc", unknown},
    {"within: /var/lib", "relative", unknown},
    {"at_least: 1, at_most: 3", "2", yes},
    {"at_least: 1, at_most: 3", "4", no},
    {"at_least: 1, at_most: 3", "!unknown x", unknown},
};

TEST(Condition, EveryFormInEveryTruthValue) {
  for (const Row& row : kRows) {
    const Tristate got =
        state(std::string("{fact: x, ") + row.asked + "}", facts(std::string("{x: ") + row.value + "}"));
    EXPECT_EQ(got, row.expected) << row.asked << " of " << row.value;
  }
}

TEST(Condition, EachOverListsAndMaps) {
  const FactTree tree = facts(
      "{list: [{n: 1}, {n: 2}], users: {root: {uid: 0}, bob: {uid: 5}}, some: [{n: 1}, !unknown x], text: a, "
      "names: [a, b], limit: 2, toor: {uid: 0}}");
  EXPECT_EQ(state("{each: list, all: {fact: n, at_least: 1}}", tree), yes);
  EXPECT_EQ(state("{each: list, all: {fact: n, at_least: 2}}", tree), no);
  EXPECT_EQ(state("{each: list, any: {fact: n, equals: 2}}", tree), yes);
  EXPECT_EQ(state("{each: list, any: {fact: n, equals: 3}}", tree), no);
  EXPECT_EQ(state("{each: list, none: {fact: n, equals: 3}}", tree), yes);
  EXPECT_EQ(state("{each: list, none: {fact: n, equals: 1}}", tree), no);
  EXPECT_EQ(state("{each: some, all: {fact: n, equals: 1}}", tree), unknown);
  EXPECT_EQ(state("{each: some, any: {fact: n, equals: 1}}", tree), yes);
  EXPECT_EQ(state("{each: some, none: {fact: n, equals: 1}}", tree), no);
  EXPECT_EQ(state("{each: some, all: {fact: n, equals: 2}}", tree), no);
  EXPECT_EQ(state("{each: nothing, all: {fact: n, equals: 2}}", tree), yes);
  EXPECT_EQ(state("{each: nothing, any: {fact: n, equals: 2}}", tree), no);
  EXPECT_EQ(state("{each: nothing, none: {fact: n, equals: 2}}", tree), yes);
  EXPECT_EQ(state("{each: text, all: {fact: n, equals: 2}}", tree), unknown);
  EXPECT_EQ(state("{each: users, all: {any: [{fact: uid, not_equals: 0}, {fact: key, equals: root}]}}", tree), yes);
  EXPECT_EQ(state("{each: users, none: {fact: key, matches: \"^b\"}}", tree), no);
  EXPECT_EQ(state("{each: names, all: {fact: ., in: [a, b]}}", tree), yes);
  EXPECT_EQ(state("{each: names, all: {fact: ., in: [a]}}", tree), no);
  EXPECT_EQ(state("{each: list, all: {fact: n, at_most: {fact: ^limit}}}", tree), yes);
  EXPECT_EQ(state("{each: users, any: {each: ^list, any: {fact: n, greater_than: {fact: ^uid}}}}", tree), yes);
  EXPECT_EQ(state("{each: users, all: {each: ^names, none: {fact: ^key, equals: {fact: .}}}}", tree), yes);
}

TEST(Condition, ComparesTwoFacts) {
  const FactTree tree = facts("{a: 1, b: 1, c: 2, t: x, u: !unknown denied, l: [x], v: \"6.1\", w: \"6.2\"}");
  EXPECT_EQ(state("{fact: a, equals: {fact: b}}", tree), yes);
  EXPECT_EQ(state("{fact: a, equals: {fact: c}}", tree), no);
  EXPECT_EQ(state("{fact: a, not_equals: {fact: c}}", tree), yes);
  EXPECT_EQ(state("{fact: a, equals: {fact: t}}", tree), unknown);
  EXPECT_EQ(state("{fact: a, equals: {fact: u}}", tree), unknown);
  EXPECT_EQ(state("{fact: a, equals: {fact: nothing}}", tree), unknown);
  EXPECT_EQ(state("{fact: l, contains: {fact: t}}", tree), yes);
  EXPECT_EQ(state("{fact: v, older_than: {fact: w}}", tree), yes);
}

TEST(Condition, TellsWhatDecidedAndWhereItWasRead) {
  FactTree tree = facts("{a: 1, files: [{path: /etc/x, mode: 0o777}, {path: /etc/y, mode: 0o600}]}");
  tree.members.at("a").source = "/proc/a";
  Verdict out = verdict("{all: [{fact: a, equals: 1}, {each: files, all: {fact: mode, mode_within: \"0644\"}}]}", tree);
  ASSERT_EQ(out.decided.size(), 1U);
  EXPECT_EQ(out.decided[0].fact, "files[/etc/x].mode");
  out = verdict("{fact: a, equals: 2}", tree);
  EXPECT_EQ(out.decided[0], (Decision{"a", "1", "/proc/a"}));
  out = verdict("{fact: a.b, equals: 2}", tree);
  EXPECT_EQ(out.state, unknown);
  EXPECT_EQ(out.decided[0].value, "has no member \"b\": it is a whole number");
  out = verdict("{any: [{fact: u, equals: 2}, {fact: v, equals: 2}, {fact: a, equals: 2}]}",
                facts("{a: 1, u: !unknown one, v: !unknown two}"));
  ASSERT_EQ(out.decided.size(), 2U);
  EXPECT_EQ(out.decided[0].value, "one");
}

TEST(Condition, EvidenceIsShortAndPrintable) {
  FactTree tree = FactTree::map_of({{"a", FactTree::list_of({})}});
  for (int i = 0; i < 1000; ++i) tree.members.at("a").items.push_back(FactTree::of("\x1b[31m" + std::string(500, 'x')));
  const Verdict out = verdict("{each: a, all: {fact: ., equals: y}}", tree);
  EXPECT_EQ(out.state, no);
  EXPECT_EQ(out.decided.size(), 8U);
  EXPECT_EQ(out.left_off, 992U);
  for (const Decision& one : out.decided) {
    EXPECT_EQ(one.value.find('\x1b'), std::string::npos);
    EXPECT_LT(one.value.size(), 400U);
  }
  EXPECT_LT(shown_value(tree).size(), 600U);
}

TEST(Condition, TooMuchToLookAtIsUnknown) {
  FactTree tree = FactTree::map_of({{"a", FactTree::list_of({})}});
  for (int i = 0; i < 200; ++i) tree.members.at("a").items.push_back(FactTree::of(int64_t{i}));
  // 200 ^ 3 facts.
  EXPECT_EQ(state("{each: a, all: {each: ^a, all: {each: ^^a, all: {fact: ., at_least: 0}}}}", tree), unknown);
}

// Kleene's strong logic against its own table, min and max over no < unknown < yes.
class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}

  // A condition over facts t (true), f (false) and u (unknown), with its value.
  std::pair<std::string, int> make(int depth) {
    const auto kind = depth == 0 ? 0 : random_() % 5;
    if (kind == 0) {
      constexpr std::pair<const char*, int> leaves[] = {{"f", 0}, {"u", 1}, {"t", 2}};
      const auto& [name, value] = leaves[random_() % 3];
      return {std::string("{fact: ") + name + ", equals: true}", value};
    }
    if (kind == 1) {
      const auto [text, value] = make(depth - 1);
      return {"{not: " + text + "}", 2 - value};
    }
    std::string parts;
    int least = 2, most = 0;
    for (size_t i = 0, count = 1 + random_() % 3; i < count; ++i) {
      const auto [text, value] = make(depth - 1);
      parts += (i == 0 ? "" : ", ") + text;
      least = std::min(least, value);
      most = std::max(most, value);
    }
    if (kind == 2) return {"{all: [" + parts + "]}", least};
    if (kind == 3) return {"{any: [" + parts + "]}", most};
    return {"{none: [" + parts + "]}", 2 - most};
  }

 private:
  std::mt19937 random_;
};

TEST(Condition, IsKleenesLogic) {
  const FactTree tree = facts("{t: true, f: false, u: !unknown x}");
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const auto [text, value] = Random(seed).make(4);
    const Verdict out = verdict(text, tree);
    ASSERT_EQ(static_cast<int>(out.state), value) << text;
    EXPECT_FALSE(out.decided.empty()) << text;
    if (out.state != unknown) continue;
    for (const Decision& one : out.decided) EXPECT_EQ(one.fact, "u") << text;
  }
}

// Learning an unknown fact never turns a decided answer round.
TEST(Condition, KnowingMoreNeverChangesADecision) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    const std::string text = Random(seed).make(4).first;
    const Tristate before = state(text, facts("{t: true, f: false, u: !unknown x}"));
    if (before == unknown) continue;
    for (const char* now : {"true", "false"}) {
      EXPECT_EQ(state(text, facts(std::string("{t: true, f: false, u: ") + now + "}")), before) << text;
    }
  }
}

}  // namespace
}  // namespace plimsoll::benchmark

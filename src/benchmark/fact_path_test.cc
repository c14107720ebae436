#include "benchmark/fact_path.h"

#include <gtest/gtest.h>

#include "benchmark/yaml_for_tests.h"

namespace plimsoll::benchmark {
namespace {

TEST(FactPath, Reads) {
  const auto path = parse_fact_path("host:sysctl[kernel.x].running[3]");
  ASSERT_TRUE(path.ok());
  EXPECT_EQ(path->root, Root::host);
  ASSERT_EQ(path->steps.size(), 4U);
  EXPECT_EQ(path->steps[1].name, "kernel.x");
  EXPECT_EQ(path->steps[3].index, 3U);
  EXPECT_EQ(parse_fact_path(".")->root, Root::item);
  EXPECT_EQ(parse_fact_path("^")->root, Root::item);
  EXPECT_EQ(parse_fact_path("^^key")->up, 2U);
  EXPECT_EQ(parse_fact_path("^^key")->root, Root::key);
  EXPECT_EQ(parse_fact_path("^.a.b")->steps.size(), 2U);
  EXPECT_TRUE(parse_fact_path("runtimes:")->steps.empty());
  EXPECT_EQ(parse_fact_path("[a b:c]")->steps[0].name, "a b:c");
  EXPECT_EQ(parse_fact_path("daemon[no-new-privileges]")->steps[1].name, "no-new-privileges");
}

TEST(FactPath, RefusesWithAReason) {
  for (const char* text : {"", "a.", "a..b", ".a", "a[", "a[]", "a b", "a]b", "hosts:a", "a^b", "a.[", "host:^a"}) {
    const auto path = parse_fact_path(text);
    EXPECT_FALSE(path.ok()) << text;
    if (path.ok()) continue;
    EXPECT_NE(path.error().message.find("is no path: "), std::string::npos) << path.error().message;
  }
  EXPECT_FALSE(parse_fact_path(std::string(2000, 'a')).ok());
  std::string deep = "a";
  for (int i = 0; i < 40; ++i) deep += ".a";
  EXPECT_FALSE(parse_fact_path(deep).ok());
}

TEST(FactPath, Follows) {
  const FactTree tree = facts("{a: {b: [10, 20]}, u: !unknown denied, t: text, m: {\"3\": x}}");
  const auto at = [&](const char* path) { return follow(found(tree), parse_fact_path(path)->steps); };
  EXPECT_EQ(at("a.b[1]").node->integer, 20);
  EXPECT_EQ(at("a.b[2]").node->kind, FactTree::Kind::absent);
  EXPECT_EQ(at("nothing.below").node->kind, FactTree::Kind::absent);
  EXPECT_EQ(at("nothing.below").problem, "");
  EXPECT_EQ(at("m[3]").node->text, "x");
  EXPECT_EQ(at("u").problem, "denied");
  EXPECT_EQ(at("u.below").problem, "denied");
  EXPECT_NE(at("t.below").problem, "");
  EXPECT_NE(at("a.b.c").problem, "");
  EXPECT_EQ(at("a").source, "fixture");
}

}  // namespace
}  // namespace plimsoll::benchmark

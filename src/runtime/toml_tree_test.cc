#include "runtime/toml_tree.h"

#include <gtest/gtest.h>

namespace plimsoll::runtime {
namespace {

using Kind = FactTree::Kind;

TEST(TomlTree, TablesAreMapsAndEachValueKeepsItsKind) {
  const auto tree = tree_from_toml(R"(
    log_level = "info"
    [crio.runtime]
    pids_limit = -1
    selinux = true
    default_sysctls = ["net.ipv4.ping_group_range=0 0", "a=b"]
    ratio = 0.5
    since = 2024-05-01
    [[registry]]
    location = "a.example"
    [[registry]]
    location = "b.example"
    insecure = true
  )",
                                   "/etc/crio/crio.conf");
  ASSERT_TRUE(tree.ok()) << tree.error().to_string();
  EXPECT_EQ(tree->source, "/etc/crio/crio.conf");
  EXPECT_EQ(tree->at("log_level").text, "info");
  const FactTree& runtime = tree->at("crio").at("runtime");
  EXPECT_EQ(runtime.at("pids_limit").integer, -1);
  EXPECT_TRUE(runtime.at("selinux").boolean);
  ASSERT_EQ(runtime.at("default_sysctls").items.size(), 2U);
  EXPECT_EQ(runtime.at("default_sysctls").items[1].text, "a=b");
  EXPECT_EQ(runtime.at("ratio").text, "0.5");
  EXPECT_EQ(runtime.at("since").text, "2024-05-01");
  ASSERT_EQ(tree->at("registry").items.size(), 2U);
  EXPECT_TRUE(tree->at("registry").items[1].at("insecure").boolean);
}

TEST(TomlTree, WhatIsNoTomlIsToldWithItsLine) {
  const auto broken = tree_from_toml("a = 1\nb = \n", "/etc/x.toml");
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().kind, ErrorKind::malformed);
  EXPECT_EQ(broken.error().context, "/etc/x.toml");
  EXPECT_NE(broken.error().message.find("line 2"), std::string::npos) << broken.error().message;
  EXPECT_FALSE(tree_from_toml("a = 1\na = 2\n", "x").ok());
  EXPECT_FALSE(tree_from_toml("a = \"\xff\"\n", "x").ok());
  const auto foreign = tree_from_toml("# \u00e9\na = '\u00e9'\n\u00e9 = 1\n", "x");
  ASSERT_FALSE(foreign.ok());
  EXPECT_NE(foreign.error().message.find("line 3"), std::string::npos) << foreign.error().message;
  EXPECT_TRUE(tree_from_toml("\xef\xbb\xbf# \u00e9\na = '\u00e9'\n", "x").ok());
}

TEST(TomlTree, DepthAndSizeAreBounded) {
  std::string deep = "[a";
  for (int i = 0; i < 2'001; ++i) deep += ".a";
  const auto refused = tree_from_toml(deep + "]\n", "x");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::limit);
  std::string nested = "[a";
  for (int i = 0; i < 1'990; ++i) nested += ".a";
  const auto cropped = tree_from_toml(nested + "]\n", "x");
  ASSERT_TRUE(cropped.ok());
  const FactTree* node = &*cropped;
  int depth = 0;
  for (; node->kind == Kind::map; ++depth) node = &node->at("a");
  EXPECT_EQ(node->kind, Kind::unknown) << "what lies deeper is not taken";
  EXPECT_EQ(depth, 65);
  // Dots of strings and comments open no table.
  const std::string dots(5'000, '.');
  EXPECT_TRUE(tree_from_toml("a = \"" + dots + "\" # " + dots + "\nb = '" + dots + "'\n", "x").ok());
  EXPECT_FALSE(tree_from_toml("a = " + std::string(100'000, '['), "x").ok());
  std::string wide = "a = [";
  for (int i = 0; i < 25'000; ++i) wide += "1,";
  const auto cut = tree_from_toml(wide + "]\n", "x");
  ASSERT_TRUE(cut.ok());
  EXPECT_EQ(cut->at("a").kind, Kind::unknown);
}

}  // namespace
}  // namespace plimsoll::runtime

#include "model/response.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace plimsoll {
namespace {

TEST(Pattern, StarsStandForAnyText) {
  EXPECT_TRUE(fits_pattern("net.*", "net.scan.ports"));
  EXPECT_TRUE(fits_pattern("*", ""));
  EXPECT_TRUE(fits_pattern("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(fits_pattern("a*b*c", "a-b-b"));
  EXPECT_FALSE(fits_pattern("net", "net.scan"));
  EXPECT_FALSE(fits_pattern("", "x"));
}

// Against the definition, written as it reads.
TEST(Pattern, IsItsDefinition) {
  const std::function<bool(std::string_view, std::string_view)> plain = [&](std::string_view p, std::string_view t) {
    if (p.empty()) return t.empty();
    if (p[0] == '*') return plain(p.substr(1), t) || (!t.empty() && plain(p, t.substr(1)));
    return !t.empty() && p[0] == t[0] && plain(p.substr(1), t.substr(1));
  };
  std::mt19937 random(7);
  int fits = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string pattern, text;
    for (size_t n = random() % 7; n > 0; --n) pattern += "ab*"[random() % 3];
    for (size_t n = random() % 7; n > 0; --n) text += "ab"[random() % 2];
    ASSERT_EQ(fits_pattern(pattern, text), plain(pattern, text)) << pattern << " " << text;
    fits += fits_pattern(pattern, text) ? 1 : 0;
  }
  EXPECT_GT(fits, 1000);
}

TEST(Selection, EveryGivenListMustFit) {
  Asset asset;
  asset.kind = AssetKind::container;
  asset.name = "web";
  asset.image = "shop/web:1";
  asset.labels = {{"env", "prod"}, {"io.kubernetes.pod.namespace", "shop"}};
  AssetSelection selection;
  EXPECT_TRUE(is_selected(selection, asset));
  selection.labels = {"env=prod"};
  selection.images = {"shop/*"};
  selection.namespaces = {"shop"};
  EXPECT_TRUE(is_selected(selection, asset));
  selection.labels = {"env=test", "tier"};
  EXPECT_FALSE(is_selected(selection, asset));
  selection.labels = {"env"};
  EXPECT_TRUE(is_selected(selection, asset));
  selection.kinds = {AssetKind::host};
  EXPECT_FALSE(is_selected(selection, asset));
}

TEST(ResponseNames, ReadBack) {
  for (int i = 0; i <= static_cast<int>(ActionKind::disconnect); ++i)
    EXPECT_EQ(parse_action_kind(name_of(static_cast<ActionKind>(i))), static_cast<ActionKind>(i));
  for (int i = 0; i <= static_cast<int>(ResponsePhase::done); ++i)
    EXPECT_EQ(parse_response_phase(name_of(static_cast<ResponsePhase>(i))), static_cast<ResponsePhase>(i));
  EXPECT_FALSE(parse_response_mode("enforced"));
}

}  // namespace
}  // namespace plimsoll

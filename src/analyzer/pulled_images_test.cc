#include "analyzer/pulled_images.h"

#include <gtest/gtest.h>

namespace plimsoll::analyzer {
namespace {

using Names = std::vector<std::string>;
const PulledImages::Clock::time_point start{std::chrono::hours(1)};

AssetReport image(const std::string& id) {
  AssetReport out;
  out.asset.id = {id};
  out.asset.kind = AssetKind::image;
  return out;
}

std::vector<std::string> kept(const PulledImages& images) {
  Report report;
  report.assets.resize(1);
  report.assets.front().asset.kind = AssetKind::host;
  report.assets.front().asset.node = "box";
  images.add_to(report);
  std::vector<std::string> out;
  for (size_t i = 1; i < report.assets.size(); ++i) {
    EXPECT_EQ(report.assets[i].asset.node, "box");
    out.push_back(report.assets[i].asset.id.value);
  }
  return out;
}

TEST(PulledImages, AreReadSoManyAMinute) {
  PulledImages images;
  EXPECT_FALSE(images.is_due(start));
  for (int i = 0; i < 8; ++i) images.heard("image:" + std::to_string(i));
  images.heard("image:0");
  EXPECT_EQ(images.due(start).size(), PulledImages::at_once);
  EXPECT_FALSE(images.is_due(start + std::chrono::seconds(59)));
  EXPECT_EQ(images.due(start + std::chrono::seconds(59)), Names{});
  EXPECT_TRUE(images.is_due(start + std::chrono::seconds(60)));
  EXPECT_EQ(images.due(start + std::chrono::seconds(60)), (Names{"image:6", "image:7"}));
  for (int i = 0; i < 1000; ++i) images.heard("many:" + std::to_string(i));
  EXPECT_EQ(images.due(start + std::chrono::hours(1)).size(), PulledImages::at_once) << "and few wait";
}

TEST(PulledImages, OneImageIsThereOnceAndTheOldestLeave) {
  PulledImages images;
  images.keep("a:1", image("one"));
  images.keep("b:1", image("one"));
  EXPECT_EQ(kept(images), Names{"one"});
  images.keep("b:1", image("two"));
  EXPECT_EQ(kept(images), Names{"two"});
  images.read_again();
  EXPECT_EQ(images.due(start), Names{"b:1"});
  EXPECT_TRUE(images.drop("b:1"));
  EXPECT_FALSE(images.drop("b:1"));
  EXPECT_EQ(kept(images), Names{});
  for (size_t i = 0; i < PulledImages::most + 3; ++i) images.keep("c:" + std::to_string(i), image(std::to_string(i)));
  EXPECT_EQ(kept(images).size(), PulledImages::most);
}

}  // namespace
}  // namespace plimsoll::analyzer

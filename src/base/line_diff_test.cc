#include "base/line_diff.h"

#include <gtest/gtest.h>

#include <string>

namespace plimsoll {
namespace {

std::string shown(std::string_view before, std::string_view after) {
  const auto lines = line_diff(before, after);
  if (!lines) return "too long";
  std::string out;
  for (const DiffLine& line : *lines) out += " -+"[static_cast<int>(line.kind)] + std::string(line.text) + "|";
  return out;
}

TEST(LineDiff, TellsWhatChangedAndNoMore) {
  EXPECT_EQ(shown("a\nb\nc", "a\nb\nc"), " a| b| c|");
  EXPECT_EQ(shown("a\nb\nc", "a\nx\nc"), " a|-b|+x| c|");
  EXPECT_EQ(shown("a\nb\nc\nd", "b\nd"), "-a| b|-c| d|");
  EXPECT_EQ(shown("b\nd", "a\nb\nc\nd"), "+a| b|+c| d|");
  EXPECT_EQ(shown("a\na\na", "a\na"), " a| a|-a|") << "what is the same at both ends counts once";
  EXPECT_EQ(shown("", "a"), "-|+a|");
}

TEST(LineDiff, IsBounded) {
  std::string a, b, common;
  for (int i = 0; i < 3000; ++i) {
    a += "a" + std::to_string(i) + "\n";
    b += "b" + std::to_string(i) + "\n";
    common += "c\n";
  }
  EXPECT_EQ(shown(a, b), "too long");
  EXPECT_NE(shown(common + "x\n" + common, common + "y\n" + common), "too long") << "it is the difference that counts";
}

}  // namespace
}  // namespace plimsoll

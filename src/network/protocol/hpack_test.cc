#include "network/protocol/hpack.h"

#include <gtest/gtest.h>

namespace plimsoll::network {
namespace {

using namespace std::string_literals;

std::string text(const std::optional<std::vector<HeaderField>>& fields) {
  if (!fields) return "broken";
  std::string out;
  for (const HeaderField& field : *fields) out += field.name + "=" + field.value + ";";
  return out;
}

// The examples of RFC 7541, appendix C.4: three requests over one connection, with Huffman codes.
TEST(Hpack, TheExamplesOfTheRfc) {
  Hpack hpack;
  EXPECT_EQ(text(hpack.decode("\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"s)),
            ":method=GET;:scheme=http;:path=/;:authority=www.example.com;");
  EXPECT_EQ(text(hpack.decode("\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf"s)),
            ":method=GET;:scheme=http;:path=/;:authority=www.example.com;cache-control=no-cache;");
  EXPECT_EQ(text(hpack.decode(
                "\x82\x87\x85\xbf\x40\x88\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f\x89\x25\xa8\x49\xe9\x5b\xb8\xe8\xb4\xbf"s)),
            ":method=GET;:scheme=https;:path=/index.html;:authority=www.example.com;custom-key=custom-value;");
}

TEST(Hpack, BrokenBlocksAreTold) {
  for (const std::string& block : {"\x80"s, "\xff\xff\xff\xff\xff\xff"s, "\xbe"s, "\x40\x05name"s,
                                   "\x00\x01x\x7f\xff\xff\xff\x7f"s, "\x3f\xff\xff\xff\x7f"s, "\x40\x01x\x81\x00"s}) {
    Hpack hpack;
    EXPECT_EQ(text(hpack.decode(block)), "broken");
  }
}

TEST(Hpack, TheTableForgetsTheOldest) {
  Hpack hpack;
  const std::string value(100, 'v');
  for (int i = 0; i < 40; ++i) {
    const std::string name = "name" + std::to_string(100 + i);
    ASSERT_TRUE(
        hpack.decode("\x40"s + static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value));
  }
  EXPECT_EQ(text(hpack.decode("\xbe"s)), "name139=" + value + ";");
  // 4 096 bytes hold 29 entries of 139.
  EXPECT_EQ(text(hpack.decode("\xda"s)), "name111=" + value + ";");
  EXPECT_EQ(text(hpack.decode("\xdb"s)), "broken");
}

TEST(Huffman, PaddingMustBeOnesAndShort) {
  EXPECT_EQ(huffman_decode("\xa8\xeb\x10\x64\x9c\xbf"s), "no-cache");
  EXPECT_FALSE(huffman_decode("\xa8\xeb\x10\x64\x9c\xbe"s));
  EXPECT_FALSE(huffman_decode("\xa8\xeb\x10\x64\x9c\xbf\xff"s));
  EXPECT_FALSE(huffman_decode("\xff\xff\xff\xff"s));
}

}  // namespace
}  // namespace plimsoll::network

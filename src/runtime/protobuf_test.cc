#include "runtime/protobuf.h"

#include <gtest/gtest.h>

#include <vector>

namespace plimsoll::runtime {
namespace {

std::vector<ProtoField> fields_of(std::string_view message) {
  std::vector<ProtoField> out;
  const Status read = read_message(message, [&](const ProtoField& field) {
    out.push_back(field);
    return Status(Done{});
  });
  EXPECT_TRUE(read.ok());
  return out;
}

bool is_message(std::string_view bytes) {
  return read_message(bytes, [](const ProtoField&) { return Status(Done{}); }).ok();
}

TEST(Protobuf, WhatIsWrittenIsRead) {
  const std::string message =
      std::move(ProtoWriter().text(1, "web").number(3, 9).number(4, 300).number(5, 0).text(6, "")).take();
  EXPECT_EQ(message, std::string("\x0a\x03web\x18\x09\x20\xac\x02"));
  const auto fields = fields_of(message);
  ASSERT_EQ(fields.size(), 3u);  // what is empty or zero is not written
  EXPECT_EQ(fields[0].text(), "web");
  EXPECT_TRUE(fields[0].has_bytes);
  EXPECT_EQ(fields[1].value, 9u);
  EXPECT_EQ(fields[2].number, 4u);
  EXPECT_EQ(fields[2].value, 300u);
}

TEST(Protobuf, AllKindsOfFields) {
  const auto fields = fields_of(std::string("\x09\x01\0\0\0\0\0\0\x80\x15\x02\0\0\0\x98\x06\x01", 17));
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].value, 0x8000000000000001u);
  EXPECT_EQ(fields[1].value, 2u);
  EXPECT_EQ(fields[2].number, 99u);
  EXPECT_TRUE(is_message(""));
  EXPECT_EQ(fields_of("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")[0].value, UINT64_MAX);
}

TEST(Protobuf, WhatIsNoMessageIsAnError) {
  for (const std::string& bytes :
       {std::string("\x0a"), std::string("\x0a\x05web"), std::string("\x08"), std::string("\x08\x80"),
        std::string("\x02\x00", 2), std::string("\x0b\x0c"), std::string("\x0d\x01"), std::string("\x09\x01"),
        std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
        std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")})
    EXPECT_FALSE(is_message(bytes)) << testing::PrintToString(bytes);
}

TEST(Protobuf, EntriesOfAMap) {
  std::map<std::string, std::string> map;
  const auto add = [&](const char* key, const char* value) {
    return add_map_entry(std::move(ProtoWriter().text(1, key).text(2, value)).take(), map, 2);
  };
  EXPECT_TRUE(add("a", "1").ok());
  EXPECT_TRUE(add("b", "").ok());
  EXPECT_TRUE(add("a", "2").ok());
  EXPECT_EQ(add("c", "3").error().kind, ErrorKind::limit);
  EXPECT_EQ(map, (std::map<std::string, std::string>{{"a", "2"}, {"b", ""}}));
}

}  // namespace
}  // namespace plimsoll::runtime

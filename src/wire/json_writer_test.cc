#include "wire/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace plimsoll::wire {
namespace {

template <class T>
std::string written(const T& v) {
  JsonWriter out;
  out.value(v);
  return std::move(out).take();
}

TEST(JsonWriter, Shapes) {
  JsonWriter out;
  out.begin_object().member("a", 1).key("b").begin_array().value("x").null().end_array();
  out.key("c").begin_object().end_object().key("d").begin_array().end_array().end_object();
  EXPECT_EQ(std::move(out).take(), "{\n \"a\": 1,\n \"b\": [\n  \"x\",\n  null\n ],\n \"c\": {},\n \"d\": []\n}");
}

TEST(JsonWriter, OnOneLine) {
  JsonWriter out(JsonWriter::Layout::one_line);
  out.begin_object().member("a", "x\ny").key("b").begin_array().value(1).value(2).end_array().end_object();
  EXPECT_EQ(std::move(out).take(), R"({"a": "x\ny","b": [1,2]})");
}

TEST(JsonWriter, Strings) {
  EXPECT_EQ(written("plain é 日本"), "\"plain é 日本\"");
  EXPECT_EQ(written("\"\\\n\t\r\x01\x7f"), R"("\"\\\n\t\r\u0001\u007F")");
  EXPECT_EQ(written(std::string("\0", 1)), R"("\u0000")");
  EXPECT_EQ(written("a\xff\xc3"), R"("a\\xFF\\xC3")");
  EXPECT_EQ(written("\xed\xa0\x80"), R"("\\xED\\xA0\\x80")");  // a surrogate is not UTF-8
}

TEST(JsonWriter, Numbers) {
  EXPECT_EQ(written(UINT64_MAX), "18446744073709551615");
  EXPECT_EQ(written(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(written(uint16_t{443}), "443");
  EXPECT_EQ(written(0.1), "0.1");
  EXPECT_EQ(written(2.0), "2.0");
  EXPECT_EQ(written(18446744073709551616.0), "18446744073709551616.0");
  EXPECT_EQ(written(std::nan("")), "null");
  EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(written(true), "true");
}

}  // namespace
}  // namespace plimsoll::wire

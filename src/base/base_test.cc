#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/result.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/time.h"

namespace plimsoll {
namespace {

TEST(Hex, TwoDigitsAByte) {
  EXPECT_EQ(to_hex({"\x00\x09\xaf\xff", 4}), "0009afff");
  EXPECT_EQ(to_hex(""), "");
}

TEST(Printable, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("plain \xC3\xA4"), "plain \xC3\xA4");
  EXPECT_EQ(printable("\x1B[2J\n"), "\\x1B[2J\\x0A");
  EXPECT_EQ(printable("a\xFF"), "a\\xFF");
  EXPECT_EQ(printable("\xE2\x80\xAEgnp"), "\\u{202E}gnp");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u{009B}");
  EXPECT_EQ(printable("aaaa", 2), "aa...");
}

TEST(Utf8, RefusesOverlongsAndSurrogates) {
  EXPECT_TRUE(is_utf8("\xF0\x9F\x9A\xA2"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xE2\x82"));
}

TEST(Text, Splits) {
  EXPECT_EQ(split("a::b", ':').size(), 3u);
  EXPECT_EQ(split("", ':').size(), 1u);
  EXPECT_EQ(split_words(" a \t b ").size(), 2u);
  EXPECT_EQ(trim(" x \n"), "x");
  EXPECT_EQ(parse_uint("0x1"), std::nullopt);
  EXPECT_EQ(parse_uint("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_uint("ff", 16), 255u);
}

TEST(Time, RoundTripsAndTakesOffsets) {
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-11-24T10:00:00.123+02:00")), "2026-11-24T08:00:00Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2026-11-24")), "2026-11-24T00:00:00Z");
  EXPECT_FALSE(parse_rfc3339("2026-02-30T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339("2026-02-03T00:00:00"));
  EXPECT_FALSE(parse_rfc3339("x"));
}

TEST(Sha256, KnownAnswer) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ByteReader, StopsAtTheEnd) {
  ByteReader reader(std::string_view("\x01\x02\x03", 3));
  EXPECT_EQ(reader.u16be(), 0x0102);
  EXPECT_EQ(reader.u16le(), std::nullopt);
  EXPECT_EQ(reader.u8(), 3);
  EXPECT_FALSE(reader.skip(1));
}

TEST(File, ReplacesAtomicallyAndBoundsReads) {
  const std::string path = std::filesystem::temp_directory_path() / ("plimsoll_base_" + std::to_string(::getpid()));
  ASSERT_TRUE(write_file_atomically(path, "one").ok());
  ASSERT_TRUE(write_file_atomically(path, "two").ok());
  EXPECT_EQ(read_file(path).value(), "two");
  EXPECT_EQ(read_file(path, 2).error().kind, ErrorKind::limit);
  std::filesystem::remove(path);
  EXPECT_EQ(read_file(path).error().kind, ErrorKind::not_found);
}

TEST(Embedded, HoldsTheDefaultPolicy) {
  ASSERT_TRUE(embedded_file("data/policies/default.yaml").has_value());
  EXPECT_FALSE(embedded_file("data/policies/nothing.yaml").has_value());
}

}  // namespace
}  // namespace plimsoll

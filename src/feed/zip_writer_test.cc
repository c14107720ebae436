#include "feed/zip_writer.h"

#include <gtest/gtest.h>

#include "feed/deflate.h"
#include "feed/inflate.h"

namespace plimsoll::feed {
namespace {

std::string text_of(const ZipReader& zip, size_t index) {
  std::string out;
  const Status read = zip.read(index, out);
  return read.ok() ? out : read.error().to_string();
}

TEST(ZipWriter, WhatItWritesCanBeRead) {
  ZipWriter writer;
  const std::string wordy(5000, 'w'), empty;
  writer.add("A-1.json", wordy);
  writer.add("B-2.json", std::string_view("{}"));
  writer.add("C", empty);
  const auto bytes = writer.finish();
  ASSERT_TRUE(bytes.ok());
  EXPECT_LT(bytes->size(), 1000U) << "deflated";
  const auto zip = ZipReader::open(*bytes);
  ASSERT_TRUE(zip.ok()) << zip.error().to_string();
  ASSERT_EQ(zip->entries(), 3U);
  EXPECT_EQ(zip->name(0), "A-1.json");
  EXPECT_EQ(text_of(*zip, 0), wordy);
  EXPECT_EQ(text_of(*zip, 1), "{}");
  EXPECT_EQ(text_of(*zip, 2), "");
}

TEST(ZipWriter, EntriesAreCopiedUnread) {
  ZipWriter first;
  first.add("A", std::string(3000, 'a'));
  first.add("B", std::string_view("b"));
  const auto bytes = first.finish();
  ASSERT_TRUE(bytes.ok());
  const auto from = ZipReader::open(*bytes);
  ASSERT_TRUE(from.ok());
  ZipWriter second;
  for (size_t i = 0; i < from->entries(); ++i) second.add(from->name(i), from->packed(i));
  EXPECT_EQ(*second.finish(), *bytes) << "the same entries give the same bytes";
}

TEST(ZipWriter, ManyEntriesNeedZip64) {
  ZipWriter writer;
  for (int i = 0; i < 70000; ++i) writer.add(std::to_string(i), std::string_view("x"));
  const auto bytes = writer.finish();
  ASSERT_TRUE(bytes.ok());
  const auto zip = ZipReader::open(*bytes);
  ASSERT_TRUE(zip.ok()) << zip.error().to_string();
  EXPECT_EQ(zip->entries(), 70000U);
  EXPECT_EQ(text_of(*zip, 69999), "x");
}

TEST(ZipWriter, ANameThatDoesNotFitIsTold) {
  ZipWriter writer;
  writer.add(std::string(70000, 'n'), std::string_view("x"));
  EXPECT_EQ(writer.finish().error().kind, ErrorKind::limit);
}

TEST(Deflate, RoundTrips) {
  std::string noise;
  uint32_t state = 1;
  for (int i = 0; i < 200000; ++i) noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (const std::string& text : {std::string(), std::string("a"), std::string(100000, 'z'), noise}) {
    std::string back;
    ASSERT_TRUE(inflate_exactly(deflated(text), text.size(), back).ok()) << text.size();
    EXPECT_EQ(back, text);
    const auto plain = gunzip(gzipped(text), size_t{1} << 20);
    ASSERT_TRUE(plain.ok()) << plain.error().to_string();
    EXPECT_EQ(*plain, text);
  }
}

}  // namespace
}  // namespace plimsoll::feed

#include <gtest/gtest.h>

#include <thread>

#include "base/deflate_for_tests.h"
#include "feed/advisory.h"
#include "feed/inflate.h"

namespace plimsoll::feed {
namespace {

// Makes zip archives byte by byte, so that each field can lie.
struct Item {
  std::string name, text;
  uint16_t method = 8, flags = 0;
  bool zip64 = false;
};

std::string number(uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string zip_of(const std::vector<Item>& items, bool zip64_end = false) {
  std::string out, directory;
  for (const Item& item : items) {
    const std::string data = item.method == 8 ? deflated(item.text, bare_window) : item.text;
    const bool descriptor = (item.flags & 8) != 0;
    const std::string crc = number(crc32_of(item.text), 4);
    const std::string sizes = number(data.size(), 4) + number(item.text.size(), 4);
    const size_t header = out.size();
    const std::string common = number(20, 2) + number(item.flags, 2) + number(item.method, 2) + number(0, 4);
    out += "PK\3\4" + common + (descriptor ? std::string(12, '\0') : crc + sizes) + number(item.name.size(), 2) +
           number(0, 2) + item.name + data;
    if (descriptor) out += "PK\7\10" + crc + sizes;
    const std::string extra = item.zip64 ? number(0x9999, 2) + number(1, 2) + "x" + number(1, 2) + number(24, 2) +
                                               number(item.text.size(), 8) + number(data.size(), 8) + number(header, 8)
                                         : "";
    directory += "PK\1\2" + number(20, 2) + common + crc + (item.zip64 ? std::string(8, '\xff') : sizes) +
                 number(item.name.size(), 2) + number(extra.size(), 2) + number(0, 2) + number(0, 2) + number(0, 6) +
                 (item.zip64 ? std::string(4, '\xff') : number(header, 4)) + item.name + extra;
  }
  const size_t start = out.size();
  out += directory;
  const size_t end64 = out.size();
  if (zip64_end) {
    out += "PK\6\6" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8) + number(items.size(), 8) +
           number(items.size(), 8) + number(directory.size(), 8) + number(start, 8);
    out += "PK\6\7" + number(0, 4) + number(end64, 8) + number(1, 4);
    return out + "PK\5\6" + number(0, 4) + std::string(12, '\xff') + number(0, 2);
  }
  return out + "PK\5\6" + number(0, 4) + number(items.size(), 2) + number(items.size(), 2) +
         number(directory.size(), 4) + number(start, 4) + number(0, 2);
}

std::string read_at(const ZipReader& zip, size_t index) {
  std::string out = "left over";
  const Status status = zip.read(index, out);
  return status.ok() ? out : "ERROR " + status.error().to_string();
}

std::string open_error(const std::string& bytes) {
  const auto zip = ZipReader::open(bytes);
  return zip.ok() ? "opened" : zip.error().to_string();
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

const std::string kLong(300000, 'z');

TEST(Zip, ReadsStoredDeflatedDescriptorsAndZip64) {
  const std::string bytes = zip_of({{"a.json", "alpha", 0},
                                    {"b.json", "beta beta beta", 8},
                                    {"c.json", kLong, 8, 8},
                                    {"d.json", "delta", 8, 0, true},
                                    {"empty", "", 0},
                                    {"folder/", "", 8}});
  const auto zip = ZipReader::open(bytes);
  ASSERT_TRUE(zip.ok()) << zip.error().to_string();
  ASSERT_EQ(zip->entries(), 6u);
  EXPECT_EQ(zip->name(1), "b.json");
  EXPECT_EQ(zip->size(1), 14u);
  EXPECT_EQ(read_at(*zip, 0), "alpha");
  EXPECT_EQ(read_at(*zip, 1), "beta beta beta");
  EXPECT_EQ(read_at(*zip, 2), kLong);
  EXPECT_EQ(read_at(*zip, 3), "delta");
  EXPECT_EQ(read_at(*zip, 4), "");
  EXPECT_EQ(read_at(*zip, 5), "");
}

TEST(Zip, ReadsTheZip64Directory) {
  const std::string bytes = zip_of({{"a", "alpha"}, {"b", "beta", 8, 0, true}}, true);
  const auto zip = ZipReader::open(bytes);
  ASSERT_TRUE(zip.ok()) << zip.error().to_string();
  EXPECT_EQ(read_at(*zip, 0) + read_at(*zip, 1), "alphabeta");
}

TEST(Zip, EmptyArchiveAndComment) {
  EXPECT_EQ(open_error(zip_of({})), "opened");
  std::string bytes = zip_of({{"a", "alpha"}});
  bytes[bytes.size() - 2] = 4;
  const std::string commented = bytes + "PK\5\6";
  const auto zip = ZipReader::open(commented);
  ASSERT_TRUE(zip.ok()) << zip.error().to_string();
  EXPECT_EQ(read_at(*zip, 0), "alpha");
}

TEST(Zip, TwoThreadsShareOneArchive) {
  std::vector<Item> items;
  for (int i = 0; i < 400; ++i)
    items.push_back({"n" + std::to_string(i), std::string(static_cast<size_t>(i) * 7, 'x') + "end"});
  const std::string bytes = zip_of(items);
  const auto zip = ZipReader::open(bytes);
  ASSERT_TRUE(zip.ok());
  int wrong[2] = {0, 0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        for (size_t i = 0; i < items.size(); ++i) wrong[t] += read_at(*zip, i) != items[i].text;
      });
    }
  }
  EXPECT_EQ(wrong[0] + wrong[1], 0);
}

TEST(Zip, RefusesWhatIsNotWhole) {
  const std::string bytes = zip_of({{"a", "alpha"}, {"b", kLong, 0}});
  EXPECT_TRUE(contains(open_error(""), "too short"));
  EXPECT_TRUE(contains(open_error(std::string(5000, 'x')), "is not a zip archive"));
  for (size_t length = 0; length < 200; ++length) EXPECT_NE(open_error(bytes.substr(0, length)), "opened") << length;
  EXPECT_TRUE(contains(open_error(bytes.substr(0, bytes.size() - 1)), "cut short"));
  EXPECT_NE(open_error(bytes.substr(10)), "opened");  // the front is gone
}

TEST(Zip, RefusesLyingDirectories) {
  EXPECT_TRUE(contains(open_error(zip_of({{"a\x1b[1m", "x"}, {"a\x1b[1m", "y"}})), "\"a\\x1B[1m\" is there twice"));
  std::string overlap = zip_of({{"a", "alpha", 0}, {"b", "beta", 0}});
  const size_t second = overlap.rfind("PK\1\2");
  overlap[second + 42] = 0;  // b's header offset: a's
  EXPECT_TRUE(contains(open_error(overlap), "overlaps"));
  std::string longer = zip_of({{"a", "alpha", 0}, {"b", "beta", 0}});
  longer[longer.find("PK\1\2") + 20] = 60;  // a's packed size runs into b
  EXPECT_TRUE(contains(open_error(longer), "\"a\" overlaps"));
  std::string renamed = zip_of({{"a", "alpha", 0}});
  renamed[30] = 'z';
  EXPECT_TRUE(contains(open_error(renamed), "another name"));
  std::string counted = zip_of({{"a", "alpha", 0}, {"b", "beta", 0}});
  counted[counted.size() - 12] = counted[counted.size() - 14] = 1;
  EXPECT_TRUE(contains(open_error(counted), "more than its count"));
}

TEST(Zip, RefusesSingleEntriesAndReadsTheOthers) {
  std::string bytes = zip_of({{"secret", "x", 8, 1}, {"odd", "y", 99}, {"good", "fine"}, {"bad", "checksum", 0}});
  const size_t at = bytes.find("checksum");
  bytes[at] = 'C';
  const auto zip = ZipReader::open(bytes);
  ASSERT_TRUE(zip.ok()) << zip.error().to_string();
  EXPECT_TRUE(contains(read_at(*zip, 0), "is encrypted"));
  EXPECT_TRUE(contains(read_at(*zip, 1), "compression method 99"));
  EXPECT_EQ(read_at(*zip, 2), "fine");
  EXPECT_TRUE(contains(read_at(*zip, 3), "checksum does not match"));
}

TEST(Zip, RefusesBombsAndFalseSizes) {
  const std::string bomb = zip_of({{"bomb", std::string(5 << 20, '\0')}, {"fine", std::string(kLong)}});
  const auto zip = ZipReader::open(bomb);
  ASSERT_TRUE(zip.ok());
  EXPECT_TRUE(contains(read_at(*zip, 0), "more than 250 times"));
  EXPECT_EQ(read_at(*zip, 1), kLong);
  for (const int change : {-1, 1}) {
    std::string lying = zip_of({{"a", "alpha beta"}});
    lying[lying.find("PK\1\2") + 24] = static_cast<char>(10 + change);
    const auto opened = ZipReader::open(lying);
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(contains(read_at(*opened, 0), change < 0 ? "to more than its declared" : "to less than its declared"));
  }
  std::string large = zip_of({{"a", "alpha beta"}});
  large[large.find("PK\1\2") + 27] = 0x10;  // 256 MiB
  const auto opened = ZipReader::open(large);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(contains(read_at(*opened, 0), "larger than 64 MiB"));
}

TEST(Gunzip, ReadsMembersAndKeepsItsBounds) {
  const std::string one = deflated("hello ", gzip_window), two = deflated(kLong, gzip_window);
  EXPECT_EQ(gunzip(one + two, 1 << 20).value(), "hello " + kLong);
  EXPECT_EQ(gunzip(one + std::string(100, '\0'), 1 << 20).value(), "hello ");
  EXPECT_EQ(gunzip(two, kLong.size()).value(), kLong);
  EXPECT_EQ(gunzip(two, kLong.size() - 1).error().kind, ErrorKind::limit);
  EXPECT_EQ(gunzip(one + "trash", 1 << 20).error().kind, ErrorKind::malformed);
  for (size_t length = 0; length < one.size(); ++length) {
    EXPECT_FALSE(gunzip(one.substr(0, length), 1 << 20).ok()) << length;
  }
  // Found by fuzzing: input that ends where ISA-L gives bytes back.
  const std::string given_back(
      "\x1f\x8b\x08\0\0\0\x90\x30\x08\x30\x2b\x30\xa2\x02\x86\x8f\x6e\x64\x36\x2b\x30\x30\x30\x40\xbc\x6a\x59\x72", 28);
  EXPECT_FALSE(gunzip(given_back, 1 << 20).ok());
  std::string wrong = one;
  wrong[wrong.size() - 8] = static_cast<char>(wrong[wrong.size() - 8] ^ 1);
  EXPECT_EQ(gunzip(wrong, 1 << 20).error().message, "checksum does not match");
}

}  // namespace
}  // namespace plimsoll::feed

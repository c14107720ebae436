#include "network/capture/file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "network/capture/ticks.h"

namespace plimsoll::network {
namespace {

using namespace std::string_literals;

std::string number(uint64_t value, size_t width, bool big) {
  std::string out;
  for (size_t i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * (big ? width - 1 - i : i)));
  return out;
}

// Hands `bytes` out in pieces of `piece`.
ReadBytes reading(const std::string& bytes, size_t piece = 7) {
  return [bytes, piece, at = size_t{0}](uint8_t* buffer, size_t capacity) mutable -> Result<size_t> {
    const size_t count = std::min({piece, capacity, bytes.size() - at});
    std::memcpy(buffer, bytes.data() + at, count);
    at += count;
    return count;
  };
}

std::string pcap(bool big, uint32_t magic, uint32_t link, const std::string& data, uint32_t fraction) {
  return number(magic, 4, big) + number(2, 2, big) + number(4, 2, big) + number(0, 8, big) + number(65535, 4, big) +
         number(link, 4, big) + number(1'700'000'000, 4, big) + number(fraction, 4, big) + number(data.size(), 4, big) +
         number(data.size() + 10, 4, big) + data;
}

std::string block(uint32_t type, std::string body, bool big) {
  body.resize((body.size() + 3) / 4 * 4);
  const std::string length = number(body.size() + 12, 4, big);
  return number(type, 4, big) + length + body + length;
}

std::string section(bool big) {
  return block(0x0a0d0d0a, number(0x1a2b3c4d, 4, big) + number(1, 2, big) + number(0, 2, big) + number(~0ull, 8, big),
               big);
}
std::string interface(bool big, uint16_t link, const std::string& options = {}) {
  return block(1, number(link, 2, big) + number(0, 2, big) + number(0, 4, big) + options, big);
}
std::string enhanced(bool big, uint32_t interface_number, uint64_t ticks, const std::string& data) {
  return block(6,
               number(interface_number, 4, big) + number(ticks >> 32, 4, big) + number(ticks & 0xffffffff, 4, big) +
                   number(data.size(), 4, big) + number(data.size(), 4, big) + data,
               big);
}

struct Read {
  std::vector<std::string> data;
  std::vector<Time> times;
  std::vector<LinkType> links;
  std::string error;
  uint64_t unknown = 0;
};

Read read_all(const std::string& bytes) {
  Read out;
  Result<CaptureFile> file = CaptureFile::open(reading(bytes), "x.pcap");
  if (!file.ok()) return {{}, {}, {}, file.error().to_string(), 0};
  Packet packet;
  for (;;) {
    const Result<bool> more = file->next(packet);
    if (!more.ok()) out.error = more.error().to_string();
    if (!more.ok() || !*more) break;
    out.data.emplace_back(packet.bytes.begin(), packet.bytes.end());
    out.times.push_back(packet.at);
    out.links.push_back(packet.link);
  }
  out.unknown = file->unknown_link();
  return out;
}

const Time base(std::chrono::seconds(1'700'000'000));

TEST(CaptureFile, PcapOfBothByteOrdersAndResolutions) {
  for (const bool big : {false, true}) {
    for (const auto& [magic, fraction] : {std::pair{0xa1b2c3d4u, 123'456u}, std::pair{0xa1b23c4du, 123'456'789u}}) {
      const Read got = read_all(pcap(big, magic, 1, "data", fraction));
      EXPECT_EQ(got.error, "");
      EXPECT_EQ(got.data, std::vector<std::string>{"data"});
      EXPECT_EQ(got.times, std::vector<Time>{base + std::chrono::microseconds(123'456)});
    }
  }
}

TEST(CaptureFile, LinksByTheirNumber) {
  EXPECT_EQ(read_all(pcap(false, 0xa1b2c3d4, 101, "x", 0)).links, std::vector{LinkType::raw_ip});
  EXPECT_EQ(read_all(pcap(false, 0xa1b2c3d4, 113, "x", 0)).links, std::vector{LinkType::linux_sll});
  EXPECT_EQ(read_all(pcap(false, 0xa1b2c3d4, 276, "x", 0)).links, std::vector{LinkType::linux_sll2});
  EXPECT_EQ(read_all(pcap(false, 0xa1b2c3d4, 0, "x", 0)).links, std::vector{LinkType::null_loopback});
  EXPECT_NE(read_all(pcap(false, 0xa1b2c3d4, 147, "x", 0)).error.find("147"), std::string::npos);
}

TEST(CaptureFile, PcapngWithSectionsInterfacesAndTheirClocks) {
  const std::string nano = number(9, 2, false) + number(1, 2, false) + "\x09\0\0\0"s + number(0, 4, false);
  const std::string halves = number(9, 2, true) + number(1, 2, true) + "\x81\0\0\0"s;  // ticks of half a second
  const std::string file = section(false) + interface(false, 1) + interface(false, 101, nano) +
                           enhanced(false, 0, 1'700'000'000'000'001, "one") + block(0x0bad, "skipped", false) +
                           enhanced(false, 1, 1'700'000'000'000'002'000, "two") + section(true) +
                           interface(true, 113, halves) + enhanced(true, 0, 3'400'000'001, "three");
  const Read got = read_all(file);
  EXPECT_EQ(got.error, "");
  EXPECT_EQ(got.data, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(got.times, (std::vector<Time>{base + std::chrono::microseconds(1), base + std::chrono::microseconds(2),
                                          base + std::chrono::milliseconds(500)}));
  EXPECT_EQ(got.links, (std::vector{LinkType::ethernet, LinkType::raw_ip, LinkType::linux_sll}));
}

TEST(CaptureFile, PacketsOfUnknownInterfacesAreCounted) {
  const Read got = read_all(section(false) + interface(false, 147) + interface(false, 1) + enhanced(false, 0, 1, "a") +
                            enhanced(false, 1, 1, "b"));
  EXPECT_EQ(got.data, std::vector<std::string>{"b"});
  EXPECT_EQ(got.unknown, 1u);
}

TEST(CaptureFile, ATailThatIsCutOffIsTold) {
  const std::string one = pcap(false, 0xa1b2c3d4, 1, "first", 0), whole = one + one.substr(24);
  for (size_t size = one.size() + 1; size < whole.size(); ++size) {
    const Read got = read_all(whole.substr(0, size));
    EXPECT_EQ(got.data, std::vector<std::string>{"first"});
    EXPECT_NE(got.error.find("at byte 45"), std::string::npos) << got.error;
    EXPECT_NE(got.error.find("x.pcap"), std::string::npos) << got.error;
  }
  const std::string ng = section(false) + interface(false, 1) + enhanced(false, 0, 1, "first");
  for (size_t cut = 1; cut < 32; ++cut) {
    const Read got = read_all(ng.substr(0, ng.size() - cut));
    EXPECT_TRUE(got.data.empty());
    EXPECT_NE(got.error.find("ends in the middle"), std::string::npos) << got.error;
  }
}

TEST(CaptureFile, WhatIsNoCaptureIsRefused) {
  for (const std::string& bytes :
       {""s, "abc"s, "GIF89a and more than twenty-four bytes"s, section(false).substr(0, 20)})
    EXPECT_NE(read_all(bytes).error, "") << bytes;
  std::string huge = pcap(false, 0xa1b2c3d4, 1, "x", 0);
  huge.replace(32, 4, "\xff\xff\xff\x7f"s);
  EXPECT_NE(read_all(huge).error.find("2147483647"), std::string::npos);
  std::string lengths = section(false) + interface(false, 1) + enhanced(false, 0, 1, "x");
  lengths.back() = 1;
  EXPECT_NE(read_all(lengths).error.find("differ"), std::string::npos);
  EXPECT_NE(read_all(section(false) + enhanced(false, 3, 1, "x")).error.find("interface 3"), std::string::npos);
}

TEST(Ticks, NeverLeaveTheCalendar) {
  const Time end_of_time(std::chrono::seconds(253'402'300'800));
  for (const uint64_t ticks : {uint64_t{0}, uint64_t{1} << 40, ~uint64_t{0}}) {
    for (int resolution = 0; resolution < 256; ++resolution) {
      for (const int64_t offset : {int64_t{0}, INT64_MIN, INT64_MAX}) {
        const Time at = from_ticks(ticks, static_cast<uint8_t>(resolution), offset);
        EXPECT_GE(at, Time{});
        EXPECT_LT(at, end_of_time);
      }
    }
  }
  EXPECT_EQ(from_ticks(1'500, 3, 0), Time(std::chrono::milliseconds(1'500)));
  EXPECT_EQ(from_ticks(3, 0x81, 0), Time(std::chrono::milliseconds(1'500)));
}

}  // namespace
}  // namespace plimsoll::network

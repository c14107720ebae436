#include "respond/pcapng.h"

#include <gtest/gtest.h>

#include <cstring>

#include "network/capture/file.h"

namespace plimsoll::respond {
namespace {

using network::LinkType;
using network::Packet;

std::vector<std::pair<std::string, LinkType>> read_back(const std::string& file,
                                                        std::vector<int64_t>* times = nullptr) {
  size_t at = 0;
  auto capture = network::CaptureFile::open(
      [&](uint8_t* buffer, size_t capacity) -> Result<size_t> {
        const size_t got = std::min(capacity, file.size() - at);
        std::memcpy(buffer, file.data() + at, got);
        at += got;
        return got;
      },
      "test");
  EXPECT_TRUE(capture.ok());
  std::vector<std::pair<std::string, LinkType>> out;
  Packet packet;
  for (;;) {
    const auto more = capture->next(packet);
    EXPECT_TRUE(more.ok()) << more.error().to_string();
    if (!more.ok() || !*more) return out;
    out.emplace_back(std::string(packet.bytes.begin(), packet.bytes.end()), packet.link);
    if (times) times->push_back(packet.at.time_since_epoch().count());
  }
}

Packet packet_of(const std::string& bytes, LinkType link = LinkType::ethernet) {
  Packet out;
  out.bytes = {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
  out.link = link;
  out.original_length = static_cast<uint32_t>(bytes.size());
  out.at = network::Time(
      std::chrono::duration_cast<network::Time::duration>(std::chrono::nanoseconds(1'700'000'000'123'456'000)));
  return out;
}

TEST(Pcapng, IsReadBack) {
  PacketRing ring(1 << 20);
  const std::string a = "one", b = "three..", c = std::string(1000, 'c');
  ring.add(packet_of(a));
  ring.add(packet_of(b, LinkType::linux_sll));
  ring.add(packet_of(c));
  std::vector<int64_t> times;
  const auto packets = read_back(ring.file("why\nit is kept"), &times);
  ASSERT_EQ(packets.size(), 3u);
  EXPECT_EQ(packets[0], std::pair(a, LinkType::ethernet));
  EXPECT_EQ(packets[1], std::pair(b, LinkType::linux_sll));
  EXPECT_EQ(packets[2].first, c);
  EXPECT_EQ(times[0], packet_of(a).at.time_since_epoch().count());
}

TEST(Pcapng, TheNewestAreKept) {
  PacketRing ring(10'000);
  for (int i = 0; i < 100; ++i) ring.add(packet_of(std::string(900, static_cast<char>('!' + i % 90))));
  const auto packets = read_back(ring.file(""));
  EXPECT_EQ(packets.size(), 10u);
  EXPECT_EQ(ring.left_out(), 90u);
  EXPECT_EQ(packets.back().first[0], '!' + 99 % 90);
  EXPECT_TRUE(read_back(PacketRing(100).file("")).empty());
}

}  // namespace
}  // namespace plimsoll::respond

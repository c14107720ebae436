#include "network/packet/defragment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "network/packet_for_tests.h"

namespace plimsoll::network {
namespace {

const Endpoint a4 = end("192.0.2.1", 5000), b4 = end("192.0.2.2", 53);
const Endpoint a6 = end("2001:db8::1", 5000), b6 = end("2001:db8::2", 53);
const Time now(std::chrono::seconds(1'000'000));

std::string numbered(size_t size) {
  std::string out(size, '\0');
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 7 + i / 256);
  return out;
}

std::string payload_of(const std::optional<Decoded>& whole) {
  return whole ? std::string(whole->payload.begin(), whole->payload.end()) : "nothing";
}

TEST(Defragmenter, AnyOrderAndDuplicatesGiveTheDatagram) {
  std::mt19937 random(1);
  const std::string sent = numbered(4000);
  for (const auto& [from, to] : {std::pair{a4, b4}, std::pair{a6, b6}}) {
    for (int round = 0; round < 50; ++round) {
      std::vector<std::string> pieces = fragments_of(udp_packet(from, to, sent), 8 * (1 + random() % 180), 42);
      pieces.push_back(pieces[random() % pieces.size()]);
      std::shuffle(pieces.begin(), pieces.end(), random);
      if (pieces.size() > 60) continue;
      Defragmenter defragmenter;
      std::string got;
      for (const std::string& piece : pieces) {
        const Decoded decoded = decode(packet_of(piece));
        ASSERT_EQ(decoded.kind, PacketKind::fragment);
        const auto whole = defragmenter.add(decoded, now);
        if (!whole) continue;
        EXPECT_EQ(whole->kind, PacketKind::udp);
        EXPECT_EQ(whole->source, from);
        EXPECT_EQ(decode_ip(whole->ip, static_cast<uint32_t>(whole->ip.size())).payload_length, sent.size());
        if (got.empty()) got = payload_of(whole);
      }
      EXPECT_EQ(got, sent);
    }
  }
}

// The second of three pieces overlaps the first with other bytes.
std::vector<std::string> overlapping(const Endpoint& from, const Endpoint& to) {
  const std::string first = udp_packet(from, to, std::string(40, 'a')),
                    second = udp_packet(from, to, std::string(40, 'b'));
  const auto a = fragments_of(first, 16, 9), b = fragments_of(second, 24, 9);
  return {a[0], b[0], a[1], a[2]};
}

TEST(Defragmenter, OfOverlapsTheFirstBytesStayInIpv4) {
  Defragmenter defragmenter;
  std::optional<Decoded> whole;
  for (const std::string& piece : overlapping(a4, b4)) {
    if (auto got = defragmenter.add(decode(packet_of(piece)), now)) whole = got;
  }
  EXPECT_EQ(payload_of(whole), std::string(8, 'a') + std::string(8, 'b') + std::string(24, 'a'));
}

TEST(Defragmenter, AnOverlapSpoilsAnIpv6Datagram) {
  Defragmenter defragmenter;
  for (const std::string& piece : overlapping(a6, b6)) EXPECT_FALSE(defragmenter.add(decode(packet_of(piece)), now));
  EXPECT_GE(defragmenter.lost(), 1u);
}

TEST(Defragmenter, EveryBoundIsKeptAndCounted) {
  DefragmentLimits limits;
  limits.datagrams = 10;
  limits.bytes = 64 * 1024;
  Defragmenter defragmenter(limits);
  for (uint32_t id = 0; id < 1000; ++id) {
    const auto pieces = fragments_of(udp_packet(a4, b4, std::string(3000, 'x')), 1480, id);
    EXPECT_FALSE(defragmenter.add(decode(packet_of(pieces[0])), now));
    EXPECT_LE(defragmenter.held_bytes(), limits.bytes);
  }
  EXPECT_EQ(defragmenter.lost(), 990u);
  // Too old.
  Defragmenter old;
  const auto pieces = fragments_of(udp_packet(a4, b4, std::string(2000, 'x')), 1480, 1);
  EXPECT_FALSE(old.add(decode(packet_of(pieces[0])), now));
  EXPECT_FALSE(old.add(decode(packet_of(pieces[1])), now + std::chrono::seconds(31)));
  EXPECT_EQ(old.lost(), 1u);
}

}  // namespace
}  // namespace plimsoll::network

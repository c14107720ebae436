#include "network/packet/decode.h"

#include <gtest/gtest.h>

#include "network/packet_for_tests.h"

namespace plimsoll::network {
namespace {

using namespace std::string_literals;

const Endpoint a4 = end("192.0.2.1", 40000), b4 = end("192.0.2.2", 80);
const Endpoint a6 = end("2001:db8::1", 40000), b6 = end("2001:db8::2", 80);

std::string text(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

Decoded decode_bytes(const std::string& bytes, LinkType link = LinkType::raw_ip) {
  static std::string kept;  // views point into it
  kept = bytes;
  return decode(packet_of(kept, {}, link));
}

void expect_hello(const Decoded& packet, const Endpoint& from, const Endpoint& to) {
  EXPECT_EQ(packet.kind, PacketKind::tcp);
  EXPECT_EQ(packet.source, from);
  EXPECT_EQ(packet.destination, to);
  EXPECT_EQ(text(packet.payload), "hello");
  EXPECT_EQ(packet.payload_length, 5u);
}

TEST(Decode, TcpOverBothFamiliesAndAllLinks) {
  const std::string four = tcp_packet(a4, b4, {7, 9, 0x18, {}}, "hello"),
                    six = tcp_packet(a6, b6, {7, 9, 0x18, {}}, "hello");
  expect_hello(decode_bytes(four), a4, b4);
  expect_hello(decode_bytes(six), a6, b6);
  expect_hello(decode_bytes(ethernet(four), LinkType::ethernet), a4, b4);
  expect_hello(decode_bytes(ethernet(six), LinkType::ethernet), a6, b6);
  expect_hello(decode_bytes(ethernet(four, "\x81\0\0\5"s), LinkType::ethernet), a4, b4);
  expect_hello(decode_bytes(ethernet(six, "\x88\xa8\0\5\x81\0\0\6"s), LinkType::ethernet), a6, b6);
  expect_hello(decode_bytes("\2\0\0\0"s + four, LinkType::null_loopback), a4, b4);
  expect_hello(decode_bytes("\0\0\0\x1e"s + six, LinkType::null_loopback), a6, b6);
  expect_hello(decode_bytes("\0\0\3\4\0\6\0\0\0\0\0\0\0\0\x08\0"s + four, LinkType::linux_sll), a4, b4);
  expect_hello(decode_bytes("\x86\xdd\0\0\0\0\0\1\3\4\0\6\0\0\0\0\0\0\0\0"s + six, LinkType::linux_sll2), a6, b6);
  const Decoded packet = decode_bytes(four);
  EXPECT_EQ(packet.tcp.seq, 7u);
  EXPECT_EQ(packet.tcp.ack, 9u);
  EXPECT_TRUE(packet.tcp.has(TcpFlags::psh));
}

TEST(Decode, WhatIsNoIpIsToldApartFromWhatIsBroken) {
  EXPECT_EQ(decode_bytes("\2\0\0\0\0\1\2\0\0\0\0\2\x08\6rest"s, LinkType::ethernet).kind, PacketKind::not_ip);
  EXPECT_EQ(decode_bytes("\2\0\0"s, LinkType::ethernet).kind, PacketKind::malformed);
  EXPECT_EQ(decode_bytes("").kind, PacketKind::malformed);
  // A third tag is not followed.
  const std::string tags("\x81\0\0\1\x81\0\0\2\x81\0\0\3", 12);
  EXPECT_EQ(decode_bytes(ethernet(tcp_packet(a4, b4, {}), tags), LinkType::ethernet).kind, PacketKind::not_ip);
}

TEST(Decode, EveryCutOfAPacketIsMalformedOrShorter) {
  for (const std::string& whole : {tcp_packet(a4, b4, {1, 2, 0x18, "\1\1\1\0"s}, "hello"),
                                   tcp_packet(a6, b6, {1, 2, 0x18, {}}, "hello"), udp_packet(a4, b4, "hello")}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      const std::string cut = whole.substr(0, size);
      Packet packet = packet_of(cut);
      packet.original_length = static_cast<uint32_t>(whole.size());
      const Decoded decoded = decode(packet);
      if (decoded.kind == PacketKind::malformed) continue;
      EXPECT_EQ(decoded.payload_length, 5u) << size;
      EXPECT_EQ(decoded.payload.size() + (whole.size() - size), 5u) << size;
    }
  }
}

TEST(Decode, PaddingOfShortFramesIsNoPayload) {
  const Decoded packet = decode_bytes(ethernet(udp_packet(a4, b4, "x")) + std::string(17, '\0'), LinkType::ethernet);
  EXPECT_EQ(packet.kind, PacketKind::udp);
  EXPECT_EQ(text(packet.payload), "x");
}

TEST(Decode, FramesLargerThan64KiBHaveNoLengthOfTheirOwn) {
  const std::string large(100'000, 'x');
  for (const auto& [from, to] : {std::pair{a4, b4}, std::pair{a6, b6}}) {
    std::string packet = tcp_packet(from, to, {1, 1, 0x10, {}}, large);
    if (!from.address.v4()) {  // a jumbo payload option before TCP
      packet.insert(40, "\6\0\xc2\4\0\1\x86\xb4"s);
      packet[6] = 0;
    }
    EXPECT_EQ(decode_bytes(packet).payload.size(), large.size());
  }
}

TEST(Decode, ExtensionHeadersAreFollowedUpToEight) {
  const auto chain = [](size_t count) {
    std::string packet = tcp_packet(a6, b6, {1, 1, 0x10, {}}, "hello");
    std::string headers;
    for (size_t i = 0; i < count; ++i) headers += (i + 1 == count ? "\6"s : "\x3c"s) + std::string("\0\1\4\0\0\0\0", 7);
    packet.insert(40, headers);
    packet[6] = 60;
    packet[5] = static_cast<char>(25 + headers.size());
    return packet;
  };
  expect_hello(decode_bytes(chain(1)), a6, b6);
  expect_hello(decode_bytes(chain(8)), a6, b6);
  EXPECT_EQ(decode_bytes(chain(9)).kind, PacketKind::malformed);
}

TEST(Decode, AnAtomicFragmentIsWhole) {
  std::string packet = tcp_packet(a6, b6, {1, 1, 0x10, {}}, "hello");
  packet.insert(40, "\6\0\0\0\0\0\0\x2a"s);
  packet[6] = 44;
  packet[5] = static_cast<char>(33);
  expect_hello(decode_bytes(packet), a6, b6);
}

TEST(Decode, HeadersThatContradictEachOther) {
  std::string short_header = tcp_packet(a4, b4, {});
  short_header[0] = 0x44;
  EXPECT_EQ(decode_bytes(short_header).kind, PacketKind::malformed);
  std::string long_offset = tcp_packet(a4, b4, {});
  long_offset[32] = static_cast<char>(0xf0);
  EXPECT_EQ(decode_bytes(long_offset).kind, PacketKind::malformed);
  std::string long_udp = udp_packet(a4, b4, "x");
  long_udp[25] = 100;
  EXPECT_EQ(decode_bytes(long_udp).kind, PacketKind::malformed);
  std::string more_than_wire = tcp_packet(a4, b4, {});
  more_than_wire[3] = 80;
  EXPECT_EQ(decode_bytes(more_than_wire).kind, PacketKind::malformed);
}

TEST(Decode, FastOpenIsSeen) {
  EXPECT_TRUE(decode_bytes(tcp_packet(a4, b4, {1, 0, 2, "\1\1\x22\2"s})).tcp.fast_open);
  EXPECT_TRUE(decode_bytes(tcp_packet(a4, b4, {1, 0, 2, "\xfe\4\xf9\x89"s})).tcp.fast_open);
  EXPECT_FALSE(decode_bytes(tcp_packet(a4, b4, {1, 0, 2, "\2\4\5\xb4"s})).tcp.fast_open);
  EXPECT_EQ(decode_bytes(tcp_packet(a4, b4, {1, 0, 2, "\2\0\5\xb4"s})).kind,
            PacketKind::tcp);  // options that break off
}

TEST(Decode, WhatAnIcmpErrorQuotes) {
  for (const auto& [from, to, protocol, type] :
       {std::tuple{a4, b4, 1, "\3\3\0\0"s}, std::tuple{a6, b6, 58, "\1\4\0\0"s}}) {
    const std::string lost = udp_packet(from, to, "question");
    const std::string icmp = type + "\0\0\0\0"s + lost.substr(0, from.address.v4() ? 28 : 48);
    const Decoded error = decode_bytes(ip_packet(to.address, from.address, static_cast<uint8_t>(protocol), icmp));
    ASSERT_EQ(error.kind, PacketKind::icmp);
    EXPECT_TRUE(says_unreachable(error));
    Decoded quoted;
    ASSERT_TRUE(quoted_by_icmp(error, quoted));
    EXPECT_EQ(quoted.kind, PacketKind::udp);
    EXPECT_EQ(quoted.source, from);
    EXPECT_EQ(quoted.destination, to);
  }
}

}  // namespace
}  // namespace plimsoll::network

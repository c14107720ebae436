#include "network/sensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "network/packet/decode.h"
#include "network/packet_for_tests.h"
#include "network/protocol/samples_for_tests.h"

namespace plimsoll::network {
namespace {

using namespace std::string_literals;

const Endpoint client = end("10.0.0.1", 40000), server = end("10.0.0.2", 8080);
constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: web\r\n\r\n";
constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nContent-Length: 2\r\n\r\nok";

// Hears everything, as detectors do.
struct Heard {
  std::vector<FlowEvent> events;
  std::string from_client, from_server;
  std::vector<ProbeKind> probes;
  int ticks = 0, left = 0;
};
Heard heard;  // of the test that runs; a row's function pointer can carry nothing

class Listener : public Detector {
  void on_flow(FlowEvent event, const FlowRecord&, Time, Findings&) override { heard.events.push_back(event); }
  void on_data(const FlowRecord&, bool from_client, std::string_view bytes, Time, Findings&) override {
    (from_client ? heard.from_client : heard.from_server) += bytes;
  }
  void on_probe(ProbeKind kind, const Endpoint&, const Endpoint&, Time, Findings&) override {
    heard.probes.push_back(kind);
  }
  void on_tick(Time, Findings&) override { ++heard.ticks; }
  void on_leave(const FlowRecord&, Time, Findings&) override { ++heard.left; }
};

const DetectorRow listener{
    "test", SeverityLevel::low, "", "", true, [] { return std::unique_ptr<Detector>(new Listener); }};

// Packets a millisecond apart, into a sensor with the listener.
std::vector<FlowRecord> listen(const std::vector<std::string>& packets) {
  heard = {};
  std::vector<FlowRecord> out;
  Sensor sensor({}, {&listener}, [&out](const FlowRecord& flow) { out.push_back(flow); });
  Time at(std::chrono::seconds(1'000'000));
  for (const std::string& packet : packets) sensor.packet(packet_of(packet, at += std::chrono::milliseconds(1)));
  sensor.flush();
  return out;
}

TEST(Sensor, AConnectionFromItsSynToItsFins) {
  const auto flows = listen(TcpTalk(client, server).open().client(request).server(answer).close().packets);
  ASSERT_EQ(flows.size(), 1u);
  const FlowRecord& flow = flows[0];
  EXPECT_EQ(flow.key, (FlowKey{Transport::tcp, client, server}));
  EXPECT_TRUE(flow.opener_seen);
  EXPECT_EQ(flow.state, FlowState::closed);
  EXPECT_EQ(flow.bytes_to_server, request.size());
  EXPECT_EQ(flow.bytes_to_client, answer.size());
  EXPECT_EQ(flow.packets_to_server, 5u);
  EXPECT_EQ(flow.packets_to_client, 3u);
  EXPECT_EQ(flow.last_seen - flow.first_seen, std::chrono::milliseconds(7));
  EXPECT_EQ(flow.application, "HTTP");
  EXPECT_EQ(flow.software, "nginx");
  EXPECT_EQ(heard.events,
            (std::vector{FlowEvent::opened, FlowEvent::established, FlowEvent::identified, FlowEvent::closed}));
  EXPECT_EQ(heard.from_client, request);
  EXPECT_EQ(heard.from_server, answer);
  EXPECT_EQ(heard.left, 1);
}

TEST(Sensor, EverySampleIsNamedOverBothFamilies) {
  for (const Sample& sample : samples()) {
    for (const char* address : {"10.0.0.1", "2001:db8::1"}) {
      const Endpoint from = end(address, 45'000), to = end(address, sample.port);
      std::vector<std::string> packets;
      if (sample.transport == Transport::udp) {
        packets = {udp_packet(from, to, sample.client), udp_packet(to, from, sample.server)};
      } else {
        TcpTalk talk(from, to);
        talk.open();
        if (sample.server_first) talk.server(sample.server);
        if (!sample.client.empty()) talk.client(sample.client);
        if (!sample.server_first) talk.server(sample.server);
        packets = talk.close().packets;
      }
      const auto flows = flows_of(packets);
      ASSERT_EQ(flows.size(), 1u) << sample.name;
      EXPECT_EQ(flows[0].application, sample.application) << sample.name;
      EXPECT_EQ(flows[0].application_version, sample.version) << sample.name;
      EXPECT_EQ(flows[0].server_name, sample.server_name) << sample.name;
      EXPECT_EQ(flows[0].software, sample.software) << sample.name;
      EXPECT_EQ(flows[0].software_version, sample.software_version) << sample.name;
    }
  }
}

TEST(Sensor, EverySampleIsNamedByteByByte) {
  for (const Sample& sample : samples()) {
    if (sample.transport == Transport::udp) continue;
    TcpTalk talk(client, end("10.0.0.2", sample.port));
    talk.open();
    const auto spell = [&talk](bool from_client, const std::string& bytes) {
      for (const char c : bytes) talk.raw(from_client, 0x18, std::string(1, c));
    };
    if (sample.server_first) spell(false, sample.server);
    spell(true, sample.client);
    if (!sample.server_first) spell(false, sample.server);
    const auto flows = flows_of(talk.close().packets);
    ASSERT_EQ(flows.size(), 1u);
    EXPECT_EQ(flows[0].application, sample.application) << sample.name;
    EXPECT_EQ(flows[0].software, sample.software) << sample.name;
  }
}

TEST(Sensor, HowAConnectionEnds) {
  const auto state_of = [](const TcpTalk& talk) { return flows_of(talk.packets).at(0).state; };
  EXPECT_EQ(state_of(TcpTalk(client, server).raw(true, 0x02)), FlowState::unanswered);
  EXPECT_EQ(state_of(TcpTalk(client, server).raw(true, 0x02).raw(false, 0x14)), FlowState::refused);
  EXPECT_EQ(state_of(TcpTalk(client, server).raw(true, 0x02).raw(false, 0x12).raw(true, 0x04)), FlowState::reset);
  EXPECT_EQ(state_of(TcpTalk(client, server).open()), FlowState::established);
  EXPECT_EQ(state_of(TcpTalk(client, server).open().client("x").raw(false, 0x14)), FlowState::reset);
  EXPECT_EQ(state_of(TcpTalk(client, server).open().raw(true, 0x11)), FlowState::established);
  EXPECT_EQ(state_of(TcpTalk(client, server).open().close()), FlowState::closed);
}

TEST(Sensor, AResetWithAWrongNumberHoldsOnlyIfNothingFollows) {
  auto packets = TcpTalk(client, server).open().client("x").packets;
  packets.push_back(tcp_packet(server, client, {12'345, 0, 0x04, {}}));
  EXPECT_EQ(flows_of(packets).at(0).state, FlowState::reset);
  packets.push_back(tcp_packet(client, server, {1002, 0xffff'ff01, 0x18, {}}, "y"));
  EXPECT_EQ(flows_of(packets).at(0).state, FlowState::established);
}

// The same bytes, whatever the network did to the segments between handshake and end.
TEST(Sensor, SegmentsInAnyOrderTellTheSame) {
  std::mt19937 random(11);
  const std::string body = std::string(request) + std::string(3000, 'b');
  for (int round = 0; round < 40; ++round) {
    std::vector<std::string> segments;
    for (size_t at = 0; at < body.size();) {
      const size_t size = 1 + random() % 300;
      segments.push_back(
          tcp_packet(client, server, {1001 + static_cast<uint32_t>(at), 0xffff'ff01, 0x18, {}}, body.substr(at, size)));
      if (random() % 3 == 0) segments.push_back(segments.back());
      at += size;
    }
    std::shuffle(segments.begin(), segments.end(), random);
    std::vector<std::string> packets = TcpTalk(client, server).open().packets;
    packets.insert(packets.end(), segments.begin(), segments.end());
    packets.push_back(
        tcp_packet(server, client, {0xffff'ff01, 1001 + static_cast<uint32_t>(body.size()), 0x18, {}}, answer));
    const auto flows = listen(packets);
    ASSERT_EQ(flows.size(), 1u);
    ASSERT_EQ(heard.from_client, body) << round;
    EXPECT_EQ(flows[0].application, "HTTP");
  }
}

TEST(Sensor, FromItsMiddleOn) {
  auto whole = TcpTalk(client, server).open().client(request).server(answer).client(request).server(answer).packets;
  whole.erase(whole.begin(), whole.begin() + 4);  // begins with the first answer
  const auto flows = flows_of(whole);
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].key.server, server);
  EXPECT_FALSE(flows[0].opener_seen);
  EXPECT_EQ(flows[0].state, FlowState::established);
  EXPECT_EQ(flows[0].application, "HTTP");
  // The SYN alone is missing: who opened it is sure.
  auto late = TcpTalk(client, server).open().client(request).server(answer).packets;
  late.erase(late.begin());
  EXPECT_TRUE(flows_of(late).at(0).opener_seen);
}

TEST(Sensor, DataInTheSynCountsWhenTheServerTakesIt) {
  const std::string syn = tcp_packet(client, server, {1000, 0, 0x02, "\x22\2\1\1"s}, request);
  const auto size = static_cast<uint32_t>(request.size());
  (void)listen({syn, tcp_packet(server, client, {5000, 1001 + size, 0x12, {}}),
                tcp_packet(client, server, {1001 + size, 5001, 0x10, {}}),
                tcp_packet(client, server, {1001 + size, 5001, 0x18, {}}, "more")});
  EXPECT_EQ(heard.from_client, std::string(request) + "more");
  (void)listen({syn, tcp_packet(server, client, {5000, 1001, 0x12, {}}),
                tcp_packet(client, server, {1001, 5001, 0x18, {}}, "other")});
  EXPECT_EQ(heard.from_client, "other");
}

TEST(Sensor, OneSideAloneIsSeenToo) {
  auto packets = TcpTalk(client, server).open().client(request).server(answer).packets;
  std::vector<std::string> asked = {packets[0], packets[2], packets[3]};
  const auto flows = flows_of(asked);
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].state, FlowState::established);
  EXPECT_EQ(flows[0].application, "HTTP");  // likely is enough when nothing more comes
}

TEST(Sensor, ANewConnectionBetweenTheSameEndsIsAnother) {
  auto packets = TcpTalk(client, server).open().client(request).server(answer).close().packets;
  const auto again = TcpTalk(client, server).open().packets;
  packets.insert(packets.end(), again.begin(), again.end());
  const auto flows = listen(packets);
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(std::count(heard.events.begin(), heard.events.end(), FlowEvent::opened), 2);
}

TEST(Sensor, UdpConversations) {
  const Endpoint from = end("2001:db8::1", 40000), to = end("2001:db8::2", 9999);
  auto flows = listen({udp_packet(from, to, "a"), udp_packet(to, from, "bb"), udp_packet(from, to, "ccc")});
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].state, FlowState::established);
  EXPECT_EQ(flows[0].bytes_to_server, 4u);
  EXPECT_EQ(flows[0].bytes_to_client, 2u);
  EXPECT_EQ(heard.events, (std::vector{FlowEvent::opened, FlowEvent::established}));
  const std::string lost = udp_packet(from, to, "a");
  flows = listen({lost, ip_packet(to.address, from.address, 58, "\1\4\0\0\0\0\0\0"s + lost.substr(0, 48))});
  EXPECT_EQ(flows.at(0).state, FlowState::refused);
  EXPECT_EQ(heard.events, (std::vector{FlowEvent::opened, FlowEvent::refused}));
  EXPECT_EQ(flows_of({lost}).at(0).state, FlowState::unanswered);
}

TEST(Sensor, NamesThatWereLookedUp) {
  const Endpoint resolver = end("10.0.0.53", 53), outside = end("192.0.2.7", 443), asker = end("10.0.0.1", 5353);
  for (const Sample& sample : samples()) {
    if (sample.name != "DNS") continue;  // www.example.test is 192.0.2.7
    std::vector<std::string> packets = {udp_packet(asker, resolver, sample.client),
                                        udp_packet(resolver, asker, sample.server)};
    for (const Endpoint& from : {end("10.0.0.1", 40000), end("10.0.0.9", 40000)})
      packets.push_back(tcp_packet(from, outside, {1, 0, 0x02, {}}));
    const auto flows = flows_of(packets);
    ASSERT_EQ(flows.size(), 3u);
    EXPECT_EQ(flows[0].looked_up_as, "www.example.test");
    EXPECT_EQ(flows[1].looked_up_as, "");  // 10.0.0.9 did not ask
  }
}

TEST(Sensor, FragmentsAreOneDatagram) {
  const auto flows = listen(fragments_of(udp_packet(client, server, std::string(4000, 'x')), 1480, 5));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].bytes_to_server, 4000u);
  EXPECT_EQ(heard.from_client.size(), 4000u);
}

TEST(Sensor, ProbesOpenNoFlow) {
  EXPECT_TRUE(listen({tcp_packet(client, server, {1, 0, 0x00, {}}), tcp_packet(client, server, {1, 0, 0x01, {}}),
                      tcp_packet(client, server, {1, 0, 0x29, {}}), tcp_packet(client, server, {1, 0, 0x10, {}}),
                      tcp_packet(client, server, {1, 0, 0x04, {}})})
                  .empty());
  EXPECT_EQ(heard.probes, (std::vector{ProbeKind::null, ProbeKind::fin, ProbeKind::xmas, ProbeKind::ack}));
}

TEST(Sensor, IdleFlowsLeaveByThePacketsOwnTime) {
  std::vector<FlowRecord> left;
  Sensor sensor({}, {}, [&left](const FlowRecord& flow) { left.push_back(flow); });
  const Time begin(std::chrono::seconds(1'000'000));
  const std::vector<std::string> packets = TcpTalk(client, server).open().packets;
  for (const std::string& packet : packets) sensor.packet(packet_of(packet, begin));
  sensor.packet(packet_of(udp_packet(end("10.0.0.3", 40001), server, "x"), begin));
  EXPECT_EQ(sensor.flows().size(), 2u);
  sensor.expire(begin + std::chrono::seconds(31));
  EXPECT_EQ(left.size(), 1u);  // the datagram that nobody answered
  sensor.expire(begin + std::chrono::seconds(299));
  EXPECT_EQ(left.size(), 1u);
  sensor.expire(begin + std::chrono::seconds(302));
  EXPECT_EQ(left.size(), 2u);
  EXPECT_TRUE(sensor.flows().empty());
}

TEST(Sensor, TheTableNeverGrowsBeyondItsBound) {
  SensorLimits limits;
  limits.flows = 1000;
  uint64_t left = 0;
  Sensor sensor(limits, {}, [&left](const FlowRecord&) { ++left; });
  const auto kept = TcpTalk(client, server).open().client(request).packets;
  Time at(std::chrono::seconds(1'000'000));
  for (const std::string& packet : kept) sensor.packet(packet_of(packet, at));
  for (uint32_t i = 0; i < 50'000; ++i) {
    const uint8_t raw[4] = {11, static_cast<uint8_t>(i >> 16), static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    sensor.packet(
        packet_of(tcp_packet({address_of_v4(raw), 1}, server, {1, 0, 0x02, {}}), at += std::chrono::microseconds(10)));
  }
  EXPECT_EQ(sensor.flows().size(), 1000u);
  EXPECT_EQ(sensor.counts().flows_opened, 50'001u);
  EXPECT_EQ(sensor.counts().flows_evicted, 49'001u);
  EXPECT_EQ(left, 49'001u);
  // A flood of openings does not push out what is established.
  const auto flows = sensor.flows();
  EXPECT_TRUE(
      std::any_of(flows.begin(), flows.end(), [](const FlowRecord& flow) { return flow.key.client == client; }));
}

TEST(Sensor, WhatItCouldNotReadIsCounted) {
  Sensor sensor({}, {}, {});
  sensor.packet(packet_of("\2\0\0\0\0\1\2\0\0\0\0\2\x08\6arp"s, {}, LinkType::ethernet));
  sensor.packet(packet_of("\x45", {}));
  const std::string whole = udp_packet(client, server, std::string(100, 'x'));
  Packet cut = packet_of(whole);
  cut.bytes = cut.bytes.first(60);
  sensor.packet(cut);
  const SensorCounts& counts = sensor.counts();
  EXPECT_EQ(counts.packets, 3u);
  EXPECT_EQ(counts.not_ip, 1u);
  EXPECT_EQ(counts.malformed, 1u);
  EXPECT_EQ(counts.cut, 1u);
  EXPECT_EQ(counts.bytes, 17u + 1 + 128);
  EXPECT_EQ(sensor.flows().at(0).bytes_to_server, 100u);
}

TEST(Sensor, TheSamePacketOnTwoInterfacesCountsOnce) {
  Sensor sensor({}, {}, {});
  const auto sll = [](const std::string& ip) { return "\0\4\3\4\0\6\0\0\0\0\0\0\0\0\x08\0"s + ip; };
  const Time at(std::chrono::seconds(1'000'000));
  const std::vector<std::string> packets = TcpTalk(client, server).open().client(request).packets;
  for (const std::string& packet : packets) {
    sensor.packet(packet_of(sll(packet), at, LinkType::linux_sll));
    sensor.packet(packet_of(sll(packet), at + std::chrono::microseconds(3), LinkType::linux_sll));
  }
  EXPECT_EQ(sensor.counts().doubled, 4u);
  EXPECT_EQ(sensor.flows().at(0).packets_to_server, 3u);
  EXPECT_EQ(sensor.flows().at(0).bytes_to_server, request.size());
}

TEST(Sensor, NdpiNamesWhatWeHaveNoRecogniserFor) {
  auto talk = TcpTalk(client, end("10.0.0.2", 7002));
  talk.open()
      .server("220 mail.test ESMTP Postfix\r\n")
      .client("EHLO client.test\r\n")
      .server("250-mail.test\r\n250 PIPELINING\r\n");
  talk.client("MAIL FROM:<a@b.test>\r\n")
      .server("250 2.1.0 Ok\r\n")
      .client("RCPT TO:<c@d.test>\r\n")
      .server("250 2.1.5 Ok\r\n");
  EXPECT_EQ(flows_of(talk.packets).at(0).application, "SMTP");
  // A port alone gives no name.
  EXPECT_EQ(
      flows_of(TcpTalk(client, end("10.0.0.2", 3306)).open().client("\1\2\3\4\5\6\7\x08").packets).at(0).application,
      "");
}

// Protocols that are nDPI's alone, by the names that people know.
TEST(Sensor, NdpiNamesTheRest) {
  struct Case {
    const char* name;
    Transport transport;
    uint16_t from, to;
    std::string client, server;
  };
  const auto tcp = Transport::tcp, udp = Transport::udp;
  const std::string dhcp = "\1\1\6\0abcd\0\0\0\0"s + std::string(16, '\0') + std::string(208, '\0') +
                           "\x63\x82\x53\x63\x35\1\1\xff"s + std::string(60, '\0');
  for (
      const Case& one : {
          Case{"NTP", udp, 40'000, 123, "\x23\0\6\xec"s + std::string(44, '\0'),
               "\x24\2\6\xec"s + std::string(44, 'n')},
          Case{"DHCP", udp, 68, 67, dhcp, ""},
          Case{"TFTP", udp, 40'000, 69, "\0\1boot.img\0octet\0"s, ""},
          Case{"SIP", udp, 5060, 5060,
               "OPTIONS sip:b@b.test SIP/2.0\r\nVia: SIP/2.0/UDP a.test\r\nCSeq: 1 OPTIONS\r\n\r\n",
               "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a.test\r\nCSeq: 1 OPTIONS\r\n\r\n"},
          Case{"RADIUS", udp, 40'000, 1812, "\1\7\0\x1b"s + std::string(16, 'r') + "\1\7alice"s,
               "\2\7\0\x14"s + std::string(16, 'a')},
          Case{"Syslog", udp, 40'000, 514, "<34>Oct 11 22:14:15 host su: failed for x on /dev/pts/8", ""},
          Case{"RTSP", tcp, 40'000, 554, "DESCRIBE rtsp://cam.test/1 RTSP/1.0\r\nCSeq: 1\r\n\r\n",
               "RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 0\r\n\r\n"},
          Case{
              "SQL Server (TDS)", tcp, 40'000, 1433,
              "\x12\1\0\x2f\0\0\1\0\0\0\x1a\0\6\1\0\x20\0\1\2\0\x21\0\1\3\0\x22\0\4\4\0\x26\0\1\xff\x11\0\0\1\0\0\0\0\0\0\0\0\0"s
                  .substr(0, 47),
              "\4\1\0\x2b\0\0\1\0"s + std::string(35, '\1')},
      }) {
    const Endpoint from = end("10.0.0.1", one.from), to = end("10.0.0.2", one.to);
    std::vector<std::string> packets;
    if (one.transport == udp) {
      packets = {udp_packet(from, to, one.client)};
      if (!one.server.empty()) packets.push_back(udp_packet(to, from, one.server));
    } else {
      packets = TcpTalk(from, to).open().client(one.client).server(one.server).client(one.client).packets;
    }
    EXPECT_EQ(flows_of(packets).at(0).application, one.name);
  }
}

TEST(Sensor, TwiceTheSameIsTheSame) {
  std::vector<std::string> packets;
  for (uint16_t i = 0; i < 200; ++i) {
    const auto one = TcpTalk(end("10.0.0.1", static_cast<uint16_t>(20'000 + i)), server)
                         .open()
                         .client(request)
                         .server(answer)
                         .close()
                         .packets;
    packets.insert(packets.end(), one.begin(), one.end());
  }
  EXPECT_EQ(flows_of(packets), flows_of(packets));
}

}  // namespace
}  // namespace plimsoll::network

#include <gtest/gtest.h>

#include "network/detect/detector_for_tests.h"
#include "network/detect/rows.h"

namespace plimsoll::network {
namespace {

using namespace std::chrono_literals;

void refused(Watched& watched, std::string_view client, std::string_view server, uint16_t port) {
  const FlowRecord flow = watched.flow(client, 40'000, server, port);
  watched.event(FlowEvent::opened, flow);
  watched.event(FlowEvent::refused, flow);
}

TEST(ScanPorts, ManyClosedPortsOfOneTarget) {
  for (const auto& [client, server] : {std::pair("198.51.100.7", "10.0.0.2"), std::pair("2001:db8::7", "fd00::2")}) {
    Watched watched(scan_ports_row);
    for (uint16_t port = 1; port <= 19; ++port) refused(watched, client, server, port);
    EXPECT_TRUE(watched.findings().empty());
    refused(watched, client, server, 20);
    ASSERT_EQ(watched.findings().size(), 1u);
    const Finding found = watched.findings()[0];
    EXPECT_EQ(found.detector, "net.scan.ports");
    EXPECT_EQ(found.technique, "T1046");
    EXPECT_EQ(found.source.address, *parse_address(client));
    EXPECT_EQ(found.target, end_at(server, 0));
    EXPECT_EQ(found.count, 20u);
    EXPECT_NE(found.evidence.find("20 closed or unanswered ports within 60 s: 1, 2, 3"), std::string::npos)
        << found.evidence;
  }
}

TEST(ScanPorts, PortsThatDoNotAnswerCountAfterASecond) {
  Watched watched(scan_ports_row);
  for (uint16_t port = 1; port <= 25; ++port) {
    watched.event(FlowEvent::opened, watched.flow("198.51.100.7", 40'000, "10.0.0.2", port));
  }
  EXPECT_TRUE(watched.findings().empty());
  watched.pass(2s);
  EXPECT_EQ(watched.findings().size(), 1u);
}

TEST(ScanPorts, SlowOnesAreSeenWithinTheHour) {
  Watched watched(scan_ports_row);
  for (uint16_t port = 1; port <= 50; ++port) {
    EXPECT_TRUE(watched.findings().empty());
    refused(watched, "198.51.100.7", "10.0.0.2", port);
    watched.pass(65s);
  }
  ASSERT_EQ(watched.findings().size(), 1u);
  EXPECT_NE(watched.findings()[0].evidence.find("within an hour"), std::string::npos);
}

TEST(ScanPorts, SegmentsWithoutAConnection) {
  for (const ProbeKind kind : {ProbeKind::null, ProbeKind::fin, ProbeKind::xmas}) {
    Watched watched(scan_ports_row);
    for (uint16_t port = 1; port <= 5; ++port) {
      watched.probe(kind, end_at("198.51.100.7", 4000), end_at("10.0.0.2", port));
    }
    EXPECT_EQ(watched.findings().size(), 1u);
  }
}

// The rest of connections that began before the sensor did.
TEST(ScanPorts, AFewBareAcksAreNone) {
  Watched watched(scan_ports_row);
  for (int i = 0; i < 100; ++i) {
    watched.probe(ProbeKind::ack, end_at("198.51.100.7", 4000), end_at("10.0.0.2", static_cast<uint16_t>(i % 10)));
  }
  EXPECT_TRUE(watched.findings().empty());
  for (uint16_t port = 100; port < 120; ++port) {
    watched.probe(ProbeKind::ack, end_at("198.51.100.7", 4000), end_at("10.0.0.2", port));
  }
  EXPECT_EQ(watched.findings().size(), 1u);
}

TEST(ScanPorts, OneSlash64IsOneSource) {
  Watched watched(scan_ports_row);
  for (uint16_t port = 1; port <= 20; ++port) {
    refused(watched, "2001:db8::" + std::to_string(port), "fd00::2", port);
  }
  EXPECT_EQ(watched.findings().size(), 1u);
}

TEST(ScanPorts, OpenPortsAreNoScanHoweverMany) {
  Watched watched(scan_ports_row);
  for (int round = 0; round < 10; ++round) {
    for (uint16_t port = 9000; port < 9100; ++port) {
      const FlowRecord flow = watched.flow("10.0.0.9", 40'000, "10.0.0.2", port);
      watched.event(FlowEvent::opened, flow);
      watched.event(FlowEvent::established, flow);
    }
    watched.pass(15s);
  }
  EXPECT_TRUE(watched.findings().empty());
}

TEST(ScanPorts, OneClosedPortAskedForeverIsNoScan) {
  Watched watched(scan_ports_row);
  for (int i = 0; i < 1000; ++i) {
    refused(watched, "10.0.0.9", "10.0.0.2", 8080);
    watched.pass(1s);
  }
  EXPECT_TRUE(watched.findings().empty());
}

TEST(ScanPorts, TracerouteAndStrayAnswersAreNoScan) {
  Watched watched(scan_ports_row);
  for (uint16_t i = 0; i < 60; ++i) {
    const uint16_t port = static_cast<uint16_t>(33'434 + i), client_port = static_cast<uint16_t>(40'000 + i);
    watched.event(FlowEvent::opened, watched.flow("10.0.0.9", 50'000, "198.51.100.1", port, Transport::udp));
    watched.event(FlowEvent::opened, watched.flow("10.0.0.53", 53, "10.0.0.9", client_port, Transport::udp));
  }
  watched.pass(5s);
  EXPECT_TRUE(watched.findings().empty());
}

TEST(ScanPorts, CountsWhatItsTableForgot) {
  Watched watched(scan_ports_row);
  for (uint32_t i = 0; i < 20'000; ++i) {
    FlowRecord flow = watched.flow("10.0.0.0", 4000, "10.0.0.2", 80);
    flow.key.client.address.bytes[13] = static_cast<uint8_t>(i >> 16);
    flow.key.client.address.bytes[14] = static_cast<uint8_t>(i >> 8);
    flow.key.client.address.bytes[15] = static_cast<uint8_t>(i);
    watched.event(FlowEvent::opened, flow);
  }
  ASSERT_EQ(watched.losses().size(), 1u);
  EXPECT_EQ(watched.losses()[0].what, "detector net.scan.ports");
}

}  // namespace
}  // namespace plimsoll::network

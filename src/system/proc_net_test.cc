#include "system/proc_net.h"

#include <gtest/gtest.h>

namespace plimsoll::system {
namespace {

constexpr const char* kHeading =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

TEST(ProcNet, ReadsListenersAndConnections) {
  const auto table =
      parse_sockets(std::string(kHeading) +
                        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000 "
                        "       0 4242 1 0000000000000000 100 0 0 10 0\n"
                        "   1: 020200C0:0050 050200C0:C350 01 00000000:00000000 00:00000000 00000000     0 "
                        "       0 4243 1 0000000000000000 20 4 30 10 -1\n",
                    Transport::tcp);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_TRUE(table.complete);
  EXPECT_EQ(table.rows[0].local_address, "127.0.0.1");
  EXPECT_EQ(table.rows[0].local_port, 8080);
  EXPECT_EQ(table.rows[0].inode, 4242U);
  EXPECT_EQ(table.rows[0].uid, 1000U);
  EXPECT_TRUE(table.rows[0].listens());
  EXPECT_FALSE(table.rows[0].established());
  EXPECT_EQ(table.rows[1].remote_address, "192.0.2.5");
  EXPECT_EQ(table.rows[1].remote_port, 50000);
  EXPECT_TRUE(table.rows[1].established());
}

TEST(ProcNet, MappedAddressesAreGivenAsIpv4) {
  const auto table =
      parse_sockets(std::string(kHeading) +
                        "0: 0000000000000000FFFF0000020200C0:0050 0000000000000000FFFF0000050200C0:1234 01 "
                        "0:0 0:0 0 0 0 7 1\n"
                        "1: 00000000000000000000000001000000:0035 00000000000000000000000000000000:0000 0A "
                        "0:0 0:0 0 0 0 8 1\n",
                    Transport::tcp);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].local_address, "192.0.2.2");
  EXPECT_EQ(table.rows[0].remote_address, "192.0.2.5");
  EXPECT_EQ(table.rows[1].local_address, "::1");
  EXPECT_EQ(table.rows[1].remote_address, "::");
}

TEST(ProcNet, UdpListensWhenBoundAndUnconnected) {
  const auto table = parse_sockets(std::string(kHeading) +
                                       "0: 00000000:0035 00000000:0000 07 0:0 0:0 0 0 0 7 2\n"
                                       "1: 0100007F:8000 0100007F:0035 01 0:0 0:0 0 0 0 8 2\n",
                                   Transport::udp);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_TRUE(table.rows[0].listens());
  EXPECT_FALSE(table.rows[1].listens());
  EXPECT_TRUE(table.rows[1].established());
}

TEST(ProcNet, BrokenLinesAreReportedNotSkippedSilently) {
  const auto table =
      parse_sockets(std::string(kHeading) + "0: zz:0035 00000000:0000 0A 0:0 0:0 0 0 0 7 2\n", Transport::tcp);
  EXPECT_TRUE(table.rows.empty());
  EXPECT_FALSE(table.complete);
  EXPECT_TRUE(parse_sockets(kHeading, Transport::tcp).complete);
}

TEST(ProcNet, UnixListenersOnly) {
  const auto list = parse_unix_listeners(
      "Num       RefCount Protocol Flags    Type St Inode Path\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 20481 /run/docker.sock\n"
      "0000000000000000: 00000003 00000000 00000000 0001 03 20482 /run/docker.sock\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 20483 @/abstract\n"
      "0000000000000000: 00000002 00000000 00010000 0001 01 20484 /run/with blank.sock\n");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].path, "/run/docker.sock");
  EXPECT_EQ(list[0].inode, 20481U);
  EXPECT_EQ(list[1].path, "/run/with blank.sock");
}

TEST(ProcNet, DefaultRoutes) {
  const std::string heading = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
  EXPECT_TRUE(has_default_route4(heading + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"));
  EXPECT_FALSE(has_default_route4(heading + "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"));
  EXPECT_FALSE(has_default_route4(heading + "*\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n"));
  EXPECT_FALSE(has_default_route4(heading));
  const std::string zero(32, '0');
  EXPECT_TRUE(has_default_route6(zero + " 00 " + zero + " 00 fd" + std::string(30, '1') +
                                 " 00000400 00000002 00000000 00000003     eth0\n"));
  EXPECT_FALSE(
      has_default_route6(zero + " 00 " + zero + " 00 " + zero + " ffffffff 00000001 00000000 00200200       lo\n"));
}

TEST(ProcNet, LocalAddresses) {
  const auto four = parse_local_addresses4(
      "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 192.0.2.0\n        /24 link UNICAST\n     |-- 192.0.2.2\n        /32 "
      "host LOCAL\n"
      "     |-- 127.0.0.1\n        /32 host LOCAL\nLocal:\n     |-- 192.0.2.2\n        /32 host LOCAL\n");
  EXPECT_EQ(four, std::vector<std::string>{"192.0.2.2"});
  const auto six = parse_local_addresses6(
      "fd000000000000000000000000000002 02 40 00 80 eth0\n00000000000000000000000000000001 01 80 10 80 lo\nbroken\n");
  EXPECT_EQ(six, std::vector<std::string>{"fd00::2"});
}

}  // namespace
}  // namespace plimsoll::system

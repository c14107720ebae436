// Against datagrams recorded from a kernel (tests/fuzz/seeds), and what breaks their format.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "network/tables/netlink_socket.h"
#include "network/tables/tap.h"

namespace plimsoll::network {
namespace {

std::string recorded(const std::string& name) {
  std::ifstream in(std::string(PLIMSOLL_SOURCE_DIR) + "/tests/fuzz/seeds/" + name, std::ios::binary);
  std::string out{std::istreambuf_iterator<char>(in), {}};
  EXPECT_FALSE(out.empty()) << name;
  return out;
}

std::vector<SocketSeen> sockets_in(const std::string& datagram, std::optional<Transport> kind) {
  std::vector<SocketSeen> out;
  (void)each_message(datagram, [&](uint16_t, std::string_view payload) {
    if (const auto socket = read_socket(payload, kind)) out.push_back(*socket);
  });
  return out;
}

std::vector<Tracked> tracked_in(const std::string& datagram) {
  std::vector<Tracked> out;
  (void)each_message(datagram, [&](uint16_t type, std::string_view payload) {
    if (const auto entry = read_tracked(type, payload)) out.push_back(*entry);
  });
  return out;
}

TEST(SocketDiag, ReadsListenersAndBothEndsOfAConnection) {
  const auto sockets = sockets_in(recorded("socket_diag/tcp4"), Transport::tcp);
  ASSERT_FALSE(sockets.empty());
  EXPECT_TRUE(std::ranges::any_of(sockets, &SocketSeen::listens));
  const auto one = std::ranges::find(sockets, socket_established, &SocketSeen::state);
  ASSERT_NE(one, sockets.end());
  const auto other = std::ranges::find_if(
      sockets, [&](const SocketSeen& socket) { return socket.local == one->remote && socket.remote == one->local; });
  ASSERT_NE(other, sockets.end());
  EXPECT_NE(one->cookie, other->cookie);
  EXPECT_NE(one->cgroup, 0U);
  EXPECT_NE(one->inode, 0U);
  EXPECT_EQ(std::max(one->bytes_received, other->bytes_received), 100U);
  EXPECT_EQ(to_text(one->local.address), "127.0.0.1");
}

TEST(SocketDiag, ReadsIpv6) {
  const auto sockets = sockets_in(recorded("socket_diag/tcp6"), Transport::tcp);
  EXPECT_TRUE(std::ranges::any_of(sockets, [](const SocketSeen& socket) {
    return socket.state == socket_established && to_text(socket.local.address) == "::1";
  }));
}

TEST(SocketDiag, ASocketThatEndedTellsItsProtocolItself) {
  const auto ended = sockets_in(recorded("socket_diag/ended0"), std::nullopt);
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].transport, Transport::tcp);
  EXPECT_NE(ended[0].remote.port, 0U);
  const auto datagram = sockets_in(recorded("socket_diag/ended2"), std::nullopt);
  ASSERT_EQ(datagram.size(), 1U);
  EXPECT_EQ(datagram[0].transport, Transport::udp);
}

TEST(SocketDiag, AnyCutIsLeftOut) {
  const std::string whole = recorded("socket_diag/udp4");
  const size_t all = sockets_in(whole, Transport::udp).size();
  ASSERT_GT(all, 0U);
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_LE(sockets_in(whole.substr(0, length), Transport::udp).size(), all);
  EXPECT_TRUE(sockets_in(whole.substr(0, 60), Transport::udp).empty());
}

TEST(SocketDiag, WithoutAListenerTheOneWithTheFreePortOpened) {
  SocketSeen socket;
  socket.local.port = 40000;
  socket.remote.port = 80;
  EXPECT_EQ(sighting_of_socket(socket, false, 1, false, Time{}).side, Side::client);
  std::swap(socket.local, socket.remote);
  EXPECT_EQ(sighting_of_socket(socket, false, 1, false, Time{}).side, Side::server);
  EXPECT_FALSE(sighting_of_socket(socket, false, 1, false, Time{}).side_known);
  EXPECT_TRUE(sighting_of_socket(socket, true, 1, false, Time{}).side_known);
}

TEST(Conntrack, ReadsEventsOfAConnection) {
  const auto first = tracked_in(recorded("conntrack/event0"));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].event, Tracked::Event::present);
  EXPECT_FALSE(first[0].translated());
  EXPECT_FALSE(first[0].answered);
  EXPECT_EQ(to_text(first[0].original.client.address), "127.0.0.1");
  const auto dump = tracked_in(recorded("conntrack/dump"));
  EXPECT_FALSE(dump.empty());
}

TEST(Conntrack, OfAnotherSubsystemOrCutIsNothing) {
  const std::string whole = recorded("conntrack/event0");
  const std::string_view payload = std::string_view(whole).substr(16);
  ASSERT_TRUE(read_tracked(0x0100, payload));
  EXPECT_FALSE(read_tracked(0x0200, payload));
  EXPECT_FALSE(read_tracked(0x0103, payload));
  EXPECT_FALSE(read_tracked(0x0100, payload.substr(0, 40)));
  EXPECT_FALSE(read_tracked(0x0100, ""));
}

TEST(NetlinkMessages, AnErrorAndALengthThatDoesNotFitAreErrors) {
  const auto none = [](uint16_t, std::string_view) {};
  EXPECT_FALSE(each_message(std::string("\x08\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0", 16), none).ok());
  const std::string denied("\x14\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff", 20);
  const auto answer = each_message(denied, none);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::denied);
}

TEST(NameSpaces, WorkInOneLeavesTheThreadWhereItWas) {
  const auto own = name_space_of(static_cast<int>(::getpid()));
  if (!own.ok()) GTEST_SKIP() << own.error().to_string();
  int there = 0;
  const Status status = inside(*own, [&]() -> Status {
    there = 1;
    return Done{};
  });
  if (!status.ok()) GTEST_SKIP() << status.error().to_string();
  EXPECT_EQ(there, 1);
}

}  // namespace
}  // namespace plimsoll::network

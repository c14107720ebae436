#include "network/bpf/read_records.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

namespace plimsoll::network::bpf {
namespace {

plimsoll_tcp_record record(uint8_t kind, uint8_t flags) {
  plimsoll_tcp_record out{};
  out.kind = kind;
  out.flags = flags;
  out.local_port = 40000;
  out.remote_port = 80;
  out.network_namespace = 7;
  out.cgroup = 215;
  out.pid = 12;
  std::memcpy(out.process, "curl", 5);
  out.opened_at = 1'000'000;
  out.at = 2'000'000;
  return out;
}

TcpNews read(const plimsoll_tcp_record& from) {
  return read_tcp_record({reinterpret_cast<const char*>(&from), sizeof from}, {});
}

TEST(KernelRecords, AClientsSocketTellsItsOwnerAndWithoutSynAndFinWhatItSent) {
  auto raw = record(plimsoll_tcp_closed, plimsoll_is_client | plimsoll_role_known | plimsoll_was_established |
                                             plimsoll_fin_received | plimsoll_fin_acked);
  raw.old_state = 5;
  raw.bytes_acked = 37;
  raw.bytes_received = 71;
  const TcpNews news = read(raw);
  ASSERT_TRUE(news.sighting);
  const FlowRecord& flow = news.sighting->flow;
  EXPECT_EQ(news.sighting->side, Side::client);
  EXPECT_EQ(flow.key.server.port, 80);
  EXPECT_EQ(flow.client_owner, (Owner{7, 215, 12, "curl"}));
  EXPECT_EQ(flow.bytes_to_server, 35U);
  EXPECT_EQ(flow.bytes_to_client, 70U);
  EXPECT_EQ(flow.state, FlowState::closed);
  EXPECT_LT(flow.first_seen, flow.last_seen);
}

TEST(KernelRecords, HowAConnectionEndedIsTold) {
  const auto state = [](uint8_t flags, int error, uint8_t old_state) {
    auto raw = record(plimsoll_tcp_closed, flags);
    raw.error = error;
    raw.old_state = old_state;
    return read(raw).sighting->flow.state;
  };
  constexpr uint8_t opening = plimsoll_is_client | plimsoll_role_known, open = opening | plimsoll_was_established;
  EXPECT_EQ(state(opening, ECONNREFUSED, 2), FlowState::refused);
  EXPECT_EQ(state(opening, ETIMEDOUT, 2), FlowState::unanswered);
  EXPECT_EQ(state(open, ECONNRESET, 7), FlowState::reset);
  EXPECT_EQ(state(open, 0, 1), FlowState::reset);
  EXPECT_EQ(state(open, 0, 9), FlowState::closed);
}

TEST(KernelRecords, AServersSocketIsTheOtherEnd) {
  const TcpNews news = read(record(plimsoll_tcp_established, plimsoll_role_known | plimsoll_was_established));
  ASSERT_TRUE(news.sighting);
  EXPECT_EQ(news.sighting->side, Side::server);
  EXPECT_EQ(news.sighting->flow.key.server.port, 40000);
  EXPECT_TRUE(news.sighting->side_known);
  EXPECT_FALSE(read(record(plimsoll_tcp_established, 0)).sighting->side_known);
}

TEST(KernelRecords, AListenerIsNoFlow) {
  const TcpNews news = read(record(plimsoll_tcp_listens, 0));
  EXPECT_FALSE(news.sighting);
  ASSERT_TRUE(news.listener);
  EXPECT_EQ(news.listener->local.port, 40000);
  EXPECT_EQ(news.listener->owner.process, "curl");
}

TEST(KernelRecords, WhatIsNotOursIsNothing) {
  auto raw = record(9, 0);
  EXPECT_FALSE(read(raw).sighting);
  raw.kind = plimsoll_tcp_closed;
  EXPECT_FALSE(read_tcp_record({reinterpret_cast<const char*>(&raw), sizeof raw - 1}, {}).sighting);
  raw.remote_port = 0;
  EXPECT_FALSE(read(raw).sighting);
}

TEST(KernelRecords, AConversationBelongsToWhoSentFirst) {
  plimsoll_udp_key key{};
  key.socket = 5;
  key.local_port = 53;
  key.remote_port = 40000;
  plimsoll_udp_value value{};
  value.began_in = 1;
  value.bytes_in = 30;
  value.bytes_out = 60;
  value.packets_in = value.packets_out = 1;
  const Sighting sighting = read_udp_conversation(key, value, nullptr, {});
  EXPECT_EQ(sighting.side, Side::server);
  EXPECT_EQ(sighting.flow.key.server.port, 53);
  EXPECT_EQ(sighting.flow.bytes_to_server, 30U);
  EXPECT_EQ(sighting.flow.bytes_to_client, 60U);
  EXPECT_EQ(sighting.flow.state, FlowState::established);
  EXPECT_TRUE(sighting.amounts_are_new);
}

}  // namespace
}  // namespace plimsoll::network::bpf

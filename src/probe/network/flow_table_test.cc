#include "probe/network/flow_table.h"

#include <gtest/gtest.h>

namespace plimsoll::probe {
namespace {

using network::Endpoint;
using network::FlowState;
using network::parse_address;
using network::Side;
using network::Sighting;
using network::Time;
using std::chrono::seconds;

constexpr uint64_t kHostNamespace = 100, kWebNamespace = 101, kDbNamespace = 102;
const AssetId kHost{"host:h"}, kWeb{"docker:web"}, kDb{"docker:db"};

Endpoint at(const char* address, uint16_t port) { return {*parse_address(address), port}; }
Time after(int64_t milliseconds) { return Time(seconds(1000) + std::chrono::milliseconds(milliseconds)); }

class FlowTableTest : public testing::Test {
 protected:
  FlowTableTest() {
    owners.add({kWeb, "web", 1, "/docker/web", {}, {}}, kWebNamespace, {*parse_address("172.18.0.2")});
    owners.add({kDb, "db", 2, "/docker/db", {{Transport::tcp, "0.0.0.0", 8080, 80, true}}, {}}, kDbNamespace,
               {*parse_address("172.18.0.3")});
  }

  static Sighting sighting(Side side, uint64_t name_space, Endpoint client, Endpoint server, int64_t when,
                           FlowState state = FlowState::established, uint64_t socket = 0) {
    Sighting out;
    out.side = side;
    out.name_space = name_space;
    out.flow.key = {Transport::tcp, client, server};
    out.flow.opener_seen = true;
    out.flow.state = state;
    out.flow.first_seen = out.flow.last_seen = after(when);
    (side == Side::server ? out.flow.server_owner : out.flow.client_owner).network_namespace = name_space;
    out.socket = socket;
    return out;
  }

  Owners owners{kHost, kHostNamespace, [](uint64_t) { return Error{ErrorKind::not_found, ""}; }};
  NatTable nat;
  std::vector<SeenFlow> left;
  FlowTable table{owners, nat, {}, [this](const SeenFlow& flow) { left.push_back(flow); }};
  const Endpoint client = at("172.18.0.2", 40000), server = at("172.18.0.3", 80);
};

TEST_F(FlowTableTest, BothEndsAreOneFlow) {
  auto from_client = sighting(Side::client, kWebNamespace, client, server, 0, FlowState::closed);
  from_client.flow.bytes_to_server = 10;
  auto from_server = sighting(Side::server, kDbNamespace, client, server, 5, FlowState::closed);
  from_server.flow.bytes_to_server = 10;
  from_server.flow.bytes_to_client = 20;
  table.see(from_client);
  table.see(from_server);
  ASSERT_EQ(table.flows().size(), 1U);
  table.expire(after(2000));
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].client, kWeb);
  EXPECT_EQ(left[0].server, kDb);
  EXPECT_EQ(left[0].record.bytes_to_server, 10U);
  EXPECT_EQ(left[0].record.bytes_to_client, 20U);
  EXPECT_EQ(left[0].record.state, FlowState::closed);
}

TEST(NatTable, EndsThatAnOlderConnectionHadAreForgottenWhenTheirOwnComes) {
  const Endpoint client = at("172.18.0.2", 40000), server = at("172.18.0.3", 80), old = at("172.18.0.9", 80);
  const Endpoint masked = at("203.0.113.1", 40000);
  NatTable nat;
  network::Tracked redirected;  // to `server`, answered by `old`
  redirected.original = {Transport::tcp, client, server};
  redirected.reply = {Transport::tcp, client, old};
  nat.add(redirected);
  EXPECT_EQ(nat.true_ends(redirected.original)->server, old);
  network::Tracked straight;  // the same ends seen by the opener, answered by `server` itself
  straight.original = redirected.original;
  straight.reply = {Transport::tcp, masked, server};
  nat.add(straight);
  EXPECT_EQ(nat.true_ends(straight.original), straight.original);
  EXPECT_EQ(nat.true_ends(straight.reply), straight.original);
  network::Tracked plain;
  plain.original = plain.reply = straight.reply;
  nat.add(plain);
  EXPECT_EQ(nat.true_ends(plain.original), plain.original);
}

TEST_F(FlowTableTest, AnotherSocketOnTheSamePortsIsAnotherFlow) {
  table.see(sighting(Side::client, kWebNamespace, client, server, 0, FlowState::closed, 1));
  table.see(sighting(Side::client, kWebNamespace, client, server, 10, FlowState::established, 2));
  EXPECT_EQ(left.size(), 1U);
  EXPECT_EQ(table.flows().size(), 1U);
}

TEST_F(FlowTableTest, TheSameLoopbackAddressesInTwoNamespacesAreTwoFlows) {
  const Endpoint here = at("127.0.0.1", 40000), there = at("127.0.0.1", 80);
  table.see(sighting(Side::client, kWebNamespace, here, there, 0));
  table.see(sighting(Side::server, kWebNamespace, here, there, 0));
  table.see(sighting(Side::client, kDbNamespace, here, there, 0));
  const auto flows = table.flows();
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0].client, kWeb);
  EXPECT_EQ(flows[0].server, kWeb);
  EXPECT_EQ(flows[1].client, kDb);
}

TEST_F(FlowTableTest, ATranslatedPortJoinsTheClientWithTheContainerBehindIt) {
  const Endpoint outside = at("203.0.113.9", 50000), front = at("192.0.2.1", 8080), bridge = at("172.18.0.1", 50000);
  network::Tracked entry;
  entry.original = {Transport::tcp, outside, front};
  entry.reply = {Transport::tcp, bridge, server};  // masqueraded too
  nat.add(entry);
  table.see(sighting(Side::client, kHostNamespace, outside, front, 0));
  table.see(sighting(Side::server, kDbNamespace, bridge, server, 1));
  const auto flows = table.flows();
  ASSERT_EQ(flows.size(), 1U);
  EXPECT_EQ(flows[0].record.key.client, outside);
  EXPECT_EQ(flows[0].record.key.server, server);
  EXPECT_EQ(flows[0].server, kDb);
}

TEST_F(FlowTableTest, ARelaysTwoConnectionsAreOneFlowToItsContainer) {
  const Endpoint outside = at("203.0.113.9", 50000), front = at("192.0.2.1", 8080), relay = at("172.18.0.1", 40001);
  auto first = sighting(Side::server, kHostNamespace, outside, front, 0);
  first.flow.server_owner.process = "docker-proxy";
  auto second = sighting(Side::client, kHostNamespace, relay, server, 1);
  second.flow.client_owner.process = "docker-proxy";
  table.see(first);
  table.see(second);
  table.see(sighting(Side::server, kDbNamespace, relay, server, 1));
  const auto flows = table.flows();
  ASSERT_EQ(flows.size(), 1U);
  EXPECT_EQ(flows[0].server, kDb);
  EXPECT_EQ(flows[0].client, AssetId{});
  table.flush();
  EXPECT_EQ(left.size(), 1U);
}

TEST_F(FlowTableTest, ASureDirectionTurnsAGuessRound) {
  auto guess = sighting(Side::client, kDbNamespace, server, client, 0);
  guess.flow.opener_seen = guess.side_known = false;
  guess.flow.bytes_to_server = 7;
  table.see(guess);
  table.see(sighting(Side::client, kWebNamespace, client, server, 1));
  const auto flows = table.flows();
  ASSERT_EQ(flows.size(), 1U);
  EXPECT_EQ(flows[0].record.key.client, client);
  EXPECT_EQ(flows[0].client, kWeb);
  EXPECT_EQ(flows[0].server, kDb);
  EXPECT_EQ(flows[0].record.bytes_to_client, 7U);
}

TEST_F(FlowTableTest, AnAnswerThatIsTakenForAnOpeningDoesNotTurnItsConversation) {
  auto question = sighting(Side::client, kWebNamespace, client, server, 0, FlowState::opening, 5);
  auto answer = sighting(Side::server, kWebNamespace, server, client, 3, FlowState::opening, 5);  // came after a look
  for (auto* one : {&question, &answer}) {
    one->flow.key.transport = Transport::udp;
    one->amounts_are_new = true;
  }
  question.flow.packets_to_server = answer.flow.packets_to_server = 1;
  table.see(question);
  table.see(answer);
  const auto flows = table.flows();
  ASSERT_EQ(flows.size(), 1U);
  EXPECT_EQ(flows[0].record.key.server, server);
  EXPECT_EQ(flows[0].record.packets_to_client, 1U);
  EXPECT_EQ(flows[0].record.state, FlowState::established);
}

TEST_F(FlowTableTest, IsBoundedAndTellsWhatThatCost) {
  FlowTable small(owners, nat, {.flows = 10}, [this](const SeenFlow& flow) { left.push_back(flow); });
  for (uint16_t port = 1; port <= 100; ++port)
    small.see(sighting(Side::client, kWebNamespace, at("172.18.0.2", port), server, port));
  EXPECT_EQ(small.size(), 10U);
  EXPECT_EQ(small.counts().evicted, 90U);
  EXPECT_EQ(left.size(), 90U);
}

TEST_F(FlowTableTest, AnEndThatNobodySawIsNamedByAnAddressOfOneNamespaceAlone) {
  table.see(sighting(Side::client, kWebNamespace, client, server, 0, FlowState::refused));
  table.see(sighting(Side::client, kWebNamespace, client, at("203.0.113.9", 443), 0));
  const auto flows = table.flows();
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0].server, kDb);
  EXPECT_EQ(flows[1].server, AssetId{});
}

}  // namespace
}  // namespace plimsoll::probe

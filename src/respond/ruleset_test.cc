#include "respond/ruleset.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <thread>

#include "network/tables/name_space.h"
#include "respond/cut.h"
#include "respond/nft.h"
#include "respond/test_packets.h"

namespace plimsoll::respond {
namespace {

Cut quarantine(std::vector<IpNetwork> allow = {}) {
  Cut out;
  out.id = "r_1";
  out.action.kind = ActionKind::quarantine;
  out.action.allow = std::move(allow);
  return out;
}

Cut wan_cut() {
  Cut out;
  out.id = "r_2";
  out.action.kind = ActionKind::wan_cut;
  return out;
}

Cut block(std::optional<IpNetwork> peer, std::optional<uint16_t> port) {
  Cut out;
  out.id = "r_3";
  out.action.kind = ActionKind::block;
  out.action.peer = peer;
  out.action.port = port;
  return out;
}

TEST(Ruleset, WithoutCutsTheTableGoes) {
  EXPECT_EQ(ruleset({}, {}), "add table inet plimsoll\ndelete table inet plimsoll\n");
}

TEST(Ruleset, TheOrderOfCutsMakesNoDifference) {
  const Cut a = quarantine(), b = wan_cut();
  EXPECT_EQ(ruleset({a, b}, {}), ruleset({b, a}, {}));
  EXPECT_NE(ruleset({a, b}, {}), ruleset({a}, {}));
}

TEST(Ruleset, ALongerNetworkOfTheOutsideStandsBeforeAShorterInside) {
  WanPolicy wan;
  wan.inside = {*parse_prefix("10.0.0.0/8")};
  wan.outside = {*parse_prefix("10.9.0.0/16")};
  const std::string text = ruleset({wan_cut()}, wan);
  EXPECT_LT(text.find("ip daddr 10.9.0.0/16 counter"), text.find("ip daddr 10.0.0.0/8 return"));
}

TEST(Ruleset, CountersAreReadFromAListing) {
  const auto packets = read_cut_packets(
      "table inet plimsoll {\n\tcounter cut_in {\n\t\tpackets 3 bytes 84\n\t}\n"
      "\tcounter cut_out {\n\t\tpackets 12 bytes 9\n\t}\n");
  ASSERT_TRUE(packets);
  EXPECT_EQ(packets->in, 3u);
  EXPECT_EQ(packets->out, 12u);
  EXPECT_FALSE(read_cut_packets("table inet plimsoll { }"));
}

TEST(TestPackets, GoToWhomACutForbids) {
  const IpAddress own = *parse_address("10.1.0.2"), neighbour = *parse_address("10.1.0.3");
  const auto all = targets_of({quarantine()}, {}, {own});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].address, neighbour);
  EXPECT_TRUE(targets_of({quarantine({*parse_prefix("10.0.0.0/8")})}, {}, {own}).empty());
  EXPECT_EQ(targets_of({wan_cut()}, {}, {own}).size(), 1u);
  EXPECT_EQ(targets_of({wan_cut()}, {}, {*parse_address("203.0.113.2")}).size(), 2u);
  EXPECT_EQ(targets_of({block(*parse_prefix("10.5.5.5"), 22)}, {}, {own})[0].port, 22);
  EXPECT_TRUE(targets_of({quarantine()}, {}, {}).empty());
}

// What follows changes a network namespace of its own, which ends with the test.
class InANamespace : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    std::thread([this] {
      if (::unshare(CLONE_NEWNET) != 0) return;
      auto own = network::name_space_of(static_cast<int>(::gettid()));
      if (own.ok()) where_ = std::move(*own);
    }).join();
    if (!where_.handle.valid()) GTEST_SKIP() << "no network namespace can be made here";
    const Status works = put_cuts(where_, {}, {});
    ASSERT_TRUE(works.ok()) << works.error().to_string();
  }
  void expect_in_force(const std::vector<Cut>& cuts, const WanPolicy& wan = {}) {
    const Status put = put_cuts(where_, cuts, wan);
    ASSERT_TRUE(put.ok()) << put.error().to_string() << ruleset(cuts, wan);
    const auto look = look_at_cuts(where_, cuts, wan, expected_);
    ASSERT_TRUE(look.ok()) << look.error().to_string();
    EXPECT_TRUE(look->as_written) << ruleset(cuts, wan);
    EXPECT_FALSE(look->leak);
  }
  network::NameSpace where_;
  ExpectedListings expected_;
};

TEST_F(InANamespace, EveryKindOfCutIsTakenAndReadBack) {
  const IpNetwork four = *parse_prefix("10.1.0.0/16"), six = *parse_prefix("fd00::/8"), one = *parse_prefix("10.1.2.3");
  expect_in_force({quarantine()});
  expect_in_force({quarantine({four, six, one, *parse_prefix("0.0.0.0/0"), *parse_prefix("::/0")})});
  expect_in_force({wan_cut()});
  WanPolicy odd;
  odd.inside = {*parse_prefix("0.0.0.0/0"), *parse_prefix("::ffff:0:0/96"), six};
  odd.outside = {one, *parse_prefix("2001:db8::/32")};
  expect_in_force({wan_cut()}, odd);
  for (const auto& peer : {std::optional<IpNetwork>(), std::optional(four), std::optional(six), std::optional(one)}) {
    if (peer) expect_in_force({block(peer, {})});
    expect_in_force({block(peer, 22)});
    Cut udp = block(peer, 53);
    udp.action.transport = Transport::udp;
    expect_in_force({udp});
  }
  expect_in_force({quarantine(), wan_cut(), block(one, 22)});
  expect_in_force({});
}

TEST_F(InANamespace, WhatSomebodyChangedIsSeen) {
  expect_in_force({quarantine()});
  ASSERT_TRUE(network::inside(where_, [] {
                auto done = run_nft("insert rule inet plimsoll out accept");
                return done.ok() ? Status(Done{}) : Status(done.error());
              }).ok());
  EXPECT_FALSE(*cuts_are_there(where_, {quarantine()}, {}, expected_));
  ASSERT_TRUE(network::inside(where_, [] {
                auto done = run_nft("delete table inet plimsoll");
                return done.ok() ? Status(Done{}) : Status(done.error());
              }).ok());
  EXPECT_FALSE(*cuts_are_there(where_, {quarantine()}, {}, expected_));
  EXPECT_TRUE(*cuts_are_there(where_, {}, {}, expected_));
}

TEST_F(InANamespace, OtherTablesAreLeftAlone) {
  const auto run = [&](const std::string& commands) {
    std::string said;
    EXPECT_TRUE(network::inside(where_, [&]() -> Status {
                  PLIMSOLL_TRY(out, run_nft(commands));
                  said = out;
                  return Done{};
                }).ok());
    return said;
  };
  run("add table ip other\nadd chain ip other c { type filter hook output priority 0; }\nadd rule ip other c accept");
  const std::string before = run("list ruleset");
  expect_in_force({quarantine(), wan_cut()});
  EXPECT_NE(run("list ruleset"), before);
  expect_in_force({});
  EXPECT_EQ(run("list ruleset"), before);
}

}  // namespace
}  // namespace plimsoll::respond

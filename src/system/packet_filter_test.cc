#include "system/packet_filter.h"

#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "system/memory_machine.h"
#include "system/netlink.h"
#include "system/nft_rules.h"
#include "system/xtables.h"

namespace plimsoll::system {
namespace {

// Taken from Linux 6.18 with iptables 1.8.9 and nft 1.0.6; the first byte tells the fuzzer what it is.
std::string dump(const std::string& name) {
  auto bytes = read_file(PLIMSOLL_SOURCE_DIR "/tests/fuzz/seeds/packet_filter/" + name);
  EXPECT_TRUE(bytes.ok());
  return bytes.ok() ? bytes->substr(1) : std::string();
}

Machine::LegacyTable legacy(const std::string& name) {
  auto table = legacy_table_of(dump(name));
  EXPECT_TRUE(table.ok());
  return table.ok() ? *table : Machine::LegacyTable{};
}

std::vector<FilterChain> chains_of(const std::string& name, const std::string& table, bool six) {
  auto chains = parse_legacy_table(legacy(name), table, six);
  EXPECT_TRUE(chains.ok());
  return chains.ok() ? *chains : std::vector<FilterChain>{};
}

std::vector<FilterChain> nft_dump() {
  std::vector<Machine::NetlinkReply> replies;
  EXPECT_TRUE(take_netlink_messages(dump("nft"), replies).ok());
  return parse_nft(replies, replies);
}

const FilterChain& find(const std::vector<FilterChain>& chains, const std::string& family, const std::string& table,
                        const std::string& name) {
  static const FilterChain none;
  for (const FilterChain& chain : chains) {
    if (chain.family == family && chain.table == table && chain.name == name) return chain;
  }
  ADD_FAILURE() << "no chain " << family << " " << table << " " << name;
  return none;
}

Forward to(const char* address, uint16_t port) { return {*parse_address(address), port}; }

void expect_port(const FilterRule& rule, std::vector<PortRange> ports, const Forward& forward) {
  EXPECT_TRUE(rule.conditional);
  EXPECT_EQ(rule.ports, ports);
  EXPECT_EQ(rule.forward, forward);
}

TEST(LegacyTables, PoliciesDropsAndDestinations) {
  const auto chains = chains_of("filter4", "filter", false);
  const FilterChain& input = find(chains, "ip", "filter", "INPUT");
  EXPECT_EQ(input.policy, "accept");
  ASSERT_EQ(input.rules.size(), 2u);
  EXPECT_EQ(input.rules[0].ports, (std::vector<PortRange>{{22, 22}}));
  EXPECT_FALSE(input.rules[0].drops);
  EXPECT_TRUE(input.rules[1].drops && !input.rules[1].conditional) << "a comment asks for nothing";
  EXPECT_EQ(find(chains, "ip", "filter", "FORWARD").policy, "drop");
  EXPECT_EQ(find(chains, "ip", "filter", "FORWARD").hook, "forward");
  const FilterChain& own = find(chains, "ip", "filter", "DOCKER-USER");
  EXPECT_TRUE(own.hook.empty());
  ASSERT_EQ(own.rules.size(), 2u);
  EXPECT_TRUE(own.rules[0].drops);
  ASSERT_TRUE(own.rules[0].destination);
  EXPECT_TRUE(own.rules[0].destination->holds(*parse_address("169.254.169.254")));
  EXPECT_FALSE(own.rules[0].destination->holds(*parse_address("169.253.0.1")));
}

TEST(LegacyTables, Forwards) {
  const auto chains = chains_of("nat4", "nat", false);
  const FilterChain& docker = find(chains, "ip", "nat", "DOCKER");
  ASSERT_EQ(docker.rules.size(), 3u);
  expect_port(docker.rules[0], {{8080, 8080}}, to("172.17.0.2", 80));
  expect_port(docker.rules[1], {{53, 53}}, to("172.17.0.3", 0));
  EXPECT_EQ(docker.rules[1].transport, Transport::udp);
  EXPECT_EQ(docker.rules[1].destination, parse_prefix("192.0.2.1/32"));
  expect_port(docker.rules[2], {{90, 90}, {100, 110}}, to("172.17.0.2", 0));
}

TEST(LegacyTables, TheSixthVersionOfTheProtocol) {
  const auto filter = chains_of("filter6", "filter", true);
  const FilterChain& forward = find(filter, "ip6", "filter", "FORWARD");
  ASSERT_EQ(forward.rules.size(), 1u);
  EXPECT_EQ(forward.rules[0].destination, parse_prefix("fd00:ec2::254/128"));
  const auto nat = chains_of("nat6", "nat", true);
  const FilterChain& before = find(nat, "ip6", "nat", "PREROUTING");
  ASSERT_EQ(before.rules.size(), 1u);
  expect_port(before.rules[0], {{8080, 8080}}, to("fd00::2", 80));
}

TEST(LegacyTables, WhatDoesNotFitIsRefused) {
  const Machine::LegacyTable whole = legacy("nat4");
  for (size_t size = 1; size < whole.entries.size(); size += 7) {
    Machine::LegacyTable cut = whole;
    cut.entries.resize(size);
    (void)parse_legacy_table(cut, "nat", false);
  }
  Machine::LegacyTable cut = whole;
  cut.entries.resize(cut.entries.size() - 1);
  EXPECT_EQ(parse_legacy_table(cut, "nat", false).error().kind, ErrorKind::malformed);
}

// In a network namespace of its own, where asking makes the table.
TEST(LegacyTables, OfThisKernel) {
  enum Outcome { as_expected, no_namespace, no_tables, not_readable, other_chains };
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) ::_exit(no_namespace);
    const auto table = request_legacy_table("filter", false);
    if (!table.ok()) {
      const ErrorKind kind = table.error().kind;
      ::_exit(kind == ErrorKind::not_found || kind == ErrorKind::unsupported ? no_tables : not_readable);
    }
    const auto chains = parse_legacy_table(*table, "filter", false);
    const bool open =
        chains.ok() && chains->size() == 3 && std::all_of(chains->begin(), chains->end(), [](const FilterChain& chain) {
          return chain.policy == "accept" && !chain.hook.empty() && chain.rules.empty();
        });
    ::_exit(open ? as_expected : other_chains);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == no_namespace) GTEST_SKIP() << "no namespace of its own may be made here";
  if (WEXITSTATUS(status) == no_tables) GTEST_SKIP() << "this kernel has no legacy iptables";
  EXPECT_EQ(WEXITSTATUS(status), as_expected);
}

TEST(Nftables, RulesOfIptables) {
  const auto chains = nft_dump();
  const FilterChain& own = find(chains, "ip", "filter", "DOCKER-USER");
  ASSERT_EQ(own.rules.size(), 3u);
  EXPECT_EQ(own.rules[0].destination, parse_prefix("169.254.0.0/16"));
  EXPECT_EQ(own.rules[1].destination, parse_prefix("10.1.0.0/20"));
  EXPECT_TRUE(own.rules[1].drops);
  const FilterChain& input = find(chains, "ip", "filter", "INPUT");
  ASSERT_EQ(input.rules.size(), 1u);
  EXPECT_TRUE(input.rules[0].drops && !input.rules[0].conditional);
  const FilterChain& before = find(chains, "ip", "nat", "PREROUTING");
  ASSERT_EQ(before.rules.size(), 4u);
  expect_port(before.rules[0], {{8080, 8080}}, to("172.17.0.2", 80));
  expect_port(before.rules[1], {{53, 53}}, to("172.17.0.3", 0));
  EXPECT_EQ(before.rules[1].destination, parse_prefix("192.0.2.1/32"));
  EXPECT_EQ(before.rules[1].transport, Transport::udp);
  expect_port(before.rules[2], {{9000, 9010}}, to("172.17.0.2", 0));
  expect_port(before.rules[3], {{90, 90}, {100, 110}}, to("172.17.0.2", 0));
  const FilterChain& six = find(chains, "ip6", "nat", "PREROUTING");
  ASSERT_EQ(six.rules.size(), 1u);
  expect_port(six.rules[0], {{8080, 8080}}, to("fd00::2", 80));
}

TEST(Nftables, RulesOfNft) {
  const auto chains = nft_dump();
  const FilterChain& before = find(chains, "inet", "netavark", "before");
  ASSERT_EQ(before.rules.size(), 4u);
  expect_port(before.rules[0], {{8081, 8081}}, to("10.88.0.2", 80));
  expect_port(before.rules[1], {{5353, 5353}}, to("10.88.0.3", 53));
  EXPECT_EQ(before.rules[1].transport, Transport::udp);
  EXPECT_EQ(before.rules[1].destination, parse_prefix("203.0.113.7/32"));
  expect_port(before.rules[2], {{9100, 9103}}, to("10.88.0.4", 0));
  EXPECT_TRUE(before.rules[3].forward_unread) << "the address comes from a map";
  const FilterChain& through = find(chains, "inet", "netavark", "through");
  EXPECT_EQ(through.policy, "drop");
  ASSERT_EQ(through.rules.size(), 2u);
  EXPECT_EQ(through.rules[0].destination, parse_prefix("169.254.169.254/32"));
  EXPECT_EQ(through.rules[1].destination, parse_prefix("fd00:ec2::254/128"));
  EXPECT_TRUE(through.rules[0].drops && through.rules[1].drops);
}

TEST(PacketFilter, BothKindsAndWhatCannotBeRead) {
  MemoryMachine machine;
  machine.add_file("/proc/net/ip_tables_names", "nat\nfilter\n")
      .add_file("/proc/net/ip6_tables_names", "nat\n")
      .set_legacy_table("nat", false, legacy("nat4"))
      .set_legacy_table("filter", false, legacy("filter4"))
      .set_legacy_table("nat", true, legacy("nat6"));
  machine.set_netlink(NETLINK_NETFILTER, (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETCHAIN,
                      std::vector<Machine::NetlinkReply>{});
  machine.set_netlink(NETLINK_NETFILTER, (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_GETRULE,
                      std::vector<Machine::NetlinkReply>{});
  const PacketFilter all = read_packet_filter(machine);
  EXPECT_EQ(all.unknown, "");
  find(all.chains, "ip", "nat", "DOCKER");
  find(all.chains, "ip6", "nat", "PREROUTING");
  machine.add_file("/proc/net/ip6_tables_names", "nat\nraw\n");
  EXPECT_NE(read_packet_filter(machine).unknown.find("ip6 raw"), std::string::npos);
  machine.fail_reading("/proc/net/ip_tables_names", ErrorKind::denied, "permission denied");
  EXPECT_NE(read_packet_filter(machine).unknown, "");
}

std::string attribute(uint16_t type, std::string value) {
  const uint16_t length = static_cast<uint16_t>(value.size() + 4);
  std::string out(reinterpret_cast<const char*>(&length), 2);
  out.append(reinterpret_cast<const char*>(&type), 2);
  out += value;
  while (out.size() % 4 != 0) out.push_back('\0');
  return out;
}

std::string big(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

TEST(Nftables, PoliciesHooksAndTheLastDrop) {
  const std::string header("\x02\0\0\0", 4);  // family ip
  const uint16_t new_chain = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWCHAIN,
                 new_rule = (NFNL_SUBSYS_NFTABLES << 8) | NFT_MSG_NEWRULE;
  const std::string chain =
      header + attribute(NFTA_CHAIN_TABLE, "filter") + attribute(NFTA_CHAIN_NAME, "INPUT") +
      attribute(NFTA_CHAIN_HOOK, attribute(NFTA_HOOK_HOOKNUM, big(1)) + attribute(NFTA_HOOK_PRIORITY, big(0))) +
      attribute(NFTA_CHAIN_POLICY, big(1));
  const std::string drop =
      attribute(NFTA_EXPR_DATA,
                attribute(NFTA_IMMEDIATE_DATA, attribute(NFTA_DATA_VERDICT, attribute(NFTA_VERDICT_CODE, big(0)))));
  const std::string rule =
      header + attribute(NFTA_RULE_TABLE, "filter") + attribute(NFTA_RULE_CHAIN, "INPUT") +
      attribute(NFTA_RULE_EXPRESSIONS, attribute(NFTA_LIST_ELEM, attribute(NFTA_EXPR_NAME, "immediate") + drop));
  const auto open = parse_nft({{new_chain, chain}}, {});
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].hook, "input");
  EXPECT_EQ(open[0].policy, "accept");
  EXPECT_TRUE(open[0].rules.empty());
  const auto closed = parse_nft({{new_chain, chain}}, {{new_rule, rule}});
  ASSERT_EQ(closed[0].rules.size(), 1u);
  EXPECT_TRUE(closed[0].rules[0].drops && !closed[0].rules[0].conditional);
  EXPECT_TRUE(parse_nft({{new_chain, "xy"}}, {{new_rule, ""}}).empty());
}

}  // namespace
}  // namespace plimsoll::system

#include "system/nft_rules.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <tuple>

#include "system/netlink.h"
#include "system/xtables.h"

namespace plimsoll::system {
namespace {

constexpr uint16_t message(uint16_t number) { return static_cast<uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | number); }

std::string text_of(std::string_view value) { return std::string(value.substr(0, value.find('\0'))); }

uint32_t number_of(std::string_view value) {
  uint32_t out = 0;
  for (const char c : value.substr(0, 4)) out = (out << 8) | static_cast<unsigned char>(c);  // network byte order
  return out;
}

std::string family_name(unsigned char family) {
  switch (family) {
    case NFPROTO_INET:
      return "inet";
    case NFPROTO_IPV4:
      return "ip";
    case NFPROTO_IPV6:
      return "ip6";
    case NFPROTO_BRIDGE:
      return "bridge";
    case NFPROTO_ARP:
      return "arp";
    default:
      return "netdev";
  }
}

std::string hook_name(uint32_t number) {
  static constexpr std::array kNames = {"prerouting", "input", "forward", "output", "postrouting", "ingress"};
  return number < kNames.size() ? kNames[number] : "other";
}

// A payload without its nfgenmsg header; empty when too short.
std::string_view body(const std::string& payload) {
  return payload.size() < sizeof(nfgenmsg) ? std::string_view() : std::string_view(payload).substr(sizeof(nfgenmsg));
}

FilterChain chain_of(const std::string& payload) {
  FilterChain out;
  const std::string_view attributes = body(payload);
  out.family = family_name(static_cast<unsigned char>(payload[0]));
  out.table = text_of(netlink_attribute(attributes, NFTA_CHAIN_TABLE));
  out.name = text_of(netlink_attribute(attributes, NFTA_CHAIN_NAME));
  const std::string_view hook = netlink_attribute(attributes, NFTA_CHAIN_HOOK);
  if (hook.empty()) return out;
  out.hook = hook_name(number_of(netlink_attribute(hook, NFTA_HOOK_HOOKNUM)));
  const std::string_view policy = netlink_attribute(attributes, NFTA_CHAIN_POLICY);
  out.policy = !policy.empty() && number_of(policy) == NF_DROP ? "drop" : "accept";
  return out;
}

// One register of the kernel's machine: what the rule put into it last.
struct Register {
  enum class Holds { other, transport, destination4, destination6, port, constant };
  Holds holds = Holds::other;
  std::string bytes;  // of a constant
  std::string mask;   // of a masked address
};

// Reads a rule expression by expression, as the kernel runs them.
class RuleReader {
 public:
  explicit RuleReader(const std::string& family) : six_(family == "ip6"), four_(family == "ip") {}

  FilterRule read(std::string_view expressions) {
    for (const auto& element : netlink_attributes(expressions)) {
      const std::string name = text_of(netlink_attribute(element.value, NFTA_EXPR_NAME));
      take(name, netlink_attribute(element.value, NFTA_EXPR_DATA));
    }
    return std::move(rule_);
  }

 private:
  void take(const std::string& name, std::string_view data) {
    if (name == "immediate") return immediate(data);
    if (name == "reject") rule_.drops = true;
    if (name == "reject" || name == "counter" || name == "log") return;
    if (name == "nat") return translate(data);
    if (name == "target") {
      const std::string_view info = netlink_attribute(data, NFTA_TARGET_INFO);
      return apply_target(text_of(netlink_attribute(data, NFTA_TARGET_NAME)),
                          number_of(netlink_attribute(data, NFTA_TARGET_REV)), info, six_, rule_);
    }
    rule_.conditional = true;
    if (name == "payload") load(data);
    if (name == "meta") load_meta(data);
    if (name == "bitwise") mask(data);
    if (name == "cmp") compare(data);
    if (name == "range") range(data);
    if (name == "lookup") registers_.erase(number_of(netlink_attribute(data, NFTA_LOOKUP_DREG)));
    if (name == "match") {
      apply_match(text_of(netlink_attribute(data, NFTA_MATCH_NAME)), number_of(netlink_attribute(data, NFTA_MATCH_REV)),
                  netlink_attribute(data, NFTA_MATCH_INFO), rule_);
    }
  }

  static std::string_view value_in(std::string_view data, uint16_t attribute) {
    return netlink_attribute(netlink_attribute(data, attribute), NFTA_DATA_VALUE);
  }

  void immediate(std::string_view data) {
    const std::string_view verdict = netlink_attribute(netlink_attribute(data, NFTA_IMMEDIATE_DATA), NFTA_DATA_VERDICT);
    const std::string_view code = netlink_attribute(verdict, NFTA_VERDICT_CODE);
    if (code.size() >= 4 && number_of(code) == NF_DROP) rule_.drops = true;
    registers_[number_of(netlink_attribute(data, NFTA_IMMEDIATE_DREG))] = {
        Register::Holds::constant, std::string(value_in(data, NFTA_IMMEDIATE_DATA)), {}};
  }

  // The destination is at byte 16 of an IPv4 header and 24 of an IPv6 one, its port at 2 of TCP's and UDP's.
  void load(std::string_view data) {
    const uint32_t base = number_of(netlink_attribute(data, NFTA_PAYLOAD_BASE));
    const uint32_t offset = number_of(netlink_attribute(data, NFTA_PAYLOAD_OFFSET));
    const uint32_t length = number_of(netlink_attribute(data, NFTA_PAYLOAD_LEN));
    Register loaded;
    if (base == NFT_PAYLOAD_NETWORK_HEADER && offset == 16 && length <= 4 && !six_)
      loaded.holds = Register::Holds::destination4;
    else if (base == NFT_PAYLOAD_NETWORK_HEADER && offset == 24 && length <= 16 && !four_)
      loaded.holds = Register::Holds::destination6;
    else if (base == NFT_PAYLOAD_NETWORK_HEADER && offset == 9 && length == 1 && !six_)
      loaded.holds = Register::Holds::transport;
    else if (base == NFT_PAYLOAD_TRANSPORT_HEADER && offset == 2 && length == 2)
      loaded.holds = Register::Holds::port;
    registers_[number_of(netlink_attribute(data, NFTA_PAYLOAD_DREG))] = std::move(loaded);
  }

  void load_meta(std::string_view data) {
    if (netlink_attribute(data, NFTA_META_DREG).empty()) return;
    const bool transport = number_of(netlink_attribute(data, NFTA_META_KEY)) == NFT_META_L4PROTO;
    registers_[number_of(netlink_attribute(data, NFTA_META_DREG))] = {
        transport ? Register::Holds::transport : Register::Holds::other, {}, {}};
  }

  void mask(std::string_view data) {
    const auto from = registers_.find(number_of(netlink_attribute(data, NFTA_BITWISE_SREG)));
    Register masked = from == registers_.end() ? Register{} : from->second;
    masked.mask = std::string(value_in(data, NFTA_BITWISE_MASK));
    if (masked.holds == Register::Holds::port || masked.holds == Register::Holds::transport) masked = {};
    registers_[number_of(netlink_attribute(data, NFTA_BITWISE_DREG))] = std::move(masked);
  }

  void compare(std::string_view data) {
    const auto found = registers_.find(number_of(netlink_attribute(data, NFTA_CMP_SREG)));
    const uint32_t operation = number_of(netlink_attribute(data, NFTA_CMP_OP));
    const std::string_view value = value_in(data, NFTA_CMP_DATA);
    if (found == registers_.end() || value.empty()) return;
    const Register& loaded = found->second;
    if (loaded.holds == Register::Holds::port) return compare_port(operation, value);
    if (operation != NFT_CMP_EQ) return;
    if (loaded.holds == Register::Holds::transport) take_transport(static_cast<unsigned char>(value[0]));
    if (loaded.holds == Register::Holds::destination4) take_destination(value, loaded.mask, 4);
    if (loaded.holds == Register::Holds::destination6) take_destination(value, loaded.mask, 16);
  }

  void compare_port(uint32_t operation, std::string_view value) {
    if (value.size() < 2) return;
    const auto port = static_cast<uint16_t>(number_of(value.substr(0, 2)));
    if (operation == NFT_CMP_EQ) rule_.ports = {{port, port}};
    if (operation == NFT_CMP_GTE) rule_.ports = {{port, 65535}};
    if (operation == NFT_CMP_LTE) rule_.ports = {{rule_.ports.empty() ? uint16_t{0} : rule_.ports.front().first, port}};
  }

  void range(std::string_view data) {
    const auto found = registers_.find(number_of(netlink_attribute(data, NFTA_RANGE_SREG)));
    const std::string_view from = value_in(data, NFTA_RANGE_FROM_DATA), to = value_in(data, NFTA_RANGE_TO_DATA);
    if (found == registers_.end() || found->second.holds != Register::Holds::port || from.size() < 2 || to.size() < 2)
      return;
    if (number_of(netlink_attribute(data, NFTA_RANGE_OP)) != NFT_RANGE_EQ) return;
    rule_.ports = {
        {static_cast<uint16_t>(number_of(from.substr(0, 2))), static_cast<uint16_t>(number_of(to.substr(0, 2)))}};
  }

  void take_transport(unsigned char protocol) {
    if (protocol == IPPROTO_TCP) rule_.transport = Transport::tcp;
    if (protocol == IPPROTO_UDP) rule_.transport = Transport::udp;
  }

  // A prefix of whole bytes is compared as such, another by a mask.
  void take_destination(std::string_view value, const std::string& mask, size_t size) {
    std::string bytes(value.substr(0, size));
    int bits = static_cast<int>(bytes.size() * 8);
    if (!mask.empty()) {
      bits = 0;
      for (const char byte : mask.substr(0, size)) bits += std::popcount(static_cast<unsigned char>(byte));
    }
    bytes.resize(size);
    const auto* raw = reinterpret_cast<const uint8_t*>(bytes.data());
    rule_.destination = size == 4 ? IpNetwork{address_of_v4(raw), bits + 96} : IpNetwork{address_of_v6(raw), bits};
  }

  void translate(std::string_view data) {
    if (number_of(netlink_attribute(data, NFTA_NAT_TYPE)) != NFT_NAT_DNAT) return;
    const auto constant = [&](uint16_t attribute) -> std::string {
      const std::string_view number = netlink_attribute(data, attribute);
      const auto found = number.empty() ? registers_.end() : registers_.find(number_of(number));
      return found == registers_.end() || found->second.holds != Register::Holds::constant ? "" : found->second.bytes;
    };
    const std::string address = constant(NFTA_NAT_REG_ADDR_MIN), port = constant(NFTA_NAT_REG_PROTO_MIN);
    const bool has_port = !netlink_attribute(data, NFTA_NAT_REG_PROTO_MIN).empty();
    const bool six = number_of(netlink_attribute(data, NFTA_NAT_FAMILY)) == NFPROTO_IPV6;
    if (address.size() < (six ? 16u : 4u) || (has_port && port.size() < 2)) {
      rule_.forward_unread = true;
      return;
    }
    const auto* raw = reinterpret_cast<const uint8_t*>(address.data());
    rule_.forward = Forward{six ? address_of_v6(raw) : address_of_v4(raw),
                            has_port ? static_cast<uint16_t>(number_of(port.substr(0, 2))) : uint16_t{0}};
  }

  bool six_, four_;
  FilterRule rule_;
  std::map<uint32_t, Register> registers_;
};

}  // namespace

std::vector<FilterChain> parse_nft(const std::vector<Machine::NetlinkReply>& chains,
                                   const std::vector<Machine::NetlinkReply>& rules) {
  std::vector<FilterChain> out;
  std::map<std::tuple<std::string, std::string, std::string>, size_t> places;
  for (const auto& reply : chains) {
    if (reply.type != message(NFT_MSG_NEWCHAIN) || body(reply.payload).empty()) continue;
    FilterChain chain = chain_of(reply.payload);
    if (places.emplace(std::tuple(chain.family, chain.table, chain.name), out.size()).second)
      out.push_back(std::move(chain));
  }
  for (const auto& reply : rules) {
    if (reply.type != message(NFT_MSG_NEWRULE) || body(reply.payload).empty()) continue;
    const std::string_view attributes = body(reply.payload);
    const std::string family = family_name(static_cast<unsigned char>(reply.payload[0]));
    const auto chain = places.find({family, text_of(netlink_attribute(attributes, NFTA_RULE_TABLE)),
                                    text_of(netlink_attribute(attributes, NFTA_RULE_CHAIN))});
    if (chain == places.end()) continue;
    out[chain->second].rules.push_back(RuleReader(family).read(netlink_attribute(attributes, NFTA_RULE_EXPRESSIONS)));
  }
  return out;
}

Result<std::vector<FilterChain>> read_nft(const Machine& machine) {
  const nfgenmsg any{};  // all families
  const std::string_view payload(reinterpret_cast<const char*>(&any), sizeof any);
  for (int tries = 0;; ++tries) {
    auto chains = machine.netlink(NETLINK_NETFILTER, message(NFT_MSG_GETCHAIN), NLM_F_DUMP, payload);
    auto rules = chains.ok() ? machine.netlink(NETLINK_NETFILTER, message(NFT_MSG_GETRULE), NLM_F_DUMP, payload)
                             : Result<std::vector<Machine::NetlinkReply>>(chains.error());
    if (rules.ok()) return parse_nft(*chains, *rules);
    if (rules.error().kind != ErrorKind::conflict || tries == 3) return rules.error();
  }
}

}  // namespace plimsoll::system

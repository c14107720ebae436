#include "probe/host/settings/nftables.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <array>

#include "system/netlink.h"

namespace plimsoll::probe::settings {
namespace {

using system::netlink_attribute;
using system::netlink_attributes;

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

NftChain chain_of(const std::string& payload) {
  NftChain out;
  const std::string_view attributes = body(payload);
  out.family = family_name(static_cast<unsigned char>(payload[0]));
  out.table = text_of(netlink_attribute(attributes, NFTA_CHAIN_TABLE));
  out.name = text_of(netlink_attribute(attributes, NFTA_CHAIN_NAME));
  const std::string_view hook = netlink_attribute(attributes, NFTA_CHAIN_HOOK);
  if (hook.empty()) return out;
  out.hook = hook_name(number_of(netlink_attribute(hook, NFTA_HOOK_HOOKNUM)));
  out.priority = static_cast<int32_t>(number_of(netlink_attribute(hook, NFTA_HOOK_PRIORITY)));
  const std::string_view policy = netlink_attribute(attributes, NFTA_CHAIN_POLICY);
  out.policy = !policy.empty() && number_of(policy) == NF_DROP ? "drop" : "accept";
  return out;
}

struct Effect {
  bool drops = false;          // its verdict is drop or reject
  bool unconditional = false;  // nothing but counters, logs and limits before the verdict
};

bool is_drop_verdict(std::string_view data) {
  const std::string_view verdict = netlink_attribute(netlink_attribute(data, NFTA_IMMEDIATE_DATA), NFTA_DATA_VERDICT);
  const std::string_view code = netlink_attribute(verdict, NFTA_VERDICT_CODE);
  return code.size() >= 4 && number_of(code) == NF_DROP;
}

Effect effect_of(std::string_view expressions) {
  Effect out;
  out.unconditional = true;
  for (const auto& element : netlink_attributes(expressions)) {
    const std::string name = text_of(netlink_attribute(element.value, NFTA_EXPR_NAME));
    const std::string_view data = netlink_attribute(element.value, NFTA_EXPR_DATA);
    if (name == "reject" || (name == "immediate" && is_drop_verdict(data))) {
      out.drops = true;
    } else if (name == "target" && data.find("REJECT") != std::string_view::npos) {  // iptables-nft keeps some
      out.drops = true;
    } else if (name != "counter" && name != "log") {
      out.unconditional = false;
    }
  }
  return out;
}

}  // namespace

std::vector<NftChain> parse_nft(const std::vector<system::Machine::NetlinkReply>& chains,
                                const std::vector<system::Machine::NetlinkReply>& rules) {
  std::vector<NftChain> out;
  for (const auto& reply : chains) {
    if (reply.type == message(NFT_MSG_NEWCHAIN) && !body(reply.payload).empty()) out.push_back(chain_of(reply.payload));
  }
  for (const auto& reply : rules) {
    if (reply.type != message(NFT_MSG_NEWRULE) || body(reply.payload).empty()) continue;
    const std::string_view attributes = body(reply.payload);
    const std::string family = family_name(static_cast<unsigned char>(reply.payload[0]));
    const std::string table = text_of(netlink_attribute(attributes, NFTA_RULE_TABLE));
    const std::string name = text_of(netlink_attribute(attributes, NFTA_RULE_CHAIN));
    const auto chain = std::find_if(out.begin(), out.end(), [&](const NftChain& c) {
      return c.family == family && c.table == table && c.name == name;
    });
    if (chain == out.end()) continue;
    const std::string_view expressions = netlink_attribute(attributes, NFTA_RULE_EXPRESSIONS);
    const Effect effect = effect_of(expressions);
    ++chain->rules;
    chain->ends_in_drop = effect.drops && effect.unconditional;
    chain->drops_metadata |= effect.drops && expressions.find("\xa9\xfe\xa9\xfe") != std::string_view::npos;
  }
  return out;
}

Result<std::vector<NftChain>> read_nft(const system::Machine& machine) {
  const nfgenmsg any{};  // all families
  const std::string_view payload(reinterpret_cast<const char*>(&any), sizeof any);
  for (int tries = 0;; ++tries) {
    auto chains = machine.netlink(NETLINK_NETFILTER, message(NFT_MSG_GETCHAIN), NLM_F_DUMP, payload);
    auto rules = chains.ok() ? machine.netlink(NETLINK_NETFILTER, message(NFT_MSG_GETRULE), NLM_F_DUMP, payload)
                             : Result<std::vector<system::Machine::NetlinkReply>>(chains.error());
    if (rules.ok()) return parse_nft(*chains, *rules);
    if (rules.error().kind != ErrorKind::conflict || tries == 3) return rules.error();
  }
}

}  // namespace plimsoll::probe::settings

#include "network/tables/conntrack.h"

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/bytes.h"
#include "system/netlink.h"

namespace plimsoll::network {
namespace {

using system::netlink_attribute;
using system::netlink_attributes;

constexpr uint32_t status_seen_reply = 2;  // IPS_SEEN_REPLY, linux/netfilter/nf_conntrack_common.h

struct Tuple {
  Transport transport = Transport::tcp;
  Endpoint source, destination;
};

std::optional<Address> address_in(std::string_view ip, uint16_t v4, uint16_t v6) {
  for (const auto& attribute : netlink_attributes(ip)) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(attribute.value.data());
    if (attribute.type == v4 && attribute.value.size() == 4) return address_of_v4(bytes);
    if (attribute.type == v6 && attribute.value.size() == 16) return address_of_v6(bytes);
  }
  return std::nullopt;
}

std::optional<Tuple> read_tuple(std::string_view nested) {
  const std::string_view ip = netlink_attribute(nested, CTA_TUPLE_IP);
  const std::string_view proto = netlink_attribute(nested, CTA_TUPLE_PROTO);
  const auto source = address_in(ip, CTA_IP_V4_SRC, CTA_IP_V6_SRC);
  const auto destination = address_in(ip, CTA_IP_V4_DST, CTA_IP_V6_DST);
  const auto number = ByteReader(netlink_attribute(proto, CTA_PROTO_NUM)).u8();
  const auto from = ByteReader(netlink_attribute(proto, CTA_PROTO_SRC_PORT)).u16be();
  const auto to = ByteReader(netlink_attribute(proto, CTA_PROTO_DST_PORT)).u16be();
  if (!source || !destination || !number || !from || !to) return std::nullopt;
  if (*number != IPPROTO_TCP && *number != IPPROTO_UDP) return std::nullopt;
  return Tuple{*number == IPPROTO_TCP ? Transport::tcp : Transport::udp, {*source, *from}, {*destination, *to}};
}

bool take_counters(std::string_view nested, uint64_t& packets, uint64_t& bytes) {
  const auto packets_in = ByteReader(netlink_attribute(nested, CTA_COUNTERS_PACKETS)).u64be();
  const auto bytes_in = ByteReader(netlink_attribute(nested, CTA_COUNTERS_BYTES)).u64be();
  packets = packets_in.value_or(0);
  bytes = bytes_in.value_or(0);
  return packets_in && bytes_in;
}

}  // namespace

std::optional<Tracked> read_tracked(uint16_t type, std::string_view payload) {
  if (type >> 8 != NFNL_SUBSYS_CTNETLINK) return std::nullopt;
  const uint16_t message = type & 0xff;
  if (message != IPCTNL_MSG_CT_NEW && message != IPCTNL_MSG_CT_DELETE) return std::nullopt;
  if (payload.size() < sizeof(nfgenmsg)) return std::nullopt;
  payload.remove_prefix(sizeof(nfgenmsg));
  const auto original = read_tuple(netlink_attribute(payload, CTA_TUPLE_ORIG));
  const auto reply = read_tuple(netlink_attribute(payload, CTA_TUPLE_REPLY));
  if (!original || !reply || original->transport != reply->transport) return std::nullopt;
  Tracked out;
  out.event = message == IPCTNL_MSG_CT_DELETE ? Tracked::Event::ended : Tracked::Event::present;
  out.original = {original->transport, original->source, original->destination};
  out.reply = {reply->transport, reply->destination, reply->source};
  const uint32_t status = ByteReader(netlink_attribute(payload, CTA_STATUS)).u32be().value_or(0);
  out.answered = (status & status_seen_reply) != 0;
  const bool sent =
      take_counters(netlink_attribute(payload, CTA_COUNTERS_ORIG), out.packets_to_server, out.bytes_to_server);
  const bool back =
      take_counters(netlink_attribute(payload, CTA_COUNTERS_REPLY), out.packets_to_client, out.bytes_to_client);
  out.counted = sent && back;
  const std::string_view tcp = netlink_attribute(netlink_attribute(payload, CTA_PROTOINFO), CTA_PROTOINFO_TCP);
  out.tcp_state = ByteReader(netlink_attribute(tcp, CTA_PROTOINFO_TCP_STATE)).u8().value_or(0);
  return out;
}

std::string conntrack_dump_request() {
  nfgenmsg header{};
  header.nfgen_family = AF_UNSPEC;
  header.version = NFNETLINK_V0;
  return std::string(reinterpret_cast<const char*>(&header), sizeof header);
}

}  // namespace plimsoll::network

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "network/flow_record.h"

namespace plimsoll::network {

// One entry of the kernel's connection tracking, from a dump or an event (linux/netfilter/nfnetlink_conntrack.h).
struct Tracked {
  enum class Event { present, ended } event = Event::present;
  FlowKey original;  // as the opener sees it
  FlowKey reply;     // as the answerer sees it, turned round: client and server as in `original`
  bool answered = false;
  uint64_t bytes_to_server = 0, bytes_to_client = 0;  // of IP packets; 0 where the kernel does not count
  uint64_t packets_to_server = 0, packets_to_client = 0;
  bool counted = false;
  uint8_t tcp_state = 0;  // enum tcp_conntrack: established 3
  bool operator==(const Tracked&) const = default;
  bool translated() const { return original != reply; }
};

// Nothing: malformed, of another kind (SCTP, ICMP), or no conntrack message at all.
std::optional<Tracked> read_tracked(uint16_t type, std::string_view payload);

constexpr uint16_t conntrack_dump_type = 0x0101;  // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET
std::string conntrack_dump_request();
// Groups NFNLGRP_CONNTRACK_{NEW,UPDATE,DESTROY} as bits.
constexpr uint32_t conntrack_new = 1, conntrack_update = 2, conntrack_ended = 4;

}  // namespace plimsoll::network

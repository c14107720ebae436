#pragma once
#include <cstdint>
#include <span>

#include "network/flow_record.h"
#include "network/sensor.h"

namespace plimsoll::network {

using Bytes = std::span<const uint8_t>;

// TCP header bits (RFC 9293 section 3.1).
struct TcpFlags {
  static constexpr uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10, urg = 0x20;
};

struct TcpHeader {
  uint32_t seq = 0, ack = 0;
  uint8_t flags = 0;
  uint16_t urgent = 0;
  bool fast_open = false;  // option 34 (RFC 7413) or its experimental form
  bool has(uint8_t flag) const { return (flags & flag) != 0; }
};

// A piece of an IP datagram (RFC 791, RFC 8200 section 4.5).
struct Fragment {
  uint32_t id = 0;
  uint32_t offset = 0;  // in bytes, of the part that is fragmented
  bool more = false;
};

enum class PacketKind { not_ip, malformed, fragment, tcp, udp, icmp, other_ip };

// What one packet holds. Views point into the packet.
struct Decoded {
  PacketKind kind = PacketKind::not_ip;
  Endpoint source, destination;  // ports are 0 where the transport has none
  uint8_t protocol = 0;          // the IP protocol number of what the payload belongs to
  TcpHeader tcp;                 // of TCP
  Fragment fragment;             // of a fragment: payload is its piece
  Bytes ip;                      // from the IP header to the end of the datagram, as far as captured
  Bytes payload;                 // of TCP and UDP; else what follows the IP headers; as far as captured
  uint32_t payload_length = 0;   // as it was on the wire; more than payload.size(): cut by the capture
};

// Reads the headers of `packet`. Bytes beyond the datagram (Ethernet's padding) are left out. Checksums are not looked
// at: on a veth pair they are never filled in. A total length of 0 (frames larger than 64 KiB, "BIG TCP") means all
// that follows. Headers that contradict each other or are cut off are malformed.
Decoded decode(const Packet& packet);
// The same for what begins with an IP header; `wire_length` is its length on the wire.
Decoded decode_ip(Bytes bytes, uint32_t wire_length);
// Headers of the transport, of a datagram whose fragments were put together: `whole.payload` begins with them.
void decode_transport(Decoded& whole);

// The two ends of the datagram that an ICMP error quotes, with its transport; false where it quotes none.
bool quoted_by_icmp(const Decoded& icmp, Decoded& quoted);
// Whether an ICMP message says that nobody takes the datagram: "port unreachable" and its like (RFC 792, RFC 4443).
bool says_unreachable(const Decoded& icmp);

}  // namespace plimsoll::network

#include "network/packet/decode.h"

#include <algorithm>

namespace plimsoll::network {
namespace {

// IP protocol numbers.
constexpr uint8_t ip_hop_by_hop = 0, ip_icmp = 1, ip_tcp = 6, ip_udp = 17, ip_routing = 43, ip_fragment = 44,
                  ip_authentication = 51, ip_icmp6 = 58, ip_destination = 60, ip_mobility = 135, ip_hip = 139,
                  ip_shim6 = 140;
constexpr uint16_t ether_ipv4 = 0x0800, ether_ipv6 = 0x86dd, ether_vlan = 0x8100, ether_qinq = 0x88a8,
                   ether_qinq_old = 0x9100;

uint16_t be16(Bytes bytes, size_t at) { return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]); }
uint32_t be32(Bytes bytes, size_t at) {
  return static_cast<uint32_t>(bytes[at]) << 24 | static_cast<uint32_t>(bytes[at + 1]) << 16 |
         static_cast<uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

// Goes on from an EtherType: through at most two VLAN tags to IP.
Decoded decode_network(Bytes bytes, uint32_t wire, uint16_t type) {
  for (int tags = 0; type == ether_vlan || type == ether_qinq || type == ether_qinq_old; ++tags) {
    if (tags == 2) return {};
    if (bytes.size() < 4) return {.kind = PacketKind::malformed};
    type = be16(bytes, 2);
    bytes = bytes.subspan(4);
    wire -= 4;
  }
  if (type != ether_ipv4 && type != ether_ipv6) return {};
  Decoded out = decode_ip(bytes, wire);
  // A version that contradicts the EtherType.
  if (out.kind == PacketKind::not_ip) out.kind = PacketKind::malformed;
  return out;
}

void decode_tcp(Decoded& out) {
  const Bytes bytes = out.payload;
  out.kind = PacketKind::malformed;
  if (bytes.size() < 20) return;
  const size_t header = static_cast<size_t>(bytes[12] >> 4) * 4;
  if (header < 20 || header > bytes.size() || header > out.payload_length) return;
  out.kind = PacketKind::tcp;
  out.source.port = be16(bytes, 0);
  out.destination.port = be16(bytes, 2);
  out.tcp = {be32(bytes, 4), be32(bytes, 8), bytes[13], be16(bytes, 18), false};
  for (size_t at = 20; at < header;) {
    const uint8_t kind = bytes[at];
    if (kind == 0) break;
    if (kind == 1) {
      ++at;
      continue;
    }
    if (at + 1 >= header || bytes[at + 1] < 2 || at + bytes[at + 1] > header) break;  // as Linux: the rest is ignored
    if (kind == 34 || (kind == 254 && bytes[at + 1] >= 4 && be16(bytes, at + 2) == 0xf989)) out.tcp.fast_open = true;
    at += bytes[at + 1];
  }
  out.payload = bytes.subspan(header);
  out.payload_length -= static_cast<uint32_t>(header);
}

void decode_udp(Decoded& out) {
  const Bytes bytes = out.payload;
  out.kind = PacketKind::malformed;
  if (bytes.size() < 8) return;
  const uint32_t length = be16(bytes, 4);
  if (length != 0 && (length < 8 || length > out.payload_length)) return;
  out.kind = PacketKind::udp;
  out.source.port = be16(bytes, 0);
  out.destination.port = be16(bytes, 2);
  if (length != 0) out.payload_length = length;  // 0: a jumbogram (RFC 2675)
  out.payload = bytes.first(std::min<size_t>(bytes.size(), out.payload_length)).subspan(8);
  out.payload_length -= 8;
}

Decoded decode_ipv4(Bytes bytes, uint32_t wire) {
  Decoded out{.kind = PacketKind::malformed};
  if (bytes.size() < 20) return out;
  const size_t header = static_cast<size_t>(bytes[0] & 0x0f) * 4;
  uint32_t total = be16(bytes, 2);
  if (total == 0) total = wire;
  if (header < 20 || header > bytes.size() || total < header || total > wire) return out;
  out.ip = bytes.first(std::min<size_t>(bytes.size(), total));
  out.payload = out.ip.subspan(header);
  out.payload_length = total - static_cast<uint32_t>(header);
  out.source.address = address_of_v4(bytes.data() + 12);
  out.destination.address = address_of_v4(bytes.data() + 16);
  out.protocol = bytes[9];
  const uint16_t piece = be16(bytes, 6);
  if ((piece & 0x3fff) != 0) {
    out.kind = PacketKind::fragment;
    out.fragment = {be16(bytes, 4), static_cast<uint32_t>(piece & 0x1fff) * 8, (piece & 0x2000) != 0};
    return out;
  }
  decode_transport(out);
  return out;
}

// Where the extension header at `at` ends; 0 when it is cut off.
size_t end_of_extension(Bytes bytes, size_t at, uint8_t protocol) {
  if (at + 2 > bytes.size()) return 0;
  const size_t length = protocol == ip_authentication ? (static_cast<size_t>(bytes[at + 1]) + 2) * 4
                                                      : (static_cast<size_t>(bytes[at + 1]) + 1) * 8;
  return at + length <= bytes.size() ? at + length : 0;
}

bool is_extension(uint8_t protocol) {
  return protocol == ip_hop_by_hop || protocol == ip_routing || protocol == ip_destination ||
         protocol == ip_authentication || protocol == ip_mobility || protocol == ip_hip || protocol == ip_shim6;
}

Decoded decode_ipv6(Bytes bytes, uint32_t wire) {
  constexpr int most_extensions = 8;
  Decoded out{.kind = PacketKind::malformed};
  if (bytes.size() < 40) return out;
  uint32_t total = 40u + be16(bytes, 4);
  if (total == 40 && bytes[6] == ip_hop_by_hop) total = wire;  // a jumbo payload option follows
  if (total > wire) return out;
  out.ip = bytes.first(std::min<size_t>(bytes.size(), total));
  out.source.address = address_of_v6(bytes.data() + 8);
  out.destination.address = address_of_v6(bytes.data() + 24);
  out.protocol = bytes[6];
  size_t at = 40;
  for (int count = 0; is_extension(out.protocol) || out.protocol == ip_fragment; ++count) {
    if (count == most_extensions) return out;
    if (out.protocol == ip_fragment) {
      if (at + 8 > out.ip.size()) return out;
      const uint16_t piece = be16(out.ip, at + 2);
      const Fragment fragment{be32(out.ip, at + 4), static_cast<uint32_t>(piece & 0xfff8), (piece & 1) != 0};
      out.protocol = out.ip[at];
      at += 8;
      if (fragment.offset == 0 && !fragment.more) continue;  // an atomic fragment (RFC 6946)
      out.fragment = fragment;
      out.kind = PacketKind::fragment;
      break;
    }
    const size_t end = end_of_extension(out.ip, at, out.protocol);
    if (end == 0) return out;
    out.protocol = out.ip[at];
    at = end;
  }
  out.payload = out.ip.subspan(at);
  out.payload_length = total - static_cast<uint32_t>(at);
  if (out.kind != PacketKind::fragment) decode_transport(out);
  return out;
}

}  // namespace

void decode_transport(Decoded& whole) {
  switch (whole.protocol) {
    case ip_tcp:
      return decode_tcp(whole);
    case ip_udp:
      return decode_udp(whole);
    case ip_icmp:
    case ip_icmp6:
      whole.kind = whole.payload.size() < 4 ? PacketKind::malformed : PacketKind::icmp;
      return;
    default:
      whole.kind = PacketKind::other_ip;
  }
}

Decoded decode_ip(Bytes bytes, uint32_t wire_length) {
  if (bytes.empty()) return {.kind = PacketKind::malformed};
  switch (bytes[0] >> 4) {
    case 4:
      return decode_ipv4(bytes, wire_length);
    case 6:
      return decode_ipv6(bytes, wire_length);
    default:
      return {};
  }
}

Decoded decode(const Packet& packet) {
  const Bytes bytes = packet.bytes;
  const auto wire = std::max<uint32_t>(packet.original_length, static_cast<uint32_t>(bytes.size()));
  // Where the EtherType stands, and where what it names begins.
  struct Link {
    size_t type_at, header;
  };
  Link link{};
  switch (packet.link) {
    case LinkType::raw_ip:
      return decode_ip(bytes, wire);
    case LinkType::null_loopback:  // an address family in the byte order of whoever captured; IP tells its own version
      if (bytes.size() < 5) return {.kind = PacketKind::malformed};
      return decode_ip(bytes.subspan(4), wire - 4);
    case LinkType::ethernet:
      link = {12, 14};
      break;
    case LinkType::linux_sll:
      link = {14, 16};
      break;
    case LinkType::linux_sll2:
      link = {0, 20};
      break;
  }
  if (bytes.size() < link.header) return {.kind = PacketKind::malformed};
  return decode_network(bytes.subspan(link.header), wire - static_cast<uint32_t>(link.header),
                        be16(bytes, link.type_at));
}

bool says_unreachable(const Decoded& icmp) {
  const uint8_t type = icmp.payload[0], code = icmp.payload[1];
  if (icmp.protocol == ip_icmp) return type == 3 && (code == 2 || code == 3 || code == 9 || code == 10 || code == 13);
  return type == 1 && (code == 1 || code == 4);
}

bool quoted_by_icmp(const Decoded& icmp, Decoded& quoted) {
  const bool error = icmp.protocol == ip_icmp ? icmp.payload[0] == 3 || icmp.payload[0] == 11 || icmp.payload[0] == 12
                                              : icmp.payload[0] >= 1 && icmp.payload[0] <= 4;
  if (!error || icmp.payload.size() < 8 + 20) return false;
  const Bytes inner = icmp.payload.subspan(8);
  // Only the beginning is quoted, often just 8 bytes of the transport: its headers cannot be read as whole ones are.
  Decoded found = decode_ip(inner, UINT32_MAX);
  if (found.kind == PacketKind::not_ip || found.kind == PacketKind::fragment || found.ip.empty()) return false;
  if (found.protocol != ip_tcp && found.protocol != ip_udp) return false;
  const size_t at = inner[0] >> 4 == 4 ? static_cast<size_t>(inner[0] & 0x0f) * 4 : 40;
  if (inner[0] >> 4 == 6 && inner[6] != found.protocol) return false;  // behind extension headers: not followed
  if (inner.size() < at + 8) return false;
  found.source.port = be16(inner, at);
  found.destination.port = be16(inner, at + 2);
  found.kind = found.protocol == ip_tcp ? PacketKind::tcp : PacketKind::udp;
  if (found.kind == PacketKind::tcp) found.tcp.seq = be32(inner, at + 4);
  quoted = found;
  return true;
}

}  // namespace plimsoll::network

#include "respond/pcapng.h"

#include <algorithm>
#include <chrono>

namespace plimsoll::respond {
namespace {

// All numbers are little endian: the section header says so.
void u16(std::string& out, uint64_t v) {
  out += static_cast<char>(v & 0xff);
  out += static_cast<char>((v >> 8) & 0xff);
}
void u32(std::string& out, uint64_t v) {
  u16(out, v & 0xffff);
  u16(out, (v >> 16) & 0xffff);
}
void pad(std::string& out) {
  while (out.size() % 4 != 0) out += '\0';
}
void option(std::string& out, uint16_t code, const std::string& value) {
  u16(out, code);
  u16(out, value.size());
  out += value;
  pad(out);
}

std::string block(uint32_t type, const std::string& body) {
  std::string out;
  u32(out, type);
  u32(out, body.size() + 12);
  out += body;
  u32(out, body.size() + 12);
  return out;
}

// LINKTYPE_ values (https://www.tcpdump.org/linktypes.html).
uint16_t link_type(network::LinkType link) {
  switch (link) {
    case network::LinkType::ethernet:
      return 1;
    case network::LinkType::raw_ip:
      return 101;
    case network::LinkType::linux_sll:
      return 113;
    case network::LinkType::linux_sll2:
      return 276;
    default:
      return 0;
  }
}

std::string section(const std::string& comment) {
  constexpr size_t most_comment = 1000;
  std::string body;
  u32(body, 0x1a2b3c4d);  // byte order
  u16(body, 1);
  u16(body, 0);
  u32(body, 0xffffffff);  // length of the section: not given
  u32(body, 0xffffffff);
  option(body, 1, comment.substr(0, most_comment));
  option(body, 4, "plimsoll " PLIMSOLL_VERSION);
  option(body, 0, "");
  return block(0x0a0d0d0a, body);
}

std::string interface_block(uint16_t link) {
  std::string body;
  u16(body, link);
  u16(body, 0);
  u32(body, 0);                             // no snap length
  option(body, 9, std::string(1, '\x09'));  // times in 10^-9 s
  option(body, 0, "");
  return block(1, body);
}

}  // namespace

void PacketRing::add(const network::Packet& packet) {
  constexpr size_t most_packet = size_t{256} << 10;
  const uint16_t link = link_type(packet.link);
  if (link == 0 || packet.bytes.size() > most_packet) {
    ++left_out_;
    return;
  }
  auto known = std::find(links_.begin(), links_.end(), link);
  if (known == links_.end()) known = links_.insert(links_.end(), link);
  const auto at =
      static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(packet.at.time_since_epoch()).count());
  std::string body;
  u32(body, static_cast<uint64_t>(known - links_.begin()));
  u32(body, at >> 32);
  u32(body, at & 0xffffffff);
  u32(body, packet.bytes.size());
  u32(body, std::max<uint64_t>(packet.original_length, packet.bytes.size()));
  body.append(reinterpret_cast<const char*>(packet.bytes.data()), packet.bytes.size());
  pad(body);
  blocks_.push_back(block(6, body));
  bytes_ += blocks_.back().size();
  while (bytes_ > most_bytes_ && !blocks_.empty()) {
    bytes_ -= blocks_.front().size();
    blocks_.pop_front();
    ++left_out_;
  }
}

std::string PacketRing::file(const std::string& comment) const {
  std::string out = section(comment);
  if (links_.empty()) out += interface_block(link_type(network::LinkType::ethernet));
  for (const uint16_t link : links_) out += interface_block(link);
  for (const std::string& packet : blocks_) out += packet;
  return out;
}

}  // namespace plimsoll::respond

#include "network/packet_for_tests.h"

#include <algorithm>
#include <utility>

namespace plimsoll::network {
namespace {

std::string be(uint64_t value, size_t width) {
  std::string out;
  for (size_t i = width; i-- > 0;) out += static_cast<char>(value >> (8 * i));
  return out;
}

std::string bytes_of(const Address& address) {
  const size_t from = address.v4() ? 12 : 0;
  return std::string(address.bytes.begin() + static_cast<ptrdiff_t>(from), address.bytes.end());
}

}  // namespace

Endpoint end(const char* address, uint16_t port) { return {*parse_address(address), port}; }

std::string ip_packet(const Address& from, const Address& to, uint8_t protocol, std::string_view payload) {
  std::string out;
  if (from.v4()) {
    const size_t total = 20 + payload.size();
    out = "\x45" + std::string(1, '\0') + be(total > 0xffff ? 0 : total, 2) + be(7, 2) + be(0x4000, 2) + "\x40" +
          be(protocol, 1) + be(0, 2);
  } else {
    out = be(0x6000'0000, 4) + be(payload.size() > 0xffff ? 0 : payload.size(), 2) + be(protocol, 1) + "\x40";
  }
  return out + bytes_of(from) + bytes_of(to) + std::string(payload);
}

std::string tcp_packet(const Endpoint& from, const Endpoint& to, const TcpFields& fields, std::string_view payload) {
  const std::string header = be(from.port, 2) + be(to.port, 2) + be(fields.seq, 4) + be(fields.ack, 4) +
                             be((20 + fields.options.size()) / 4 << 4, 1) + be(fields.flags, 1) + be(65'000, 2) +
                             be(0, 4) + fields.options;
  return ip_packet(from.address, to.address, 6, header + std::string(payload));
}

std::string udp_packet(const Endpoint& from, const Endpoint& to, std::string_view payload) {
  const std::string header = be(from.port, 2) + be(to.port, 2) + be(8 + payload.size(), 2) + be(0, 2);
  return ip_packet(from.address, to.address, 17, header + std::string(payload));
}

std::string ethernet(std::string_view ip, std::string_view tags) {
  const bool v4 = (static_cast<uint8_t>(ip[0]) >> 4) == 4;
  return std::string("\2\0\0\0\0\1\2\0\0\0\0\2", 12) + std::string(tags) + be(v4 ? 0x0800 : 0x86dd, 2) +
         std::string(ip);
}

std::vector<std::string> fragments_of(const std::string& ip, size_t piece, uint32_t id) {
  const bool v4 = (static_cast<uint8_t>(ip[0]) >> 4) == 4;
  const size_t header = v4 ? 20 : 40;
  std::vector<std::string> out;
  for (size_t at = header; at < ip.size(); at += piece) {
    const std::string part = ip.substr(at, piece);
    const bool more = at + piece < ip.size();
    std::string one = ip.substr(0, header);
    if (v4) {
      one.replace(2, 6, be(20 + part.size(), 2) + be(id, 2) + be((more ? 0x2000u : 0u) | (at - header) / 8, 2));
      out.push_back(one + part);
    } else {
      one.replace(4, 2, be(8 + part.size(), 2));
      const char protocol = std::exchange(one[6], 44);
      out.push_back(one + protocol + std::string(1, '\0') + be((at - header) | (more ? 1u : 0u), 2) + be(id, 4) + part);
    }
  }
  return out;
}

Packet packet_of(std::string_view bytes, Time at, LinkType link) {
  return {
      at, link, {reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, static_cast<uint32_t>(bytes.size())};
}

TcpTalk& TcpTalk::raw(bool from_client, uint8_t flags, std::string_view bytes) {
  uint32_t& from = from_client ? next_client_ : next_server_;
  const uint32_t to = from_client ? next_server_ : next_client_;
  packets.push_back(tcp_packet(from_client ? client_ : server_, from_client ? server_ : client_,
                               {from, (flags & 0x10) != 0 ? to : 0, flags, {}}, bytes));
  from += static_cast<uint32_t>(bytes.size()) + ((flags & 0x03) != 0 ? 1 : 0);
  return *this;
}

TcpTalk& TcpTalk::open() { return raw(true, 0x02).raw(false, 0x12).raw(true, 0x10); }
TcpTalk& TcpTalk::close() { return raw(true, 0x11).raw(false, 0x11).raw(true, 0x10); }

std::vector<FlowRecord> flows_of(const std::vector<std::string>& packets) {
  std::vector<FlowRecord> out;
  Sensor sensor({}, {}, [&out](const FlowRecord& flow) { out.push_back(flow); });
  Time at(std::chrono::seconds(1'000'000));
  for (const std::string& packet : packets) {
    sensor.packet(packet_of(packet, at));
    at += std::chrono::milliseconds(1);
  }
  sensor.flush();
  std::sort(out.begin(), out.end(), [](const FlowRecord& a, const FlowRecord& b) { return a.key < b.key; });
  return out;
}

}  // namespace plimsoll::network

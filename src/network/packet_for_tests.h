#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "network/sensor.h"

namespace plimsoll::network {

// Packets made by tests, as raw IP; checksums are left 0, as nothing here looks at them.
Endpoint end(const char* address, uint16_t port);

struct TcpFields {
  uint32_t seq = 0, ack = 0;
  uint8_t flags = 0x10;
  std::string options;  // a multiple of 4 bytes
};
std::string tcp_packet(const Endpoint& from, const Endpoint& to, const TcpFields& fields,
                       std::string_view payload = {});
std::string udp_packet(const Endpoint& from, const Endpoint& to, std::string_view payload);
// Any transport: `protocol` is the IP protocol number. Extension headers of IPv6 stand in `payload`.
std::string ip_packet(const Address& from, const Address& to, uint8_t protocol, std::string_view payload);
std::string ethernet(std::string_view ip, std::string_view tags = {});
// The fragments of an IP packet, with `piece` bytes (a multiple of 8) each.
std::vector<std::string> fragments_of(const std::string& ip, size_t piece, uint32_t id);

Packet packet_of(std::string_view bytes, Time at = Time(std::chrono::seconds(1'000'000)),
                 LinkType link = LinkType::raw_ip);

// One TCP connection, written as the packets of it: numbers are counted on.
class TcpTalk {
 public:
  TcpTalk(Endpoint client, Endpoint server) : client_(client), server_(server) {}
  TcpTalk& open();  // SYN, SYN and ACK, ACK
  TcpTalk& client(std::string_view bytes) { return say(true, bytes); }
  TcpTalk& server(std::string_view bytes) { return say(false, bytes); }
  TcpTalk& raw(bool from_client, uint8_t flags, std::string_view bytes = {});
  TcpTalk& close();  // FIN both ways

  std::vector<std::string> packets;

 private:
  TcpTalk& say(bool from_client, std::string_view bytes) { return raw(from_client, 0x18, bytes); }
  Endpoint client_, server_;
  uint32_t next_client_ = 1000, next_server_ = 0xffff'ff00;  // wraps soon
};

// What a sensor without detectors makes of them, a millisecond apart: the flows that left, by key.
std::vector<FlowRecord> flows_of(const std::vector<std::string>& packets);

}  // namespace plimsoll::network

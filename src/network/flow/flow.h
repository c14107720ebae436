#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "network/flow/stream.h"
#include "network/flow_record.h"
#include "network/protocol/inquiry.h"

namespace plimsoll::network {

// What is known of one end of a TCP connection.
struct TcpSide {
  uint32_t first = 0;         // its initial sequence number
  uint32_t next = 0;          // the sequence number after the furthest byte it sent
  uint32_t acknowledged = 0;  // what the other side acknowledged last
  bool begun = false;         // `next` is known
  bool syn = false, fin = false;
  std::string syn_data;  // what came with the SYN, until the other end takes it
  Stream stream;
};

// How a flow ages: each kind has its own time-out and gives way in this order when the table is full.
enum class Ageing { closed, opening, udp, tcp };

// One connection in the table.
struct Flow {
  FlowRecord record;
  Ageing ageing = Ageing::opening;
  uint64_t hash = 0;
  Flow* next_in_bucket = nullptr;
  std::list<Flow>::iterator place;  // of itself
  bool handshake_answered = false;  // the server sent SYN and ACK
  bool reset_doubted = false;       // a RST whose number does not fit; holds if nothing more comes
  TcpSide client, server;
  bool spoke = false;                // data came, of either side
  std::unique_ptr<Inquiry> inquiry;  // from then on until it is settled what the flow speaks
  uint64_t last_print = 0;           // of the last packet, to know a second copy of it
  Time last_print_at{};
};

}  // namespace plimsoll::network

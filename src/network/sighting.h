#pragma once
#include <cstdint>

#include "network/flow_record.h"

namespace plimsoll::network {

// Where a flow was seen from: the socket of one of its ends, or a point on the way.
enum class Side { client, server, way };

enum class SourceKind { kernel_programs, socket_tables, connection_tracking, packets };

// One look at one flow from one side. `flow.client_owner` or `flow.server_owner` is set, as `side` says.
struct Sighting {
  FlowRecord flow;
  SourceKind source = SourceKind::kernel_programs;
  Side side = Side::way;
  bool side_known = true;         // false: which end this socket is, is a guess
  uint64_t socket = 0;            // its cookie; 0: not known. The same two addresses with another socket: another flow
  uint64_t name_space = 0;        // inode of the network namespace it was seen in; 0: not known
  uint64_t namespace_cookie = 0;  // of it, where the inode is not known
  bool amounts_are_new = false;   // bytes and packets add to what was seen before; false: are all so far
};

// A socket that takes connections, and the process that made it one.
struct ListenerSeen {
  Transport transport = Transport::tcp;
  Endpoint local;
  uint64_t name_space = 0;
  Owner owner;
};

}  // namespace plimsoll::network

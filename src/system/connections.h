#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "model/facts.h"
#include "model/flow.h"
#include "model/ids.h"
#include "model/incomplete.h"
#include "system/machine.h"
#include "system/proc_net.h"

namespace plimsoll::system {

// One established connection of one network namespace, from the kernel's socket tables.
struct Connection {
  AssetId owner;
  Transport transport = Transport::tcp;
  std::string local_address, remote_address;
  uint16_t local_port = 0, remote_port = 0;
  bool local_listens = false;  // local_port is a listening port: the peer opened it
};

struct Connections {
  std::vector<Connection> established;
  IncompleteList not_assessed;
};

// All four socket tables of one network namespace.
struct NamespaceSockets {
  std::vector<SocketRow> rows;
  std::vector<Error> errors;  // a table that exists but could not be read whole
};

// Reads /proc/PROCESS/net/{tcp,tcp6,udp,udp6}; `process` is a pid or "self". A table the kernel does not have (IPv6
// switched off) is no error, but when none of the four is there, that is one.
NamespaceSockets read_sockets(const Machine& machine, const std::string& process);

using SocketOwners = std::unordered_map<uint64_t, int>;  // socket inode -> the first pid seen holding it

// Adds the sockets a process holds: /proc/PID/fd. Fails when the list cannot be read; links that vanish are skipped. At
// most 65 536 descriptors are looked at: more is ErrorKind::limit, after adding those.
Status add_socket_owners(const Machine& machine, int pid, SocketOwners& owners);

// The listening sockets among `rows`, sorted, each once; pid from `owners` where known. With `only_owned` those of
// other processes are left out.
std::vector<Listener> listeners_of(const std::vector<SocketRow>& rows, const SocketOwners& owners, bool only_owned);

// The established sockets among `rows`, as connections of `owner`. `only` restricts to these socket inodes.
std::vector<Connection> connections_of(const std::vector<SocketRow>& rows, const AssetId& owner,
                                       const SocketOwners* only);

// The addresses that a network namespace holds, loopback left out: those of IPv4 first.
struct LocalAddresses {
  std::vector<std::string> addresses;
  std::vector<Error> errors;  // of a table that could not be read: the list may lack its addresses
};

// Of the namespace of `process`, a pid or "self". That a kernel has no IPv6 is no error.
LocalAddresses read_local_addresses(const Machine& machine, const std::string& process);

// A default route out of the network namespace of `process`, by either address family.
Fact<bool> has_default_route(const Machine& machine, const std::string& process);

}  // namespace plimsoll::system

#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/sandbox.h"

namespace plimsoll::server {

// What a process of the service keeps of the world once it has given away its rights.
struct Kept {
  uid_t user = 0;  // whom root becomes; not looked at when the caller is not root
  gid_t group = 0;
  std::vector<std::string> readable;  // directories; those that are not there are left out
  std::vector<std::string> writable;  // directories: its state
  bool connects = false;              // anywhere, and nobody can connect to it
  bool local_sockets = false;         // may connect to Unix sockets: the journal's server is behind one
  std::vector<uint16_t> ports;        // may connect to these TCP ports: the journal's server
  pid_t parent = 0;                   // ends with it
};

// No capability, no way back to one, no program started, no process traced, no new namespace, no new socket, no file
// but these: as far as this kernel can. What is not in force says why. Call while there is one thread.
std::vector<SandboxLayer> give_up_rights(const Kept& kept);

// Whom the process becomes: the account `plimsoll` where there is one, else a number that no account of this machine
// has.
struct ServiceUser {
  uid_t user = 0;
  gid_t group = 0;
};
ServiceUser service_user();

// Makes `directory` (0700) with its missing parents, and gives it and the files in it to `user` when the caller is
// root.
Status prepare_state(const std::string& directory, const ServiceUser& user);

}  // namespace plimsoll::server

#pragma once
#include <string>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// The questions put to one engine. Read-only by construction: there is nothing but GET here. Borrows machine and
// socket.
class DockerSession {
 public:
  DockerSession(const system::Machine& machine, const std::string& socket) : machine_(machine), socket_(socket) {}

  // The body of a 200. not_found: a 404; denied: a 403, or the socket's; unreachable: any other answer.
  Result<std::string> get(const std::string& target, size_t limit) const;

  // Asks GET /version, whose body it returns, and puts the version to speak before all later targets.
  Result<std::string> agree_on_version();

  const std::string& prefix() const { return prefix_; }  // "/v1.41"

 private:
  const system::Machine& machine_;
  const std::string& socket_;
  std::string prefix_;
};

}  // namespace plimsoll::runtime

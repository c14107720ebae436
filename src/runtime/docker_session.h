#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// The questions put to one engine. Read-only by construction: there is nothing but GET here. Borrows machine and
// socket.
class DockerSession {
 public:
  DockerSession(const system::Machine& machine, const std::string& socket) : machine_(machine), socket_(socket) {}

  // The body of a 200. not_found: a 404; denied: a 403, or the socket's; unreachable: any other answer. timeout: the
  // engine did not answer within 10 s, to this request or to one before: an engine that hangs is waited for once.
  Result<std::string> get(const std::string& target, size_t limit);

  // Asks GET /version, whose body it returns, and puts the version to speak before all later targets.
  Result<std::string> agree_on_version();

  const std::string& prefix() const { return prefix_; }  // "/v1.41"

 private:
  const system::Machine& machine_;
  const std::string& socket_;
  std::string prefix_;
  std::optional<Error> hung_;
};

}  // namespace plimsoll::runtime

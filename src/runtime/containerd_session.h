#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/containerd_names.h"
#include "runtime/containerd_replies.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// Where containerd listens on this machine: of the places it is known to listen at, those that are there, one that has
// two names once.
std::vector<std::string> containerd_sockets(const system::Machine& machine);

// A call that is answered by a stream (Events.Subscribe): something comes when a task of a namespace other than
// Docker's is started, removed, paused or goes on.
system::GrpcCall containerd_events();

// Questions put to one containerd. Borrows machine. Errors as Machine::grpc_unix; timeout: it did not answer within
// 10 s, to this question or to one before: one that hangs is waited for once.
class ContainerdSession {
 public:
  ContainerdSession(const system::Machine& machine, std::string socket)
      : machine_(machine), socket_(std::move(socket)) {}

  const std::string& socket() const { return socket_; }
  Result<std::string> version();
  // Those whose containers nobody else answers for: Docker's own ("moby") is left out, whose engine tells more.
  Result<std::vector<std::string>> namespaces();
  Result<std::vector<ContainerdContainer>> containers(const std::string& space);
  Result<std::vector<ContainerdTask>> tasks(const std::string& space);
  Result<ContainerdContainer> container(const ContainerdName& name);
  Result<ContainerdTask> task(const ContainerdName& name);  // not_found: it does not run
  Result<std::vector<int>> pids(const ContainerdName& name);

  // Tells its task something: `verb` is a method of the service Tasks whose request has the container's id first.
  // Room `respond` alone may; no proof that it took effect.
  Status tell(const ContainerdName& name, std::string_view verb, std::string_view more = {});

 private:
  Result<std::string> call(const std::string& method, const std::string& space, std::string message);

  const system::Machine& machine_;
  std::string socket_;
  std::optional<Error> hung_;
};

}  // namespace plimsoll::runtime

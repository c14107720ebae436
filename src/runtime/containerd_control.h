#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/container_control.h"
#include "runtime/containerd_session.h"
#include "system/machine.h"

namespace plimsoll::runtime {

// Acts on the tasks of one containerd. It keeps processes, no more: what starts containers again, and what connects
// them, is whoever uses it (kubelet, nerdctl), and so is not for us to tell. Ids are those of containerd_id().
class ContainerdControl : public ContainerControl {
 public:
  ContainerdControl(const system::Machine& machine, std::string socket)
      : machine_(machine), socket_(std::move(socket)) {}

  // Whether it answers.
  Status begin();
  const std::string& socket() const override { return socket_; }
  Status takes(Order order) const override;

  Result<ContainerState> inspect(const std::string& id) const override;
  Result<ContainerState> find(const std::string& name) const override;
  Result<std::vector<ContainerId>> running() const override;

  Status pause(const std::string& id) const override;
  Status unpause(const std::string& id) const override;
  // SIGTERM; SIGKILL when it has not ended within `seconds`. Both wait until it has ended, some seconds at the most;
  // one that is paused goes on to end.
  Status stop(const std::string& id, int seconds) const override;
  Status kill(const std::string& id) const override;
  Status start(const std::string& id) const override;
  Status restart(const std::string& id, int seconds) const override;
  Status disconnect(const std::string& id, const std::string& network) const override;
  Status connect(const std::string& id, const JoinedNetwork& network) const override;

  // Names, labels and the OCI specification it was made by; changes are not known to containerd itself.
  Result<std::string> description(const std::string& id) const override;
  Result<std::string> changes(const std::string& id) const override;
  Result<std::string> processes(const std::string& id) const override;

 private:
  struct Found {
    ContainerdName name;
    ContainerdContainer container;
  };
  // Of that id; not_found: no namespace has it.
  Result<Found> look_up(ContainerdSession& session, const std::string& id) const;
  Result<Found> in_namespace(ContainerdSession& session, ContainerdName name) const;
  Result<ContainerState> state_of(ContainerdSession& session, const Found& found) const;
  Status signal(const std::string& id, int seconds_to_end) const;

  const system::Machine& machine_;
  std::string socket_;
};

}  // namespace plimsoll::runtime

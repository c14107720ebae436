#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/fact_tree.h"
#include "probe/kubernetes/setting_tables.h"
#include "system/files.h"
#include "system/machine.h"
#include "system/proc_status.h"

namespace plimsoll::probe::kubernetes {

// One program of Kubernetes as it runs on this node, or as a static pod's manifest or an argument file says it would.
struct Component {
  bool running = false;
  int pid = 0;
  uint64_t started = 0;                // clock ticks since boot
  std::string root;                    // of the paths it names: "/proc/PID/root" of one in a container, "" on the host
  std::vector<std::string> arguments;  // without the program's name
  std::string unread;                  // why `arguments` is not known; empty when it is
  std::string source;                  // where `arguments` was read: "/proc/812/cmdline"
  std::optional<uint32_t> uid;
  // It runs inside another program that sets more than its arguments say (k3s): nothing is known of what is not told.
  bool embedded = false;
};

// The running programs. Those in a container count when they share the host's network, as control planes do: others
// belong to a cluster hosted here, or only bear the name.
class Components {
 public:
  explicit Components(const system::Machine& machine);

  // The newest one; null when none is seen.
  const Component* find(Program program) const;
  // "k3s", "rke2", "microk8s" by the process that is seen; else empty.
  const std::string& distribution() const { return distribution_; }
  // Why processes may be missing; empty when /proc could be listed.
  const std::string& unseen() const { return unseen_; }
  const system::Machine& machine() const { return machine_; }

 private:
  void read(const std::string& pid);
  // What all share; nothing for a process that is not this node's. Its arguments begin with the program's name.
  std::optional<Component> process(const std::string& pid, const system::ProcessStatus& status) const;
  void take(Program program, Component component);
  void take_k3s(const Component& process, bool agent);
  void take_microk8s(const Component& process);

  const system::Machine& machine_;
  std::optional<uint64_t> host_network_;
  std::vector<std::pair<Program, Component>> found_;
  std::string distribution_, unseen_;
};

// The settings of `table` as they are in force: the last flag, else `file` (a parsed configuration; what it names is
// where it was read), else the program's default. `file_unread`: why the file's part is not known; empty when it is.
FactTree settings_of(Program program, const Component& component, const FactTree* file,
                     const std::string& file_unread = {});

}  // namespace plimsoll::probe::kubernetes

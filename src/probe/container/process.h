#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/facts.h"
#include "runtime/runtime.h"
#include "system/gaps.h"
#include "system/machine.h"
#include "system/proc_status.h"

namespace plimsoll::probe {

using system::Gaps;
using Namespaces = std::map<std::string, Fact<uint64_t>>;  // by name: "pid", "net", ...

// One process of a container as the kernel shows it.
struct Process {
  ProcessFacts facts;
  system::ProcessStatus status;
  Namespaces namespaces;
  Fact<bool> host_user_namespace;  // capabilities count against the host only when true

  int pid() const { return facts.pid; }
};

std::string proc_path(int pid, const std::string& file);  // "/proc/812/status"

// A process of the host, and the control groups it is in.
struct ProcessGroup {
  int pid = 0;
  std::vector<system::CgroupLine> groups;  // none when they could not be read
};

// All processes that can be seen, lowest pid first.
std::vector<ProcessGroup> process_groups(const system::Machine& machine, Gaps& gaps);

// The processes of a container, lowest pid first: those whose cgroup lies in the container's, and, where no cgroup
// names it, those in the same pid and mount namespaces as its first process. At most 4096; more is noted in `gaps`.
std::vector<int> member_pids(const system::Machine& machine, const std::vector<ProcessGroup>& all,
                             const runtime::Listed& listed, const Namespaces& initial, Gaps& gaps);

// Reads one process; nothing when it ended or its pid was given to another meanwhile, or when it is a zombie.
std::optional<Process> read_process(const system::Machine& machine, int pid, const Namespaces& initial, Gaps& gaps);

}  // namespace plimsoll::probe

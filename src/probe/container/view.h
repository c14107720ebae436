#pragma once
#include <optional>
#include <string>
#include <vector>

#include "model/facts.h"
#include "probe/container/host_scan.h"
#include "probe/container/process.h"
#include "system/connections.h"
#include "system/gaps.h"
#include "system/machine.h"
#include "system/mountinfo.h"

namespace plimsoll::probe {

// The mount table of some of a container's processes: most have one, a process with private mounts adds another.
struct MountView {
  std::vector<system::Mount> mounts;
  std::vector<size_t> members;  // indexes into View::processes
  int pid = 0;                  // whose table and root it is
};

// All that the facts of one container are made from.
struct View {
  const system::Machine& machine;
  const HostScan& host;
  std::vector<Process> processes;  // the container's first process in front
  std::vector<MountView> mount_views;
  std::string mounts_unknown;  // why mount_views is empty or short; empty when it is whole
  Gaps& gaps;
  system::NamespaceSockets sockets;  // of the first process's network namespace

  int first_pid() const { return processes.empty() ? 0 : processes.front().pid(); }
};

// Fills mount_views from processes.
void read_mount_views(View& view);

// File systems whose server may be the container itself or a dead peer: a stat there can hang for ever.
bool may_hang(const std::string& fs_type);

// lstat of `path` below the root of `pid`, refusing to walk over a symlink (it would leave the container's root) or
// into a mount that may hang. not_found also for a path behind a symlink.
Result<system::FileStat> stat_inside(const system::Machine& machine, const MountView& view, const std::string& path);

}  // namespace plimsoll::probe

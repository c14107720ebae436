#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/fact_tree.h"
#include "system/accounts.h"
#include "system/machine.h"
#include "system/mountinfo.h"

namespace plimsoll::probe::settings {

using Members = std::map<std::string, FactTree>;

// A process of the host or of a container on it, as far as /proc shows it.
struct Process {
  int pid = 0;
  std::string name;                    // comm
  std::string exe;                     // empty when unreadable or a kernel thread
  std::vector<std::string> arguments;  // its command line
  std::optional<uint32_t> uid;
  std::optional<int> seccomp;  // 0 none, 1 strict, 2 filter
  bool in_container = false;   // its cgroup is a container's
};

using system::Group;
using system::User;

// What engines of the host are told by their own files: maps, empty where there is no file, unknown where it cannot be
// read.
struct EngineFiles {
  FactTree docker;      // /etc/docker/daemon.json
  FactTree containerd;  // /etc/containerd/config.toml
  FactTree storage;     // /etc/containers/storage.conf
};

// What several collectors need, read once. Lives for one probe; not for two threads at once.
struct Context {
  const system::Machine& machine;
  std::chrono::steady_clock::time_point deadline;  // of the walk over files

  std::vector<Process> processes;
  std::string processes_unknown;  // why the list may lack some; empty: it is whole

  std::vector<system::Mount> mounts;
  std::string mounts_unknown;

  std::vector<User> users;
  std::vector<Group> groups;
  std::string users_unknown, groups_unknown;

  std::set<std::string> enabled_units, masked_units;  // "auditd.service"; OpenRC services as "NAME.service" too
  std::set<std::string> units;                        // unit files that exist
  std::string units_unknown;

  EngineFiles engine_files;
  std::set<std::string> data_roots;  // chosen_data_roots()

  std::string os_id, os_like, os_version;  // ID, ID_LIKE, VERSION_ID of os-release

  bool family(std::string_view name) const;  // "debian", "rhel", "alpine": ID or a word of ID_LIKE
};

Context make_context(const system::Machine& machine, std::chrono::steady_clock::time_point deadline);

// Whether a cgroup path (or the whole of /proc/PID/cgroup) is a container's.
bool is_container_cgroup(std::string_view text);

}  // namespace plimsoll::probe::settings

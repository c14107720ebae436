#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/facts.h"

namespace plimsoll::system {

// Parsers of the small files of /proc/PID (proc(5)). Pure and bounded.

// /proc/PID/status. A missing line leaves its field empty.
struct ProcessStatus {
  std::string name;
  char state = '?';
  std::optional<int> parent_pid;
  std::optional<uint32_t> effective_uid, file_system_uid, file_system_gid;
  std::vector<uint32_t> groups;
  std::optional<CapabilitySets> capabilities;  // only when all five lines are there
  std::optional<bool> no_new_privs;
  std::optional<int> seccomp;
};
ProcessStatus parse_status(std::string_view text);

// Field 22 of /proc/PID/stat, the start in clock ticks since boot; with the pid it names a process.
std::optional<uint64_t> parse_start_time(std::string_view stat);

// One line of /proc/PID/cgroup: no controllers for the unified hierarchy ("0::/path").
struct CgroupLine {
  std::vector<std::string> controllers;
  std::string path;
};
std::vector<CgroupLine> parse_cgroup(std::string_view text);

// Paths of the files of /proc/PID/maps, " (deleted)" stripped, sorted, each once; memfd, SysV and device maps left out.
std::vector<std::string> parse_maps(std::string_view text);

// The N of a link "mnt:[N]" or "socket:[N]" whose word before the colon is `kind`.
std::optional<uint64_t> parse_link_inode(std::string_view link, std::string_view kind);

// Whether a /proc/PID/uid_map is the identity over all ids ("0 0 4294967295").
bool is_identity_map(std::string_view uid_map);

// How many CPUs a list as "0-3,7" names; nothing when it breaks the format.
std::optional<uint64_t> count_cpus(std::string_view list);

// Numbers of the character or block drivers of /proc/devices.
struct DriverNumbers {
  std::vector<std::pair<uint32_t, std::string>> character, block;
};
DriverNumbers parse_devices(std::string_view text);

}  // namespace plimsoll::system

#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::probe {

// Where the cgroup2 hierarchy of this machine is mounted; empty: nowhere we can see.
std::string cgroup2_root(const system::Machine& machine);

// Names of control groups by the kernel's number of them, which is never given twice.
class CgroupPaths {
 public:
  explicit CgroupPaths(const std::string& root);
  ~CgroupPaths();
  CgroupPaths(const CgroupPaths&) = delete;
  CgroupPaths& operator=(const CgroupPaths&) = delete;

  // "/docker/<id>", as /proc/PID/cgroup has it. not_found: there is none (any more); denied: needs
  // CAP_DAC_READ_SEARCH.
  Result<std::string> path(uint64_t cgroup) const;

 private:
  std::string root_;
  int fd_;
};

}  // namespace plimsoll::probe

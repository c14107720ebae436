#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll {

// One layer of protection around the workers that parse foreign bytes. Printable text only.
struct SandboxLayer {
  std::string name;       // "user", "capabilities", "network", "landlock", "seccomp", "limits", "process"
  bool in_force = false;  // in every worker of the run
  std::string detail;     // "ABI 7", or what failed
  bool operator==(const SandboxLayer&) const = default;
};

// How the foreign bytes of a run were parsed.
struct SandboxReport {
  uint64_t workers = 0;  // processes that were started for it
  std::string off;       // why none were used although something was parsed; empty: not switched off
  std::vector<SandboxLayer> layers;
  bool operator==(const SandboxReport&) const = default;
};

}  // namespace plimsoll

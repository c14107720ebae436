#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "system/machine.h"

namespace plimsoll::probe {

// A running daemon of a container runtime.
struct DaemonProcess {
  int pid = 0, parent = 0;
  uint64_t started = 0;  // clock ticks since boot
  std::string exe;       // empty when it may not be read
  std::optional<uint32_t> uid;
  std::vector<std::string> arguments;
};

// Processes whose program (exe, else comm) is called `name`, newest last. Those inside containers are left out: they
// are not this host's runtime. Denied: /proc cannot be listed.
Result<std::vector<DaemonProcess>> daemons_called(const system::Machine& machine, const std::string& name);

// The flags of a command line, as pflag takes them: "--icc=false", "--log-level debug", "-H unix:///x", "--tls". The
// values of one name stand in their order; a switch without value has "true". Short names are made long ones.
using Flags = std::map<std::string, std::vector<std::string>>;
Flags parse_flags(const std::vector<std::string>& arguments);

}  // namespace plimsoll::probe

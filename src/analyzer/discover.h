#pragma once
#include <string>
#include <vector>

#include "model/report.h"
#include "runtime/runtime.h"

namespace plimsoll::analyzer {

// What runs here: every runtime that answers, then what the kernel shows beyond them.
struct Discovered {
  std::vector<RuntimeFacts> runtimes;
  std::vector<FactTree> settings;  // of the runtimes
  std::vector<runtime::Listed> containers;
  IncompleteList incomplete;
};

// A container has processes a moment before its runtime tells of it, and before it has a root of its own. One that is
// just starting is waited for, so that it is met with its name and its files: some seconds at the most.
Discovered discover(const system::Machine& machine, const std::string& docker_socket);

}  // namespace plimsoll::analyzer

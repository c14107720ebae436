#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "system/sandbox/sandbox.h"

namespace plimsoll::system::sandbox {

// One thing that a worker must not be able to do, and what came of it when one tried.
struct Attempt {
  std::string what;  // "opens a file outside its tree"
  bool blocked = false;
  std::string how;  // "Permission denied", "SIGSYS"
};

// Starts a worker for each thing that a parser taken over by an attacker would do, which really tries it; and one that
// reads what it may, which must not be blocked (then it is an error).
Result<std::vector<Attempt>> try_everything(Sandbox& sandbox);

}  // namespace plimsoll::system::sandbox

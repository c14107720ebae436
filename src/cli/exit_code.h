#pragma once

namespace plimsoll::cli {

// What the program promises other programs (docs/cli.md).
enum ExitCode {
  exit_done = 0,
  exit_fail_on = 1,  // --fail-on was met
  exit_usage = 2,
  exit_incomplete = 3,  // could not do all of it; what was left out is named
  exit_internal = 4,
  exit_interrupted = 130,
};

}  // namespace plimsoll::cli

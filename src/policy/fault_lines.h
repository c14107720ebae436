#pragma once
#include <string>
#include <vector>

#include "base/error.h"

namespace plimsoll::policy {

// One fault of a file, taken apart.
struct FaultLine {
  std::string file;          // empty: of no one file
  int line = 0, column = 0;  // from 1; 0: of the file as a whole
  std::string what;          // what is wrong, and what to write instead
};

// The faults that an error of parse_policies() tells ("FILE:LINE:COLUMN: what", a line each). `files`: the names that
// were given to it.
std::vector<FaultLine> fault_lines(const Error& error, const std::vector<std::string>& files);

}  // namespace plimsoll::policy

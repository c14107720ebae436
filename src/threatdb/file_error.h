#pragma once
#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::threatdb {

// "cannot <doing>: <text of errno>" of a file that was to be written; no right to write is denied, the rest
// unreachable.
Error file_error(const std::string& path, std::string_view doing);

}  // namespace plimsoll::threatdb

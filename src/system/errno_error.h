#pragma once
#include <string>
#include <string_view>

#include "base/error.h"

namespace plimsoll::system {

// What an errno value means for a caller. EINVAL and its like ("this kernel has no such thing") are unsupported, a
// process or file that is gone is not_found, the rest of the I/O errors unreachable.
ErrorKind kind_of_errno(int number);

// "cannot <verb>: <text of errno>", context `path`, with advice where one helps.
Error errno_error(int number, std::string_view verb, const std::string& path);

}  // namespace plimsoll::system

#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll {

// A whole file of our own or of the user's (not of a container: that is rootfs). Errors name `path`; larger than
// `limit` bytes is ErrorKind::limit.
Result<std::string> read_file(const std::string& path, size_t limit = size_t{256} << 20);

// Writes beside `path`, syncs, renames over it: a reader sees the old file or the new one, never half.
Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode = 0644);

}  // namespace plimsoll

#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::rootfs {

// A name of an archive as a path of Entry: leading and doubled slashes and "." parts taken away ("./usr//bin/" ->
// "usr/bin"; the root itself is ""). Malformed: a ".." part, a NUL byte, longer than 4096 bytes. Limit: deeper than
// `depth`.
Result<std::string> clean_path(std::string_view name, size_t depth);

// The directory of a clean path ("usr/bin/env" -> "usr/bin", "x" -> "") and its last part.
inline std::string_view parent_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}
inline std::string_view name_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace plimsoll::rootfs

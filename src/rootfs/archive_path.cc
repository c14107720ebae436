#include "rootfs/archive_path.h"

#include <fmt/format.h>

namespace plimsoll::rootfs {

Result<std::string> clean_path(std::string_view name, size_t depth) {
  constexpr size_t longest = 4096;
  if (name.size() > longest) return Error{ErrorKind::malformed, fmt::format("a name of more than {} bytes", longest)};
  if (name.find('\0') != std::string_view::npos) return Error{ErrorKind::malformed, "a name with a NUL byte"};
  std::string out;
  out.reserve(name.size());
  size_t parts = 0;
  while (!name.empty()) {
    const size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") return Error{ErrorKind::malformed, "a name with a \"..\" part, which could lead out of the tree"};
    if (++parts > depth + 1) return Error{ErrorKind::limit, fmt::format("more than {} directories deep", depth)};
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

}  // namespace plimsoll::rootfs

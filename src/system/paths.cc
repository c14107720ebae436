#include "system/paths.h"

#include <algorithm>

namespace plimsoll::system {
namespace {

constexpr int kMaxLinks = 40;

}  // namespace

std::string_view base_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string parent_directory(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string resolve(const Machine& machine, const std::string& path, const std::string& root) {
  std::string done, rest = path;
  for (int links = 0; links <= kMaxLinks;) {
    const size_t start = rest.find_first_not_of('/');
    if (start == std::string::npos) return done.empty() ? "/" : done;
    const size_t end = std::min(rest.find('/', start), rest.size());
    const std::string part = rest.substr(start, end - start);
    rest.erase(0, end);
    if (part == ".") continue;
    if (part == "..") {
      done.resize(done.empty() ? 0 : done.rfind('/'));
      continue;
    }
    const auto link = machine.read_link(root + done + "/" + part);
    if (!link.ok()) {
      done += "/" + part;
      continue;
    }
    ++links;
    if (link->starts_with('/')) done.clear();
    rest = *link + rest;
  }
  return path;
}

}  // namespace plimsoll::system

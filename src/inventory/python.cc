#include "inventory/python.h"

#include "base/text.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t header_limit = size_t{256} << 10;  // the long description follows the headers and is not needed

}  // namespace

bool wants_python_metadata(const rootfs::Entry& entry) {
  return entry.path.ends_with(".dist-info/METADATA") || entry.path.ends_with(".egg-info/PKG-INFO") ||
         entry.path.ends_with("EGG-INFO/PKG-INFO");
}

bool wants_python_egg_file(const rootfs::Entry& entry) { return entry.path.ends_with(".egg-info"); }

Result<Found> parse_python_metadata(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string_view name, version;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (trim(line).empty()) break;
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t') continue;
    const std::string key = lower(line.substr(0, colon < 64 ? colon : 64));
    if (key == "name" && name.empty()) name = trim(line.substr(colon + 1));
    if (key == "version" && version.empty()) version = trim(line.substr(colon + 1));
    if (!name.empty() && !version.empty()) break;
  }
  if (name.empty() || version.empty()) return Error{ErrorKind::malformed, "gives no name or no version"};
  if (name.size() > max_field || version.size() > max_field) return Error{ErrorKind::limit, "name or version too long"};
  Found found;
  Package package;
  package.type = PackageType::pypi;
  package.name = package.source_name = std::string(name);
  package.version = package.source_version = std::string(version);
  found.packages.push_back(std::move(package));
  return found;
}

Result<Found> read_python_metadata(std::string_view, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_at(0, header_limit));
  return parse_python_metadata(text);
}

}  // namespace plimsoll::inventory

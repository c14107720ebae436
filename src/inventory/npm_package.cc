#include "inventory/npm_package.h"

#include <simdjson.h>

#include <string>

namespace plimsoll::inventory {
namespace {

constexpr size_t json_limit = size_t{8} << 20;

// The part of `path` before its last slash, and that part's last name.
std::string_view parent(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}
std::string_view base(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Result<std::string> text_of(simdjson::dom::element document, const char* key) {
  std::string_view value;
  if (document[key].get_string().get(value)) return Error{ErrorKind::malformed, std::string("gives no ") + key};
  if (value.empty()) return Error{ErrorKind::malformed, std::string("gives no ") + key};
  if (value.size() > max_field) return Error{ErrorKind::limit, std::string(key) + " is too long"};
  return std::string(value);
}

}  // namespace

bool wants_npm_package(const rootfs::Entry& entry) {
  if (!entry.path.ends_with("/package.json")) return false;
  std::string_view above = parent(parent(entry.path));  // the directory that holds the package's own
  if (base(above).starts_with('@')) above = parent(above);
  return base(above) == "node_modules" || above == "usr/share/nodejs";
}

Result<Found> parse_package_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(text.data(), text.size()).get(document)) return Error{ErrorKind::malformed, "is not JSON"};
  PLIMSOLL_TRY(name, text_of(document, "name"));
  PLIMSOLL_TRY(version, text_of(document, "version"));
  if (version.starts_with('v') || version.starts_with('=')) version.erase(0, 1);
  Found found;
  Package package;
  package.type = PackageType::npm;
  package.name = package.source_name = std::move(name);
  package.version = package.source_version = std::move(version);
  found.packages.push_back(std::move(package));
  return found;
}

Result<Found> read_npm_package(std::string_view, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_all(json_limit));
  return parse_package_json(text);
}

}  // namespace plimsoll::inventory

#include <fmt/format.h>
#include <simdjson.h>

#include "base/text.h"
#include "inventory/lock_files.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t lock_limit = size_t{64} << 20;
constexpr int max_nesting = 64;  // of "dependencies" in each other, version 1

using simdjson::dom::element;
using simdjson::dom::object;

std::string_view text_of(object from, const char* key) {
  std::string_view value;
  return from[key].get_string().get(value) ? std::string_view{} : value;
}
bool flag_of(object from, const char* key) {
  bool value = false;
  return !from[key].get_bool().get(value) && value;
}

// "node_modules/a/node_modules/@b/c" -> "@b/c".
std::string_view name_of_place(std::string_view place) {
  constexpr std::string_view directory = "node_modules/";
  const size_t at = place.rfind(directory);
  return at == std::string_view::npos ? std::string_view{} : place.substr(at + directory.size());
}

bool is_registry_version(std::string_view version) {
  return !version.empty() && version.front() >= '0' && version.front() <= '9' &&
         version.find(':') == std::string_view::npos;
}

struct Reader {
  Found found;
  size_t elsewhere = 0;  // from git, a file or a URL: no version to match

  void take(std::string_view name, std::string_view version) {
    constexpr std::string_view alias = "npm:";  // "npm:real@1.2.3"
    if (version.starts_with(alias)) {
      const size_t at = version.rfind('@');
      if (at != std::string_view::npos && at > alias.size()) {
        name = version.substr(alias.size(), at - alias.size());
        version = version.substr(at + 1);
      }
    }
    if (name.empty()) return;
    if (is_registry_version(version))
      add_npm(found, name, version);
    else
      ++elsewhere;
  }

  bool full() const { return found.packages.size() >= max_packages_in_file; }

  void packages(object places) {
    for (const auto [place, value] : places) {
      object entry;
      if (full() || value.get_object().get(entry)) continue;
      if (place.empty() || flag_of(entry, "dev") || flag_of(entry, "link")) continue;
      const std::string_view name = text_of(entry, "name");
      const std::string_view placed = name_of_place(place);
      if (placed.empty()) continue;  // a workspace of the project itself
      take(name.empty() ? placed : name, text_of(entry, "version"));
    }
  }

  void dependencies(object by_name, int depth) {
    for (const auto [name, value] : by_name) {
      object entry, inner;
      if (full() || value.get_object().get(entry)) continue;
      if (!flag_of(entry, "dev")) take(name, text_of(entry, "version"));
      if (entry["dependencies"].get_object().get(inner)) continue;
      if (depth < max_nesting)
        dependencies(inner, depth + 1);
      else
        not_assessed(found, "dependencies of " + printable(name, 200), "nested deeper than the bound");
    }
  }
};

}  // namespace

void add_npm(Found& found, std::string_view name, std::string_view version) {
  if (name.empty() || version.empty() || name.size() > max_field || version.size() > max_field) {
    not_assessed(found, "package " + printable(name, 200), "its name or version is missing or too long");
    return;
  }
  Package package;
  package.type = PackageType::npm;
  package.name = package.source_name = std::string(name);
  package.version = package.source_version = std::string(version);
  found.packages.push_back(std::move(package));
}

bool wants_npm_lock(const rootfs::Entry& entry) {
  return (entry.path.ends_with("package-lock.json") || entry.path.ends_with("npm-shrinkwrap.json")) &&
         (entry.path.ends_with("/package-lock.json") || entry.path.ends_with("/npm-shrinkwrap.json") ||
          entry.path.find('/') == std::string_view::npos) &&
         entry.path.find("node_modules/") == std::string_view::npos && !entry.path.starts_with("usr/share/nodejs/");
}

Result<Found> parse_npm_lock(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  simdjson::dom::parser parser;
  object document, part;
  if (parser.parse(text.data(), text.size()).get_object().get(document))
    return Error{ErrorKind::malformed, "is not JSON"};
  Reader reader;
  // Version 2 holds both; "packages" is the complete one.
  if (!document["packages"].get_object().get(part))
    reader.packages(part);
  else if (!document["dependencies"].get_object().get(part))
    reader.dependencies(part, 0);
  if (reader.elsewhere > 0)
    not_assessed(reader.found, fmt::format("{} packages", reader.elsewhere),
                 "not from a registry: they have no version to compare");
  if (reader.full()) not_assessed(reader.found, "the rest of the file", "more packages than the bound");
  return std::move(reader.found);
}

Result<Found> read_npm_lock(std::string_view, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_all(lock_limit));
  return parse_npm_lock(text);
}

}  // namespace plimsoll::inventory

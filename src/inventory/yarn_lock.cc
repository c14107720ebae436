#include "base/text.h"
#include "inventory/lock_files.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t lock_limit = size_t{64} << 20;

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

// "@babel/core@^7.0.0" -> "@babel/core"; "alias@npm:real@^1" -> "real".
std::string_view name_of_pattern(std::string_view pattern) {
  const size_t at = pattern.find('@', pattern.starts_with('@') ? 1 : 0);
  if (at == std::string_view::npos) return pattern;
  std::string_view range = pattern.substr(at + 1);
  if (range.starts_with("npm:")) {
    range.remove_prefix(4);
    const size_t inner = range.find('@', range.starts_with('@') ? 1 : 0);
    if (inner != std::string_view::npos && inner > 0) return range.substr(0, inner);
  }
  return pattern.substr(0, at);
}

bool is_local(std::string_view text) {
  return text.find("@workspace:") != std::string_view::npos || text.find("@link:") != std::string_view::npos ||
         text.find("@file:") != std::string_view::npos || text.find("@portal:") != std::string_view::npos;
}

struct Block {
  std::string_view header, version, resolution;
};

void finish(Found& found, const Block& block) {
  if (block.header.empty() || block.header == "__metadata") return;
  const std::string_view first = unquoted(split(block.header, ',')[0]);
  const std::string_view pattern =
      block.resolution.empty() ? (first.starts_with('"') ? first.substr(1) : first) : block.resolution;
  if (is_local(pattern)) return;
  if (block.version.empty()) {
    not_assessed(found, "entry " + printable(pattern, 200), "it has no version");
    return;
  }
  add_npm(found, name_of_pattern(pattern), block.version);
}

// Value of an indented "key value" (v1) or "key: value" (v2 and later) line; empty when it is another key.
std::string_view value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return {};
  line.remove_prefix(key.size());
  if (!line.starts_with(' ') && !line.starts_with(':')) return {};
  return unquoted(line.substr(1));
}

}  // namespace

bool wants_yarn_lock(const rootfs::Entry& entry) {
  return entry.path.ends_with("yarn.lock") && (entry.path.size() == 9 || entry.path.ends_with("/yarn.lock")) &&
         entry.path.find("node_modules/") == std::string_view::npos && !entry.path.starts_with("usr/share/nodejs/");
}

Result<Found> parse_yarn_lock(std::string_view text) {
  Found found;
  Block block;
  bool any = trim(text).empty();
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    any = any || line.starts_with("# yarn lockfile") || line.starts_with("__metadata:");
    if (line.empty() || line.front() == '#') continue;
    if (line.front() != ' ') {
      finish(found, block);
      block = {};
      if (line.ends_with(':')) block.header = line.substr(0, line.size() - 1);
      if (found.packages.size() >= max_packages_in_file) {
        not_assessed(found, "the rest of the file", "more packages than the bound");
        return found;
      }
      continue;
    }
    if (!line.starts_with("  ") || line.starts_with("   ")) continue;  // keys of the block stand two blanks in
    line.remove_prefix(2);
    if (const auto value = value_of(line, "version"); !value.empty()) block.version = value;
    if (const auto value = value_of(line, "resolution"); !value.empty()) block.resolution = value;
  }
  finish(found, block);
  if (found.packages.empty() && !any) return Error{ErrorKind::malformed, "is not a yarn lock file"};
  return found;
}

Result<Found> read_yarn_lock(std::string_view, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_all(lock_limit));
  return parse_yarn_lock(text);
}

}  // namespace plimsoll::inventory

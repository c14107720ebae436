#include "base/text.h"
#include "inventory/lock_files.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t lock_limit = size_t{64} << 20;

struct Key {
  std::string_view name, version;
};

// "/@scope/name/1.0.0_peer" (5), "/name@1.0.0(peer@2)" (6), "name@1.0.0" (9).
Key parse_key(std::string_view key) {
  if (key.size() >= 2 && (key.front() == '\'' || key.front() == '"')) key = key.substr(1, key.size() - 2);
  const bool slash = key.starts_with('/');
  if (slash) key.remove_prefix(1);
  key = key.substr(0, key.find('('));
  const size_t at = key.find('@', key.starts_with('@') ? 1 : 0);
  const size_t last_slash = key.rfind('/');
  const bool old = slash && (at == std::string_view::npos ||
                             (last_slash != std::string_view::npos && last_slash + 1 < key.size() &&
                              key[last_slash + 1] >= '0' && key[last_slash + 1] <= '9' && at > last_slash));
  if (old) {
    if (last_slash == std::string_view::npos) return {};
    std::string_view version = key.substr(last_slash + 1);
    return {key.substr(0, last_slash), version.substr(0, version.find('_'))};
  }
  if (at == std::string_view::npos) return {};
  return {key.substr(0, at), key.substr(at + 1)};
}

struct Entry {
  std::string_view key;
  bool dev = false;
};

void finish(Found& found, const Entry& entry) {
  if (entry.key.empty() || entry.dev) return;
  const Key key = parse_key(entry.key);
  const bool registry = !key.version.empty() && key.version.front() >= '0' && key.version.front() <= '9';
  if (registry && !key.name.empty())
    add_npm(found, key.name, key.version);
  else
    not_assessed(found, "entry " + printable(entry.key, 200), "not from a registry: it has no version to compare");
}

}  // namespace

bool wants_pnpm_lock(const rootfs::Entry& entry) {
  return entry.path.ends_with("pnpm-lock.yaml") &&
         (entry.path.size() == 14 || entry.path.ends_with("/pnpm-lock.yaml")) &&
         entry.path.find("node_modules/") == std::string_view::npos;
}

Result<Found> parse_pnpm_lock(std::string_view text) {
  Found found;
  Entry entry;
  bool versioned = false, inside = false;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.front() != ' ') {
      finish(found, entry);
      entry = {};
      versioned = versioned || line.starts_with("lockfileVersion:");
      inside = line == "packages:";
    } else if (inside && line.starts_with("  ") && line.size() > 2 && line[2] != ' ') {
      finish(found, entry);
      const size_t colon = line.rfind(':');
      entry = {trim(line.substr(2, colon == std::string_view::npos ? colon : colon - 2)), false};
      if (found.packages.size() + found.not_assessed.size() >= max_packages_in_file) {
        not_assessed(found, "the rest of the file", "more packages than the bound");
        return found;
      }
    } else if (inside && line == "    dev: true") {
      entry.dev = true;
    }
  }
  finish(found, entry);
  if (!versioned) return Error{ErrorKind::malformed, "is not a pnpm lock file"};
  return found;
}

Result<Found> read_pnpm_lock(std::string_view, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_all(lock_limit));
  return parse_pnpm_lock(text);
}

}  // namespace plimsoll::inventory

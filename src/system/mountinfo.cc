#include "system/mountinfo.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"

namespace plimsoll::system {
namespace {

constexpr size_t kMaxMounts = 100'000;
constexpr size_t kMaxPaths = 8;

bool is_octal(char c) { return c >= '0' && c <= '7'; }

void read_options(std::string_view options, Mount& mount) {
  for (const auto option : split(options, ',')) {
    if (option == "ro") mount.read_only = true;
    if (option == "nodev") mount.nodev = true;
    if (option == "nosuid") mount.nosuid = true;
    if (option == "noexec") mount.noexec = true;
  }
}

// id parent maj:min root target options [optional...] - type source super
std::optional<Mount> parse_line(std::string_view line) {
  const auto words = split(line, ' ');
  const auto dash = std::find(words.begin(), words.end(), "-");
  if (dash - words.begin() < 6 || words.end() - dash < 4) return std::nullopt;
  const auto id = parse_uint(words[0]), parent = parse_uint(words[1]);
  if (!id || !parent || words[3].empty() || !words[4].starts_with('/')) return std::nullopt;
  Mount mount;
  mount.id = *id;
  mount.parent = *parent;
  mount.device = words[2];
  mount.root = unescape_octal(words[3]);
  mount.target = unescape_octal(words[4]);
  read_options(words[5], mount);
  for (auto field = words.begin() + 6; field != dash; ++field) {
    if (field->starts_with("shared:")) mount.peer_group = parse_uint(field->substr(7));
  }
  mount.fs_type = unescape_octal(dash[1]);
  mount.source = unescape_octal(dash[2]);
  for (const auto option : split(dash[3], ',')) mount.super_options.emplace_back(option);
  mount.super_read_only = mount.has_super_option("ro");
  return mount;
}

const Mount* root_mount(const std::vector<Mount>& mounts) {
  std::unordered_set<uint64_t> ids;
  for (const auto& mount : mounts) ids.insert(mount.id);
  const Mount* last = nullptr;
  for (const auto& mount : mounts) {
    if (mount.target != "/") continue;
    if (mount.parent == mount.id || !ids.contains(mount.parent)) return &mount;
    last = &mount;
  }
  return last;
}

// The child of `parent` a walk towards `path` meets first.
const Mount* first_child(const std::vector<Mount>& mounts, const Mount& parent, std::string_view path) {
  const Mount* best = nullptr;
  for (const auto& mount : mounts) {
    if (mount.parent != parent.id || mount.id == parent.id || !is_at_or_below(path, mount.target)) continue;
    if (!is_at_or_below(mount.target, parent.target)) continue;
    if (!best || mount.target.size() < best->target.size()) best = &mount;
  }
  return best;
}

}  // namespace

bool Mount::has_super_option(std::string_view name) const {
  return std::find(super_options.begin(), super_options.end(), name) != super_options.end();
}

MountTable parse_mountinfo(std::string_view text) {
  MountTable out;
  for (const auto line : split(text, '\n')) {
    if (line.empty()) continue;
    if (out.mounts.size() == kMaxMounts) {
      out.complete = false;
      break;
    }
    if (auto mount = parse_line(line)) {
      out.mounts.push_back(std::move(*mount));
    } else {
      out.complete = false;
    }
  }
  return out;
}

std::string unescape_octal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      const int value = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      out.push_back(static_cast<char>(static_cast<unsigned char>(value & 0xff)));
      i += 3;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

bool is_at_or_below(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

std::string join_below(std::string_view target, std::string_view rest) {
  if (rest.empty() || rest == "/") return std::string(target);
  return (target == "/" ? std::string() : std::string(target)) + std::string(rest);
}

const Mount* covering_mount(const std::vector<Mount>& mounts, std::string_view path) {
  const Mount* at = root_mount(mounts);
  for (size_t step = 0; at && step < mounts.size(); ++step) {
    const Mount* next = first_child(mounts, *at, path);
    if (!next) break;
    at = next;
  }
  return at;
}

std::vector<std::string> visible_paths(const std::vector<Mount>& outer, const Mount& inner) {
  if (inner.root.ends_with("//deleted")) return {};
  std::vector<const Mount*> matches;
  for (const auto& mount : outer) {
    if (mount.device == inner.device && is_at_or_below(inner.root, mount.root)) matches.push_back(&mount);
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Mount* a, const Mount* b) { return a->root.size() > b->root.size(); });
  std::vector<std::string> out;
  for (const Mount* mount : matches) {
    if (out.size() == kMaxPaths) break;
    const auto rest = std::string_view(inner.root).substr(mount->root == "/" ? 0 : mount->root.size());
    auto path = join_below(mount->target, rest);
    if (covering_mount(outer, path) != mount) continue;  // hidden under another mount
    if (std::find(out.begin(), out.end(), path) == out.end()) out.push_back(std::move(path));
  }
  return out;
}

}  // namespace plimsoll::system

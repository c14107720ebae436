#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::system {

// One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)), octal escapes undone.
struct Mount {
  uint64_t id = 0, parent = 0;
  std::string device;  // "8:1"
  std::string root;    // path within the file system
  std::string target;
  bool read_only = false;        // of this mount
  bool super_read_only = false;  // of the whole file system
  bool nodev = false, nosuid = false, noexec = false;
  std::optional<uint64_t> peer_group;  // shared:N
  std::string fs_type, source;
  std::vector<std::string> super_options;

  bool writable() const { return !read_only && !super_read_only; }
  bool has_super_option(std::string_view name) const;
};

struct MountTable {
  std::vector<Mount> mounts;
  bool complete = true;  // false: a line broke the format or the bound of 100 000 lines was met
};

MountTable parse_mountinfo(std::string_view text);

// Undoes \040, \011, \012, \134 and any other three octal digits.
std::string unescape_octal(std::string_view text);

// True when `path` is `directory` or lies below it; both absolute and without trailing slash ("/" excepted).
bool is_at_or_below(std::string_view path, std::string_view directory);

// `rest`, a path below a mount's root ("" or "/x"), seen at `target`.
std::string join_below(std::string_view target, std::string_view rest);

// The mount a path walk ends on, overmounts respected; nullptr when the table has no root mount. Symlinks are not
// followed: `path` is taken as it stands.
const Mount* covering_mount(const std::vector<Mount>& mounts, std::string_view path);

// Paths under which the directory or file that `inner` exposes (its file system and root) is visible in `outer`,
// longest root prefix first, at most 8, each once. Empty for a deleted source and for a file system that `outer` does
// not mount.
std::vector<std::string> visible_paths(const std::vector<Mount>& outer, const Mount& inner);

}  // namespace plimsoll::system

#include "assess/mount_conditions.h"

#include <fmt/format.h>

#include "assess/host_paths.h"
#include "assess/judge.h"
#include "base/text.h"

namespace plimsoll::assess {
namespace {

using C = ContainerFacts;
using H = HostFacts;

std::string quoted(std::string_view text) { return printable(text, 160); }

Judged unread_mounts(const C& c) {
  return {Tristate::unknown, "mounts: " + (c.mounts.unknown.empty() ? "not read" : quoted(c.mounts.unknown))};
}

template <class Test>
Judged any_mount(const C& c, const Test& test, const char* none) {
  if (!c.mounts.known()) return unread_mounts(c);
  for (const MountFacts& mount : *c.mounts.value) {
    if (std::string said = test(mount); !said.empty()) return {Tristate::yes, std::move(said)};
  }
  return {Tristate::no, none};
}

std::string mounted(const MountFacts& m) {
  return fmt::format("{} of the host at {} ({})", quoted(m.host_path), quoted(m.target), m.read_only ? "ro" : "rw");
}

bool can_plant(const MountFacts& m) { return !m.read_only && host_path_exposure(m).plants != nullptr; }
bool has_secrets(const MountFacts& m) { return host_path_exposure(m).secrets != nullptr; }

Judged host_path_rw(const C& c, const H&) {
  return any_mount(
      c, [](const MountFacts& m) { return can_plant(m) ? mounted(m) : std::string(); },
      "no sensitive host path is mounted writable");
}

Judged host_path_secrets(const C& c, const H&) {
  return any_mount(
      c, [](const MountFacts& m) { return has_secrets(m) ? mounted(m) : std::string(); },
      "no host path with secrets is mounted");
}

// --- without being root: by owning what is mounted, or because everybody may (mode bits of inode(7))

constexpr uint32_t kind_bits = 0170000, regular_file = 0100000, others_write = 0002, others_read = 0004;

bool all_may_write(uint32_t mode) { return (mode & others_write) != 0; }
// What lies in a directory has modes of its own; of a file the mode says all.
bool all_may_read(uint32_t mode) { return (mode & kind_bits) == regular_file && (mode & others_read) != 0; }

// An owner may always give himself the right.
Judged owned(const C& c, const MountFacts& mount) {
  return any_process(c, [&](const ProcessFacts& p) -> Judged {
    if (!p.host_uid.known()) return {Tristate::unknown, "uid: " + quoted(p.host_uid.unknown)};
    const std::string text = fmt::format("uid {} ", *p.host_uid.value);
    if (*p.host_uid.value != *mount.owner.value) return {Tristate::no, text + "owns none of them"};
    return {Tristate::yes, text + "owns " + mounted(mount)};
  });
}

Judged without_root(const C& c, bool (*counts)(const MountFacts&), bool (*all_may)(uint32_t mode)) {
  if (!c.mounts.known()) return unread_mounts(c);
  Judged worst{Tristate::no, "no such mount"};
  for (const MountFacts& mount : *c.mounts.value) {
    if (!counts(mount)) continue;
    Judged judged{Tristate::unknown, "owner of " + mounted(mount) + ": not read"};
    if (mount.owner.known() && mount.mode.known())
      judged =
          all_may(*mount.mode.value) ? Judged{Tristate::yes, mounted(mount) + ", open to everybody"} : owned(c, mount);
    if (judged.state == Tristate::yes) return judged;
    if (worst.state == Tristate::no) worst = std::move(judged);
  }
  return worst;
}

// --- other mounts

bool on_host_disk(const MountFacts& m) {
  return m.target != "/" && m.host_path.starts_with('/') && !is_kernel_filesystem(m.fs_type) && m.fs_type != "tmpfs" &&
         m.fs_type != "overlay";
}

Judged from_host_disk(const C& c, const H&) {
  return any_mount(
      c, [](const MountFacts& m) { return on_host_disk(m) ? mounted(m) : std::string(); }, "no mount from a host disk");
}

Judged mount_shared(const C& c, const H&) {
  return any_mount(
      c,
      [](const MountFacts& m) {
        return m.shared_with_host && !m.host_path.empty() ? mounted(m) + ", shared" : std::string();
      },
      "no mount propagates to the host");
}

Judged hostproc_rw(const C& c, const H&) {
  const auto test = [](const MountFacts& m) {
    const bool own = path_within(m.target, "/proc");
    return m.fs_type == "proc" && !own && !m.read_only && path_within(m.host_path, "/proc") ? mounted(m)
                                                                                            : std::string();
  };
  return any_mount(c, test, "the host's /proc is not mounted writable");
}

Judged systemd_bus(const C& c, const H&) {
  const auto test = [](const MountFacts& m) {
    const std::string path = path_within(m.host_path, "/var/run") ? "/run" + m.host_path.substr(8) : m.host_path;
    if (path.empty() || m.target == "/" || is_kernel_filesystem(m.fs_type)) return std::string();
    for (const std::string_view bus : {"/run/dbus/system_bus_socket", "/run/systemd/private"}) {
      if (path_within(bus, path)) return mounted(m);
    }
    return std::string();
  };
  return any_mount(c, test, "neither the system bus nor systemd's socket is mounted");
}

}  // namespace

std::vector<ConditionRow> mount_conditions() {
  return {
      {"mount.host_path_rw", "a host path where code or keys can be planted is mounted writable", host_path_rw},
      {"mount.host_path_rw_without_root",
       "such a path can be written by a process that is not root: it owns what is mounted, or everybody may",
       [](const C& c, const H&) { return without_root(c, can_plant, all_may_write); }},
      {"mount.host_path_secrets", "a host path with keys, tokens or password hashes is mounted", host_path_secrets},
      {"mount.host_path_secrets_without_root",
       "such a path can be read by a process that is not root: it owns what is mounted, or it is a file that everybody "
       "may read",
       [](const C& c, const H&) { return without_root(c, has_secrets, all_may_read); }},
      {"mount.from_host_disk", "something on a host disk is mounted", from_host_disk},
      {"mount.shared", "a mount propagates back to the host", mount_shared},
      {"mount.hostproc_rw", "the host's /proc is mounted writable elsewhere than /proc", hostproc_rw},
      {"mount.systemd_bus", "the system bus or systemd's private socket is mounted", systemd_bus},
  };
}

}  // namespace plimsoll::assess

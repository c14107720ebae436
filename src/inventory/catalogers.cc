#include "inventory/catalogers.h"

#include <array>

#include "inventory/apk.h"
#include "inventory/dpkg.h"
#include "inventory/go_binary.h"
#include "inventory/lock_files.h"
#include "inventory/npm_package.h"
#include "inventory/os_release.h"
#include "inventory/python.h"
#include "inventory/rpm.h"

namespace plimsoll::inventory {
namespace {

// The first row that wants a file has it.
constexpr std::array<Cataloger, 13> table{{
    {"os-release", Role::os_release, wants_os_release, read_os_release},
    {"dpkg status", Role::os_database, wants_dpkg_status, read_dpkg_status},
    {"dpkg file list", Role::owned_files, wants_dpkg_list, read_dpkg_list},
    {"apk database", Role::os_database, wants_apk_installed, read_apk_installed},
    {"rpm database", Role::os_database, wants_rpm_database, read_rpm_database},
    {"rpm write-ahead log", Role::owned_files, wants_rpm_wal, read_rpm_wal},
    {"npm package", Role::installed, wants_npm_package, read_npm_package},
    {"npm lock file", Role::lock_file, wants_npm_lock, read_npm_lock},
    {"yarn lock file", Role::lock_file, wants_yarn_lock, read_yarn_lock},
    {"pnpm lock file", Role::lock_file, wants_pnpm_lock, read_pnpm_lock},
    {"Python metadata", Role::installed, wants_python_metadata, read_python_metadata},
    {"Python egg", Role::installed, wants_python_egg_file, read_python_metadata},
    {"Go binary", Role::installed, wants_go_binary, read_go_binary},
}};

}  // namespace

std::span<const Cataloger> catalogers() { return table; }

const Cataloger* cataloger_for(const rootfs::Entry& entry) {
  for (const Cataloger& row : table) {
    if (row.wants(entry)) return &row;
  }
  return nullptr;
}

}  // namespace plimsoll::inventory

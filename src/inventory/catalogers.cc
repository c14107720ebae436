#include "inventory/catalogers.h"

#include <array>
#include <bit>
#include <cstdint>

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
    {"os-release", Role::os_release, "en", wants_os_release, read_os_release},
    {"dpkg status", Role::os_database, "", wants_dpkg_status, read_dpkg_status},
    {"dpkg file list", Role::owned_files, "t", wants_dpkg_list, read_dpkg_list},
    {"apk database", Role::os_database, "d", wants_apk_installed, read_apk_installed},
    {"rpm database", Role::os_database, "ebs", wants_rpm_database, read_rpm_database},
    {"rpm write-ahead log", Role::owned_files, "l", wants_rpm_wal, read_rpm_wal},
    {"npm package", Role::installed, "n", wants_npm_package, read_npm_package},
    {"npm lock file", Role::lock_file, "n", wants_npm_lock, read_npm_lock},
    {"yarn lock file", Role::lock_file, "k", wants_yarn_lock, read_yarn_lock},
    {"pnpm lock file", Role::lock_file, "l", wants_pnpm_lock, read_pnpm_lock},
    {"Python metadata", Role::installed, "AO", wants_python_metadata, read_python_metadata},
    {"Python egg", Role::installed, "o", wants_python_egg_file, read_python_metadata},
    {"Go binary", Role::installed, "", wants_go_binary, read_go_binary},
}};

// For each last letter of a path the rows to ask, a bit each: nearly every file of a tree is nobody's, and this tells
// most of them by one look.
constexpr auto rows_by_letter = [] {
  std::array<uint32_t, 256> out{};
  static_assert(table.size() <= 32);
  for (size_t row = 0; row < table.size(); ++row) {
    if (table[row].last_letters.empty()) {
      for (uint32_t& rows : out) rows |= uint32_t{1} << row;
    }
    for (const char letter : table[row].last_letters) out[static_cast<unsigned char>(letter)] |= uint32_t{1} << row;
  }
  return out;
}();

}  // namespace

std::span<const Cataloger> catalogers() { return table; }

const Cataloger* cataloger_for(const rootfs::Entry& entry) {
  if (entry.path.empty()) return nullptr;
  for (uint32_t rows = rows_by_letter[static_cast<unsigned char>(entry.path.back())]; rows != 0; rows &= rows - 1) {
    const Cataloger& row = table[static_cast<size_t>(std::countr_zero(rows))];
    if (row.wants(entry)) return &row;
  }
  return nullptr;
}

}  // namespace plimsoll::inventory

#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// rpm's database in its three forms, below var/lib/rpm, usr/lib/sysimage/rpm or usr/share/rpm: rpmdb.sqlite,
// Packages.db (ndb) and Packages (Berkeley DB hash). Read from memory: nothing is ever opened or written beside it.
bool wants_rpm_database(const rootfs::Entry& entry);
Result<Found> read_rpm_database(std::string_view path, rootfs::File& file);

// A write-ahead log beside rpmdb.sqlite may hold newer packages that the database file does not: it is reported.
bool wants_rpm_wal(const rootfs::Entry& entry);
Result<Found> read_rpm_wal(std::string_view path, rootfs::File& file);

}  // namespace plimsoll::inventory

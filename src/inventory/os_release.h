#pragma once
#include <string_view>

#include "base/result.h"
#include "inventory/found.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// os-release(5), and the older files that stand in for it.
bool wants_os_release(const rootfs::Entry& entry);
Result<Found> read_os_release(std::string_view path, rootfs::File& file);

// Which of several files counts: the lowest rank. Only for paths wants_os_release() accepts.
size_t os_release_rank(std::string_view path);

// Pure parsers; nothing when the text names no system.
std::optional<OsRelease> parse_os_release(std::string_view text);
std::optional<OsRelease> parse_redhat_release(std::string_view text);

}  // namespace plimsoll::inventory

#pragma once
#include <optional>
#include <string_view>

#include "base/time.h"

namespace plimsoll::probe::settings {

// The last day of free security updates of a release, by ID and VERSION_ID of os-release: Debian with LTS, Ubuntu
// without Pro, the RHEL family without extended programmes. Nothing for a release this table does not hold.
// Sources: wiki.debian.org/LTS, ubuntu.com/about/release-cycle, access.redhat.com/support/policy/updates/errata,
// alpinelinux.org/releases.
std::optional<Instant> end_of_support(std::string_view id, std::string_view version);

}  // namespace plimsoll::probe::settings

#pragma once
#include <optional>
#include <string_view>

#include "base/time.h"

namespace plimsoll::probe::settings {

// The last day of free security updates of a release, by ID and VERSION_ID of os-release: Debian with LTS, Ubuntu
// without Pro, the RHEL family without extended programmes; the table names its sources. Nothing for a release that the
// table does not hold, which is neither supported nor past its end but unknown.
std::optional<Instant> end_of_support(std::string_view id, std::string_view version);

}  // namespace plimsoll::probe::settings

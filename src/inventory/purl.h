#pragma once
#include <optional>
#include <string>

#include "model/inventory.h"
#include "model/package.h"

namespace plimsoll::inventory {

// The package URL of a package (https://github.com/package-url/purl-spec). `os` gives the namespace and the distro
// qualifier of OS packages. Empty for PackageType::other.
std::string purl_of(const Package& package, const std::optional<OsRelease>& os);

}  // namespace plimsoll::inventory

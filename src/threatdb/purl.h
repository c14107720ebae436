#pragma once
#include <string_view>

#include "base/result.h"
#include "model/package.h"

namespace plimsoll::threatdb {

// The package that a package URL names (https://github.com/package-url/purl-spec), with its ecosystem taken from type,
// namespace and the `distro` qualifier, its source from `upstream` or `arch=source`, an RPM's epoch from `epoch`.
// malformed: no package URL. A type or release we know no ecosystem for yields an empty ecosystem.
Result<Package> package_of_purl(std::string_view purl);

}  // namespace plimsoll::threatdb

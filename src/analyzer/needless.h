#pragma once
#include <string>
#include <vector>

#include "model/package.h"

namespace plimsoll::analyzer {

// Names of those of an image's packages that serve whoever breaks in and nearly no application: compilers, debuggers,
// sniffers, scanners, remote shells, and what starts programs for others. In the order of their names, each once.
std::vector<std::string> needless_in(const std::vector<Package>& packages);

}  // namespace plimsoll::analyzer

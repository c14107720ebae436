#pragma once
#include <string>
#include <vector>

#include "model/package.h"

namespace plimsoll::analyzer {

// Names of those of an image's packages that serve whoever breaks in and nearly no application: compilers, debuggers,
// sniffers, scanners, remote shells, and what starts programs for others. In the order of their names, each once.
std::vector<std::string> needless_in(const std::vector<Package>& packages);

// Of a package database of the system, not of a language.
bool is_of_the_system(const Package& package);

}  // namespace plimsoll::analyzer

#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "model/inventory.h"

namespace plimsoll::threatdb {

// Whether the package is built from the source of a Linux kernel: images, modules, headers, tools.
bool is_kernel_package(const Package& package);

// The package that holds the running kernel `release` (uname -r), made ready for matching: its source is the kernel's
// own ("linux", not "linux-signed-amd64") at the image's version. Nothing when no package does.
std::optional<Package> running_kernel_package(const std::vector<Package>& packages, std::string_view release);

}  // namespace plimsoll::threatdb

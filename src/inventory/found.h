#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/incomplete.h"
#include "model/inventory.h"
#include "model/package.h"

namespace plimsoll::inventory {

// The files of one OS package, as far as they can prove a language package (owned_files.h).
struct OwnedFiles {
  std::string package;
  std::vector<uint64_t> paths;  // path_key() of each
};

// What one cataloger read in one file. Packages come without ecosystem, purl, locations and layer: finish.h adds them.
struct Found {
  std::vector<Package> packages;
  std::optional<OsRelease> os;
  std::vector<OwnedFiles> owned;
  std::vector<std::string> foreign;  // OS packages that the distribution did not make: origin.h
  IncompleteList not_assessed;       // parts of the file that could not be understood; printable text
};

// Hears of every file of an OS package ("libc6", "usr/lib/libc.so.6"; the path with or without a slash in front).
using FileSink = std::function<void(std::string_view package, std::string_view path)>;

// Bounds that every cataloger keeps: past them the file is refused, so that a forged one costs little.
constexpr size_t max_packages_in_file = 200'000;
constexpr size_t max_field = 4096;      // name, version and the like
constexpr size_t max_owned_path = 512;  // longer ones of a file list are passed over

// Adds one line to `found`: `what` names the thing ("package x"), both are printable already.
void not_assessed(Found& found, std::string what, std::string reason);

}  // namespace plimsoll::inventory

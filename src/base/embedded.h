#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace plimsoll {

// A data file built into the program, by its path in the repository ("data/policies/default.yaml").
std::optional<std::string_view> embedded_file(std::string_view path);

// Paths of all embedded files that begin with `prefix`, in the order of the build.
std::vector<std::string_view> embedded_files(std::string_view prefix);

}  // namespace plimsoll

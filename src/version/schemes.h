#pragma once
#include <compare>
#include <optional>
#include <string_view>

// One pair of functions a scheme, each pair in the file of that name. `is_valid_x` is the grammar; `compare_x` yields
// nothing when the grammar refuses a side. Pure and thread-safe.
namespace plimsoll::version {

using Order = std::optional<std::weak_ordering>;

bool is_valid_dpkg(std::string_view version);
bool is_valid_rpm(std::string_view version);
bool is_valid_apk(std::string_view version);
bool is_valid_semver(std::string_view version);
bool is_valid_pep440(std::string_view version);
bool is_valid_maven(std::string_view version);
bool is_valid_rubygems(std::string_view version);
bool is_valid_nuget(std::string_view version);
bool is_valid_composer(std::string_view version);
bool is_valid_fallback(std::string_view version);

Order compare_dpkg(std::string_view a, std::string_view b);
Order compare_rpm(std::string_view a, std::string_view b);
Order compare_apk(std::string_view a, std::string_view b);
Order compare_semver(std::string_view a, std::string_view b);
Order compare_pep440(std::string_view a, std::string_view b);
Order compare_maven(std::string_view a, std::string_view b);
Order compare_rubygems(std::string_view a, std::string_view b);
Order compare_nuget(std::string_view a, std::string_view b);
Order compare_composer(std::string_view a, std::string_view b);
Order compare_fallback(std::string_view a, std::string_view b);

}  // namespace plimsoll::version

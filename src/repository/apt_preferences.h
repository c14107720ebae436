#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::repository {

// One record of apt_preferences(5).
struct AptPin {
  std::vector<std::string> packages;  // names, globs, /regular expressions/, "src:NAME"; {"*"} is the general form
  std::string kind;                   // "release", "version", "origin"
  std::string value;                  // what stands behind it
  int32_t priority = 0;
};

// Records that are broken, or whose pattern could cost more than it is worth (repetition counts, many asterisks), are
// left out; `refused`, when given, counts them.
std::vector<AptPin> parse_preferences(std::string_view text, size_t* refused = nullptr);

// The release that a version comes from, in the words pins use.
struct PinTarget {
  std::string package, source, version, architecture;
  std::string archive, codename, release_version, origin, label, component, host;
  bool not_automatic = false, but_automatic_upgrades = false;
};

// The priority of a version: the first specific record that fits it, else the first general one, else what the Release
// file asks for (1, 100 or 500). `default_release` (APT::Default-Release) gives 990.
int32_t priority_of(const std::vector<AptPin>& pins, const PinTarget& target, std::string_view default_release);

}  // namespace plimsoll::repository

#pragma once
#include <compare>
#include <optional>
#include <string_view>

namespace plimsoll::version {

// One total preorder per scheme.
enum class Scheme { dpkg, rpm, apk, semver, pep440, maven, rubygems, nuget, composer, fallback };

// The scheme of an OSV ecosystem ("Debian:12", "npm", "Go", "crates.io", "PyPI", ...; release suffix ignored) or of a
// scheme's own name ("dpkg", "semver"). Ecosystems we have no rules for use Scheme::fallback; nothing for an empty
// name.
std::optional<Scheme> scheme_of(std::string_view ecosystem);

// Whether the scheme's own grammar accepts `version`.
bool is_valid(Scheme scheme, std::string_view version);

// The order of `a` and `b`; nothing when the scheme's grammar refuses either of them. Pure, no allocation on hot paths
// (dpkg, rpm, apk), linear in the input, thread-safe.
std::optional<std::weak_ordering> compare(Scheme scheme, std::string_view a, std::string_view b);

// Whether `version` is above `than`; a version that the grammar refuses is above nothing.
bool is_newer(Scheme scheme, std::string_view version, std::string_view than);

}  // namespace plimsoll::version

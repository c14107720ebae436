#include "version/compare.h"

#include <array>

#include "base/text.h"
#include "version/schemes.h"

namespace plimsoll::version {
namespace {

struct Rules {
  Scheme scheme;
  bool (*is_valid)(std::string_view);
  Order (*compare)(std::string_view, std::string_view);
};

constexpr std::array<Rules, 10> all_rules{{
    {Scheme::dpkg, is_valid_dpkg, compare_dpkg},
    {Scheme::rpm, is_valid_rpm, compare_rpm},
    {Scheme::apk, is_valid_apk, compare_apk},
    {Scheme::semver, is_valid_semver, compare_semver},
    {Scheme::pep440, is_valid_pep440, compare_pep440},
    {Scheme::maven, is_valid_maven, compare_maven},
    {Scheme::rubygems, is_valid_rubygems, compare_rubygems},
    {Scheme::nuget, is_valid_nuget, compare_nuget},
    {Scheme::composer, is_valid_composer, compare_composer},
    {Scheme::fallback, is_valid_fallback, compare_fallback},
}};

const Rules& rules_of(Scheme scheme) { return all_rules[static_cast<size_t>(scheme)]; }

struct Name {
  std::string_view name;  // lower case, without the release
  Scheme scheme;
};

// Scheme names, purl types where they differ, and the ecosystems of
// https://ossf.github.io/osv-schema/#defined-ecosystems whose order is known. The rest compare by the fallback.
constexpr std::array names{
    Name{"dpkg", Scheme::dpkg},
    Name{"deb", Scheme::dpkg},
    Name{"debian", Scheme::dpkg},
    Name{"ubuntu", Scheme::dpkg},
    Name{"echo", Scheme::dpkg},
    Name{"rpm", Scheme::rpm},
    Name{"almalinux", Scheme::rpm},
    Name{"rocky linux", Scheme::rpm},
    Name{"red hat", Scheme::rpm},
    Name{"suse", Scheme::rpm},
    Name{"opensuse", Scheme::rpm},
    Name{"openeuler", Scheme::rpm},
    Name{"mageia", Scheme::rpm},
    Name{"photon os", Scheme::rpm},
    Name{"azure linux", Scheme::rpm},
    Name{"mariner", Scheme::rpm},
    Name{"fedora", Scheme::rpm},
    Name{"oracle linux", Scheme::rpm},
    Name{"amazon linux", Scheme::rpm},
    Name{"apk", Scheme::apk},
    Name{"alpine", Scheme::apk},
    Name{"wolfi", Scheme::apk},
    Name{"chainguard", Scheme::apk},
    Name{"minimos", Scheme::apk},
    Name{"alpaquita", Scheme::apk},
    Name{"bellsoft hardened containers", Scheme::apk},
    Name{"semver", Scheme::semver},
    Name{"npm", Scheme::semver},
    Name{"go", Scheme::semver},
    Name{"golang", Scheme::semver},
    Name{"crates.io", Scheme::semver},
    Name{"cargo", Scheme::semver},
    Name{"hex", Scheme::semver},
    Name{"julia", Scheme::semver},
    Name{"pub", Scheme::semver},
    Name{"swifturl", Scheme::semver},
    Name{"bitnami", Scheme::semver},
    Name{"ghc", Scheme::semver},
    Name{"github actions", Scheme::semver},
    Name{"pep440", Scheme::pep440},
    Name{"pypi", Scheme::pep440},
    Name{"maven", Scheme::maven},
    Name{"rubygems", Scheme::rubygems},
    Name{"gem", Scheme::rubygems},
    Name{"nuget", Scheme::nuget},
    Name{"composer", Scheme::composer},
    Name{"packagist", Scheme::composer},
    Name{"fallback", Scheme::fallback},
};

constexpr bool rules_stand_in_order() {
  for (size_t i = 0; i < all_rules.size(); ++i) {
    if (all_rules[i].scheme != static_cast<Scheme>(i)) return false;
  }
  return true;
}
static_assert(rules_stand_in_order());

}  // namespace

std::optional<Scheme> scheme_of(std::string_view ecosystem) {
  const std::string family = lower(trim(ecosystem.substr(0, ecosystem.find(':'))));
  if (family.empty()) return std::nullopt;
  for (const Name& row : names) {
    if (row.name == family) return row.scheme;
  }
  return Scheme::fallback;
}

bool is_valid(Scheme scheme, std::string_view version) { return rules_of(scheme).is_valid(version); }

Order compare(Scheme scheme, std::string_view a, std::string_view b) { return rules_of(scheme).compare(a, b); }

bool is_newer(Scheme scheme, std::string_view version, std::string_view than) {
  const Order order = compare(scheme, version, than);
  return order && *order > 0;
}

}  // namespace plimsoll::version

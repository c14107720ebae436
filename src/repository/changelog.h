#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::repository {

// The CVE ids that a Debian changelog (deb-changelog(5)) names in the entries newer than `after`, up to `until`;
// sorted. Versions are those of the source package. Entries stand newest first; the first old one ends the search.
std::vector<std::string> cves_between(std::string_view changelog, std::string_view after, std::string_view until);

// Where a template like "https://host/@CHANGEPATH@_changelog" has the changelog of a source package (apt's
// Acquire::Changelogs): @CHANGEPATH@ is COMPONENT/PREFIX/SOURCE/SOURCE_VERSION, without the epoch.
std::string changelog_url(std::string_view how, std::string_view component, std::string_view source,
                          std::string_view version);

}  // namespace plimsoll::repository

#pragma once
#include "repository/take_offers.h"

namespace plimsoll::repository {

// The parts of take_offers(), one for each kind of package.
Offered take_apt_offers(Files& files, const std::optional<OsRelease>& os, const std::vector<Package>& packages,
                        Sources& sources);
Offered take_apk_offers(Files& files, const std::optional<OsRelease>& os, const std::vector<Package>& packages,
                        Sources& sources);
Offered take_rpm_offers(const Files& files, const std::vector<Package>& packages);

// Fetches Release files and indexes of `repositories` to where apt would keep them; returns the sources that were had.
std::vector<AptSource> fetch_apt_lists(Files& files, const std::vector<AptSource>& repositories,
                                       const DpkgSystem& system, Sources& sources, IncompleteList& not_assessed);

// Names in `offered` the CVEs of the changelogs between installed and offered versions.
void add_changelog_cves(Offered& offered, const AptLists& lists, const Files& files,
                        const std::vector<Package>& packages, Sources& sources);

// The one sentence for a tree whose pending updates nobody can tell.
Incomplete nothing_at_hand(std::string reason, std::string remedy);

}  // namespace plimsoll::repository

#include <algorithm>

#include "base/text.h"
#include "repository/offers.h"

namespace plimsoll::repository {
namespace {

// Why a tree has no list of a security suite, and what helps.
Incomplete why_nothing(const std::vector<AptSource>& repositories, const AptLists& own, const Sources& sources) {
  if (own.suites > 0)
    return nothing_at_hand("none of its package sources with lists is the distribution's security suite",
                           "add the security suite to its package sources, then apt-get update");
  const std::string none = repositories.empty() ? "it names no package source, and this machine has no"
                                                : "it has no package lists, and this machine has no";
  const std::string fetch = sources.may().repositories ? "" : ", or scan with --repositories";
  return nothing_at_hand(none + " security lists of its release", "apt-get update in it or on the host" + fetch);
}

// The lists of this machine, when they are of the same release and architecture.
AptLists from_host(const std::optional<OsRelease>& os, const DpkgSystem& system, Sources& sources) {
  const auto& host = sources.host();
  if (!same_apt_release(os, host.os)) return {};
  const AptLists& lists = sources.host_apt_lists();
  return lists.native == system.native ? lists_of_release(lists, *os) : AptLists{};
}

}  // namespace

bool same_apt_release(const std::optional<OsRelease>& a, const std::optional<OsRelease>& b) {
  return a && b && a->id == b->id && a->codename == b->codename;
}

Offered take_apt_offers(Files& files, const std::optional<OsRelease>& os, const std::vector<Package>& packages,
                        Sources& sources) {
  const DpkgSystem system = read_dpkg_system(files);
  const std::vector<AptSource> repositories = apt_sources(files);
  IncompleteList gaps;
  std::vector<AptSource> fetched;
  if (sources.may().repositories) fetched = fetch_apt_lists(files, repositories, system, sources, gaps);
  AptLists lists = read_apt_lists(files, repositories, system, [&](const AptSource& source) {
    return std::ranges::find(fetched, source) != fetched.end() ? "the network" : "the tree";
  });
  if (!lists.has_security()) {
    AptLists of_host = from_host(os, system, sources);
    if (of_host.has_security())
      lists = std::move(of_host);
    else
      gaps.push_back(why_nothing(repositories, lists, sources));
  }
  Offered out = apt_offers(lists, system, files);
  out.not_assessed.insert(out.not_assessed.end(), gaps.begin(), gaps.end());
  if (sources.may().changelogs) add_changelog_cves(out, lists, files, packages, sources);
  return out;
}

}  // namespace plimsoll::repository

#include "repository/apt_lists.h"

#include <algorithm>
#include <map>
#include <set>

#include "repository/apt_suite.h"

namespace plimsoll::repository {
namespace {

// The suites that have a Release file, security suites apart from others; what is missing or broken is told.
struct Suites {
  std::vector<AptSuite> security, others;
};

Suites open_suites(const Files& files, const std::vector<AptSource>& sources, const DpkgSystem& system,
                   const FoundIn& found_in, AptLists& out) {
  Suites suites;
  std::vector<const AptSource*> missing;
  for (const AptSource& source : sources) {
    AptSuite suite(files, source, system, found_in(source));
    if (!suite.open()) {
      missing.push_back(&source);
    } else if (!suite.broken().empty()) {
      out.not_assessed.push_back({told(source), suite.broken(), "apt-get update"});
    } else {
      ++out.suites;
      (suite.may_be_security() ? suites.security : suites.others).push_back(std::move(suite));
    }
  }
  // Where there is none at all, one sentence of the caller says so.
  for (const AptSource* source : missing) {
    if (out.suites > 0) out.not_assessed.push_back({told(*source), "are not there", "apt-get update"});
  }
  return suites;
}

void read_all(std::vector<AptSuite>& suites, const WantsPackage& wants, AptLists& out) {
  for (AptSuite& suite : suites) suite.read(wants, out);
}

using Names = std::set<std::string, std::less<>>;

Names names_of(const InstalledVersions& installed) {
  Names out;
  for (const InstalledVersion& one : installed) out.insert(one.name);
  return out;
}

// Of `installed`, those that a security suite has newer, whatever their architecture.
Names pending_names(const AptLists& lists, const InstalledVersions& installed) {
  std::multimap<std::string_view, std::string_view> versions;
  for (const auto& [name, version] : installed) versions.emplace(name, version);
  Names out;
  for (const AptEntry& entry : lists.entries) {
    if (!lists.lists[entry.list].security || out.contains(entry.name)) continue;
    const auto [begin, end] = versions.equal_range(entry.name);
    if (std::any_of(begin, end, [&](const auto& one) { return is_newer_deb(entry.version, one.second); }))
      out.insert(entry.name);
  }
  return out;
}

}  // namespace

bool AptLists::has_security() const {
  return std::ranges::any_of(lists, [](const OfferedList& list) { return list.security; });
}

std::vector<AptSource> apt_sources(const Files& files) {
  std::vector<AptSource> out;
  const auto add = [&](std::vector<AptSource> more) {
    for (AptSource& source : more) {
      if (std::ranges::find(out, source) == out.end()) out.push_back(std::move(source));
    }
  };
  std::vector<std::string> paths = files.below("etc/apt/sources.list.d/");
  paths.emplace_back("etc/apt/sources.list");
  for (const std::string& path : paths) {
    const std::string* text = files.find(path);
    if (text == nullptr) continue;
    if (path.ends_with(".list")) add(parse_sources_list(*text));
    if (path.ends_with(".sources")) add(parse_deb822_sources(*text));
  }
  return out;
}

AptLists read_apt_lists(const Files& files, const std::vector<AptSource>& sources, const DpkgSystem& system,
                        const FoundIn& found_in) {
  AptLists out;
  Suites suites = open_suites(files, sources, system, found_in, out);
  InstalledVersions installed;
  for (const DpkgSystem::Installed& package : system.packages) installed.push_back({package.name, package.version});
  const Names names = names_of(installed);
  read_all(suites.security, [&](std::string_view n) { return names.contains(n); }, out);
  const Names pending = pending_names(out, installed);
  if (!pending.empty()) read_all(suites.others, [&](std::string_view n) { return pending.contains(n); }, out);
  return out;
}

bool any_pending(const AptLists& lists, const InstalledVersions& installed) {
  return !pending_names(lists, installed).empty();
}

AptLists read_host_lists(const Files& files, const HostWish& wish) {
  const DpkgSystem system = read_dpkg_system(files);
  AptLists out;
  Suites suites =
      open_suites(files, apt_sources(files), system, [](const AptSource&) { return std::string("the host"); }, out);
  const Names asked = names_of(wish.installed);
  read_all(suites.security, [&](std::string_view n) { return !wish.only_these || asked.contains(n); }, out);
  Names pending = pending_names(out, wish.installed);
  out.whole = wish.all_suites || !pending.empty();
  if (!wish.only_these) {
    for (const AptEntry& entry : out.entries) pending.insert(entry.name);
  }
  if (out.whole) read_all(suites.others, [&](std::string_view n) { return pending.contains(n); }, out);
  out.native = system.native;
  return out;
}

}  // namespace plimsoll::repository

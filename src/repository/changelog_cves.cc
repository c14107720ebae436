#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "repository/changelog.h"
#include "repository/offers.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_changelog = size_t{16} << 20;

// Where distributions keep changelogs when neither Release file nor settings say so (apt-pkg/init.cc has the same).
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> usual{{
    {"Debian", "https://metadata.ftp-master.debian.org/changelogs/@CHANGEPATH@_changelog"},
    {"Ubuntu", "https://changelogs.ubuntu.com/changelogs/pool/@CHANGEPATH@/changelog"},
}};

// The value of "NAME "VALUE";" in a tree's apt settings; empty when none says it.
std::string setting(const Files& files, const std::string& name) {
  std::string out;
  for (const std::string& path : files.below("etc/apt/apt.conf")) {
    const std::string* text = files.find(path);
    for (std::string_view line : split(*text, '\n')) {
      line = trim(line);
      if (!line.starts_with(name + " ")) continue;
      const size_t open = line.find('"'), close = line.rfind('"');
      if (open != std::string_view::npos && close > open) out = std::string(line.substr(open + 1, close - open - 1));
    }
  }
  return out;
}

std::string template_of(const OfferedList& list, const std::string& release_says, const Files& files) {
  const std::string base = "Acquire::Changelogs::URI::";
  for (const std::string& name : {base + "Override::Label::" + list.label, base + "Override::Origin::" + list.origin}) {
    if (std::string value = setting(files, name); !value.empty()) return value;
  }
  if (!release_says.empty()) return release_says;
  for (const std::string& name : {base + "Label::" + list.label, base + "Origin::" + list.origin}) {
    if (std::string value = setting(files, name); !value.empty()) return value;
  }
  for (const auto& [origin, where] : usual) {
    if (origin == list.origin) return std::string(where);
  }
  return {};
}

}  // namespace

void add_changelog_cves(Offered& offered, const AptLists& lists, const Files& files,
                        const std::vector<Package>& packages, Sources& sources) {
  std::map<std::pair<std::string_view, std::string_view>, std::string_view> installed;  // name, arch: source version
  for (const Package& package : packages) {
    if (package.type == PackageType::deb) installed[{package.name, package.arch}] = package.source_version;
  }
  std::map<std::pair<std::string_view, std::string_view>, std::string_view> component;  // source, version
  for (const AptEntry& entry : lists.entries) component[{entry.source, entry.source_version}] = entry.component;
  for (OfferedVersion& version : offered.versions) {
    const OfferedList& list = offered.lists[version.list];
    const auto after = installed.find({version.package, version.arch});
    if (!list.security || version.version == version.installed || after == installed.end()) continue;
    const std::string how = template_of(list, lists.changelogs[version.list], files);
    const std::string what = "CVE ids of the update of " + printable(version.source_name, 100);
    if (how.empty() || how == "no") {
      offered.not_assessed.push_back({what, "the repository names no place for changelogs", {}});
      continue;
    }
    const std::string url = changelog_url(how, component[{version.source_name, version.source_version}],
                                          version.source_name, version.source_version);
    const Result<std::optional<std::string>> text = sources.fetch(url, max_changelog);
    if (text.ok() && *text) {
      version.cves = cves_between(**text, after->second, version.source_version);
    } else {
      // A service that does not answer is told once, not for each package.
      const bool silent =
          !text.ok() && (text.error().kind == ErrorKind::unreachable || text.error().kind == ErrorKind::timeout);
      const Incomplete gap{silent ? "CVE ids of pending updates" : what,
                           text.ok() ? "the changelog service does not have it" : printable(text.error().message),
                           "check that " + printable(how.substr(0, how.find('@')), 200) + " can be reached"};
      const bool told = std::ranges::any_of(offered.not_assessed, [&](const Incomplete& other) {
        return other.what == gap.what && other.remedy == gap.remedy;
      });
      if (!told) offered.not_assessed.push_back(gap);
    }
  }
}

}  // namespace plimsoll::repository

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "repository/apt_lists.h"

namespace plimsoll::repository {
namespace {

// The value of APT::Default-Release in the settings of a tree, wherever it stands: the last one counts.
std::string default_release(const Files& files) {
  std::string out;
  std::vector<std::string> paths{"etc/apt/apt.conf"};
  for (std::string& path : files.below("etc/apt/apt.conf.d/")) paths.push_back(std::move(path));
  for (const std::string& path : paths) {
    const std::string* text = files.find(path);
    if (text == nullptr) continue;
    for (std::string_view line : split(*text, '\n')) {
      line = trim(line);
      const size_t at = line.find("Default-Release");
      if (at == std::string_view::npos || line.starts_with("//") || line.starts_with("#")) continue;
      const size_t open = line.find('"', at), close = line.find('"', open + 1);
      if (open != std::string_view::npos && close != std::string_view::npos)
        out = std::string(line.substr(open + 1, close - open - 1));
    }
  }
  return out;
}

std::vector<AptPin> pins_of(const Files& files, IncompleteList& not_assessed) {
  std::vector<AptPin> out;
  size_t refused = 0;
  std::vector<std::string> paths{"etc/apt/preferences"};
  for (std::string& path : files.below("etc/apt/preferences.d/")) paths.push_back(std::move(path));
  for (const std::string& path : paths) {
    const std::string name = path.substr(path.rfind('/') + 1);
    const size_t dot = name.find('.');
    if (dot != std::string::npos && !name.ends_with(".pref")) continue;  // apt reads no other endings
    const std::string* text = files.find(path);
    if (text == nullptr) continue;
    for (AptPin& pin : parse_preferences(*text, &refused)) out.push_back(std::move(pin));
  }
  if (refused > 0)
    not_assessed.push_back({"package pins",
                            std::to_string(refused) + " records of apt's preferences are not understood",
                            "see /etc/apt/preferences.d"});
  return out;
}

}  // namespace

AptLists lists_of_release(const AptLists& host, const OsRelease& os) {
  AptLists out;
  std::map<size_t, size_t> kept;
  for (size_t i = 0; i < host.lists.size(); ++i) {
    const OfferedList& list = host.lists[i];
    // "bookworm", "bookworm-security", "bookworm-updates", "stretch/updates"; not what others build for the release.
    const bool own = lower(list.origin) == os.id || (os.id == "ubuntu" && list.origin.starts_with("UbuntuESM"));
    const std::string base = list.codename.substr(0, list.codename.find_first_of("-/"));
    if (!own || os.codename.empty() || base != os.codename || list.label.ends_with("Backports")) continue;
    kept[i] = out.lists.size();
    out.lists.push_back(list);
    out.lists.back().found_in = "the host";
    out.releases.push_back(host.releases[i]);
    out.changelogs.push_back(host.changelogs[i]);
  }
  for (const AptEntry& entry : host.entries) {
    const auto list = kept.find(entry.list);
    if (list == kept.end()) continue;
    out.entries.push_back(entry);
    out.entries.back().list = list->second;
  }
  if (out.has_security()) out.not_assessed = host.not_assessed;
  return out;
}

Offered apt_offers(const AptLists& lists, const DpkgSystem& system, const Files& files) {
  Offered out;
  out.lists = lists.lists;
  out.not_assessed = lists.not_assessed;
  const std::vector<AptPin> pins = pins_of(files, out.not_assessed);
  const std::string release = default_release(files);
  std::map<std::pair<std::string_view, std::string_view>, std::vector<const AptEntry*>> by_package;
  for (const AptEntry& entry : lists.entries) {
    const std::string_view arch = entry.arch == "all" ? std::string_view(system.native) : entry.arch;
    by_package[{entry.name, arch}].push_back(&entry);
  }
  for (const DpkgSystem::Installed& installed : system.packages) {
    if (installed.held) out.held.push_back(installed.name);
    const std::string arch = system.effective(installed.arch);
    const auto found = by_package.find({installed.name, arch});
    if (found == by_package.end()) continue;
    const bool any_newer = std::ranges::any_of(found->second, [&](const AptEntry* e) {
      return lists.lists[e->list].security && is_newer_deb(e->version, installed.version);
    });
    if (!any_newer) continue;
    for (const AptEntry* entry : found->second) {
      PinTarget target = lists.releases[entry->list];
      target.package = entry->name;
      target.source = entry->source;
      target.version = entry->version;
      target.architecture = arch;
      target.component = entry->component;
      OfferedVersion offered;
      offered.package = installed.name;
      offered.arch = installed.arch;
      offered.installed = installed.version;
      offered.version = entry->version;
      offered.source_name = entry->source;
      offered.source_version = entry->source_version;
      offered.list = static_cast<uint32_t>(entry->list);
      offered.priority = priority_of(pins, target, release);
      if (is_newer_deb(entry->version, installed.version)) offered.new_packages = unmet(entry->needs, system.names);
      out.versions.push_back(std::move(offered));
    }
  }
  const auto order = [](const OfferedVersion& v) { return std::tie(v.package, v.arch, v.list, v.version); };
  std::ranges::sort(out.versions, [&](const auto& a, const auto& b) { return order(a) < order(b); });
  std::ranges::sort(out.held);
  return out;
}

}  // namespace plimsoll::repository

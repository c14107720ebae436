#include "repository/dpkg_system.h"

#include <algorithm>

#include "base/text.h"
#include "repository/deb822.h"
#include "version/compare.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_installed = 200'000, max_relations = 2000;

std::string_view bare_name(std::string_view relation) {
  relation = trim(relation);
  return relation.substr(0, relation.find_first_of(" \t\n(:[<"));
}

void take(const Paragraph& p, bool without_status, DpkgSystem& system) {
  const auto status = split_words(p.get("Status"));
  const bool installed = status.size() == 3 ? status[2] != "not-installed" && status[2] != "config-files"
                                            : without_status && status.empty();
  const std::string_view name = p.get("Package"), version = p.get("Version");
  if (!installed || name.empty() || version.empty() || system.packages.size() >= max_installed) return;
  system.packages.push_back({std::string(name), std::string(p.get("Architecture")), std::string(version),
                             status.size() == 3 && status[0] == "hold"});
  system.names.emplace(name);
  if (const std::string_view provides = p.get("Provides"); !provides.empty()) {
    for (const std::string_view item : split(provides, ',')) system.names.emplace(bare_name(item));
  }
}

// dpkg's own architecture; where it is not installed, the one that most packages have.
std::string native_of(const std::vector<DpkgSystem::Installed>& packages) {
  std::map<std::string, size_t> count;
  for (const auto& package : packages) {
    if (package.arch.empty() || package.arch == "all") continue;
    if (package.name == "dpkg") return package.arch;
    ++count[package.arch];
  }
  const auto most = std::ranges::max_element(count, {}, [](const auto& entry) { return entry.second; });
  return most == count.end() ? "" : most->first;
}

}  // namespace

DpkgSystem read_dpkg_system(const Files& files) {
  DpkgSystem system;
  std::vector<std::string> paths = files.below("var/lib/dpkg/status.d/");
  paths.emplace_back("var/lib/dpkg/status");
  for (const std::string& path : paths) {
    const std::string* text = files.find(path);
    if (text == nullptr || path.ends_with(".md5sums")) continue;
    const bool single = path != "var/lib/dpkg/status";
    ParagraphReader reader([&](const Paragraph& p) { take(p, single, system); },
                           {"package", "status", "version", "architecture", "provides"});
    reader.feed(*text);
    reader.finish();
  }
  system.native = native_of(system.packages);
  if (const std::string* arch = files.find("var/lib/dpkg/arch")) {
    for (const std::string_view word : split_words(*arch)) {
      if (word != system.native && system.foreign.size() < 16) system.foreign.emplace_back(word);
    }
  }
  return system;
}

bool is_newer_deb(std::string_view version, std::string_view than) {
  return version::is_newer(version::Scheme::dpkg, version, than);
}

std::vector<std::string> unmet(std::string_view relations, const std::set<std::string, std::less<>>& names) {
  std::vector<std::string> out;
  size_t seen = 0;
  for (const std::string_view group : split(relations, ',')) {
    if (trim(group).empty() || ++seen > max_relations) continue;
    const auto alternatives = split(group, '|');
    const bool met = std::ranges::any_of(alternatives, [&](auto one) { return names.contains(bare_name(one)); });
    if (!met) out.emplace_back(bare_name(alternatives.front()));
  }
  return out;
}

}  // namespace plimsoll::repository

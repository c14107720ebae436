#include "inventory/finish.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <unordered_map>

#include "base/text.h"
#include "inventory/os_release.h"
#include "inventory/owned_files.h"
#include "inventory/purl.h"

namespace plimsoll::inventory {
namespace {

struct Placed {
  Package package;
  size_t layer;
};
using Owners = std::unordered_map<uint64_t, std::string_view>;

// Which kind of package an OSV ecosystem's advisories speak of; every other distribution's speak of rpm.
constexpr std::array<std::pair<std::string_view, PackageType>, 5> native_types{{
    {"Debian", PackageType::deb},
    {"Ubuntu", PackageType::deb},
    {"Alpine", PackageType::apk},
    {"Wolfi", PackageType::apk},
    {"Chainguard", PackageType::apk},
}};

std::string ecosystem_of(PackageType type, const std::string& os_ecosystem) {
  switch (type) {
    case PackageType::npm:
      return "npm";
    case PackageType::pypi:
      return "PyPI";
    case PackageType::golang:
      return "Go";
    default:
      break;
  }
  const std::string_view family = std::string_view(os_ecosystem).substr(0, os_ecosystem.find(':'));
  PackageType native = PackageType::rpm;
  for (const auto& [name, its] : native_types) {
    if (name == family) native = its;
  }
  return native == type ? os_ecosystem : std::string();  // an rpm database on Debian is not Debian's
}

std::optional<OsRelease> pick_os(const std::vector<FileFinding>& findings) {
  const FileFinding* best = nullptr;
  for (const FileFinding& finding : findings) {
    if (!finding.found.os) continue;
    if (!best || os_release_rank(finding.path) < os_release_rank(best->path)) best = &finding;
  }
  return best ? best->found.os : std::nullopt;
}

using Key = std::tuple<std::string, std::string, std::string>;
Key key_of(const Package& package) { return {package.name, package.version, package.arch}; }

// The lowest layer from which on every version of the database, up to the one that is shown, has the package.
// `older` holds the hidden versions of the same file, highest layer first.
void place_database(const FileFinding& shown, const std::vector<const FileFinding*>& older, std::vector<Placed>& out) {
  std::vector<std::pair<size_t, std::set<Key>>> versions;
  for (const FileFinding* version : older) {
    std::set<Key> keys;
    for (const Package& package : version->found.packages) keys.insert(key_of(package));
    versions.emplace_back(version->layer, std::move(keys));
  }
  for (const Package& package : shown.found.packages) {
    size_t layer = shown.layer;
    const Key key = versions.empty() ? Key{} : key_of(package);
    for (const auto& [older_layer, keys] : versions) {
      if (!keys.contains(key)) break;
      layer = older_layer;
    }
    out.push_back({package, layer});
    out.back().package.locations = {shown.path};
  }
}

// A lock file says what may be installed; where the installed tree stands beside it, that one is the truth.
bool installed_beside(const std::string& lock_path, const std::set<std::string_view>& npm_paths) {
  const size_t slash = lock_path.rfind('/');
  const std::string below = (slash == std::string::npos ? "" : lock_path.substr(0, slash + 1)) + "node_modules/";
  const auto at = npm_paths.lower_bound(below);
  return at != npm_paths.end() && at->starts_with(below);
}

std::vector<Placed> place(const std::vector<FileFinding>& shown, const std::vector<FileFinding>& hidden,
                          const Owners& owners) {
  std::unordered_map<std::string_view, std::vector<const FileFinding*>> older;
  for (const FileFinding& finding : hidden) older[finding.path].push_back(&finding);
  for (auto& [path, list] : older) std::ranges::sort(list, [](auto* a, auto* b) { return a->layer > b->layer; });
  std::set<std::string_view> npm_paths;
  for (const FileFinding& finding : shown) {
    for (const Package& package : finding.found.packages) {
      if (finding.cataloger->role == Role::installed && package.type == PackageType::npm)
        npm_paths.insert(finding.path);
    }
  }
  std::vector<Placed> out;
  for (const FileFinding& finding : shown) {
    if (finding.cataloger->role == Role::os_database) {
      std::vector<const FileFinding*> lower;
      for (const FileFinding* version : older[finding.path]) {
        if (version->layer < finding.layer) lower.push_back(version);
      }
      place_database(finding, lower, out);
      continue;
    }
    if (finding.cataloger->role == Role::lock_file && installed_beside(finding.path, npm_paths)) continue;
    const auto owner = owners.find(path_key(finding.path));
    for (const Package& package : finding.found.packages) {
      out.push_back({package, finding.layer});
      out.back().package.locations = {finding.path};
      if (owner != owners.end()) out.back().package.owned_by = std::string(owner->second);
    }
  }
  return out;
}

// The same package proved by several files is one package, of the lowest layer that brought it.
std::vector<Package> merge(std::vector<Placed> placed, const std::vector<LayerDigest>& layers) {
  const auto order = [](const Placed& p) {
    const Package& a = p.package;
    return std::tie(a.type, a.name, a.version, a.arch, a.module, a.owned_by, p.layer, a.locations.front());
  };
  std::ranges::sort(placed, [&](const Placed& a, const Placed& b) { return order(a) < order(b); });
  std::vector<Package> out;
  for (Placed& p : placed) {
    const auto same = [](const Package& a, const Package& b) {
      return std::tie(a.type, a.name, a.version, a.arch, a.module, a.owned_by) ==
             std::tie(b.type, b.name, b.version, b.arch, b.module, b.owned_by);
    };
    if (!out.empty() && same(out.back(), p.package)) {
      auto& locations = out.back().locations;
      if (locations.back() != p.package.locations.front()) locations.push_back(std::move(p.package.locations.front()));
      continue;
    }
    if (p.layer < layers.size()) p.package.layer = layers[p.layer];
    out.push_back(std::move(p.package));
  }
  for (Package& package : out) {
    std::ranges::sort(package.locations);
    package.locations.erase(std::unique(package.locations.begin(), package.locations.end()), package.locations.end());
  }
  std::ranges::sort(out, [](const Package& a, const Package& b) {
    return std::tie(a.type, a.name, a.version, a.arch, a.locations.front(), a.owned_by, a.module) <
           std::tie(b.type, b.name, b.version, b.arch, b.locations.front(), b.owned_by, b.module);
  });
  return out;
}

void report_gaps(const std::vector<FileFinding>& shown, const Owners& owners, Inventory& inventory) {
  for (const FileFinding& finding : shown) {
    if (finding.cataloger->role == Role::installed && owners.contains(path_key(finding.path))) continue;
    const std::string what = std::string(finding.cataloger->name) + " " + printable(finding.path, 500);
    if (finding.error)
      inventory.not_assessed.push_back({what, printable(finding.error->message), printable(finding.error->advice)});
    for (const Incomplete& part : finding.found.not_assessed)
      inventory.not_assessed.push_back({what + ": " + part.what, part.reason, part.remedy});
  }
  const bool os_packages =
      std::ranges::any_of(inventory.packages, [](const Package& package) { return is_os_package(package.type); });
  const std::string name =
      !inventory.os ? ""
                    : printable(inventory.os->pretty_name.empty() ? inventory.os->id : inventory.os->pretty_name, 200);
  if (os_packages && !inventory.os)
    inventory.not_assessed.push_back(
        {"operating system release", "no os-release file: no advisories can be chosen for its packages", {}});
  if (!os_packages && inventory.os)
    inventory.not_assessed.push_back(
        {"operating system packages of " + name, "no package database that can be read was found", {}});
  if (!os_packages && !inventory.os && inventory.packages.empty())
    inventory.not_assessed.push_back(
        {"packages", "neither an operating system's package database nor language packages were found", {}});
}

// Which OS package answers for a file; those that the distribution did not make answer for none.
Owners owners_of(const std::vector<FileFinding>& shown) {
  std::set<std::string_view> foreign;
  for (const FileFinding& finding : shown) foreign.insert(finding.found.foreign.begin(), finding.found.foreign.end());
  Owners owners;
  for (const FileFinding& finding : shown) {
    for (const OwnedFiles& owned : finding.found.owned) {
      if (foreign.contains(owned.package)) continue;
      for (const uint64_t key : owned.paths) owners.emplace(key, owned.package);
    }
  }
  return owners;
}

}  // namespace

Inventory finish(std::vector<FileFinding> findings, const rootfs::Tree& tree) {
  std::ranges::sort(findings, [](const FileFinding& a, const FileFinding& b) {
    return std::tie(a.path, a.layer) < std::tie(b.path, b.layer);
  });
  const auto middle = std::stable_partition(findings.begin(), findings.end(), [&](const FileFinding& finding) {
    return tree.visible(finding.path, finding.layer);
  });
  std::vector<FileFinding> hidden(std::make_move_iterator(middle), std::make_move_iterator(findings.end()));
  findings.erase(middle, findings.end());

  const Owners owners = owners_of(findings);
  Inventory inventory;
  inventory.os = pick_os(findings);
  inventory.packages = merge(place(findings, hidden, owners), tree.layers());
  const std::string os_ecosystem = inventory.os ? osv_ecosystem(*inventory.os) : std::string();
  for (Package& package : inventory.packages) {
    package.ecosystem = ecosystem_of(package.type, os_ecosystem);
    package.purl = purl_of(package, inventory.os);
  }
  report_gaps(findings, owners, inventory);
  return inventory;
}

}  // namespace plimsoll::inventory

#include "analyzer/engine_packages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "assess/components.h"
#include "base/text.h"

namespace plimsoll::analyzer {
namespace {

struct Module {
  std::string_view runtime, path;
  uint64_t numbered_from = 0;  // major version since which "/vMAJOR" belongs to the path; 0: never
};
constexpr std::array<Module, 6> modules = {{{"docker", "github.com/docker/docker"},
                                            {"containerd", "github.com/containerd/containerd", 2},
                                            {"runc", "github.com/opencontainers/runc"},
                                            {"podman", "github.com/containers/podman", 2},
                                            {"cri-o", "github.com/cri-o/cri-o"},
                                            {"kubernetes", "k8s.io/kubernetes"}}};

// Docker's first release whose module is github.com/moby/moby/v2.
constexpr uint64_t docker_moved = 29;

uint64_t major_of(std::string_view version) { return parse_uint(version.substr(0, version.find('.'))).value_or(0); }

// A project's own version as Go writes it: "v1.7.25" -> "1.7.25", "18.09.1-ce" -> "18.9.1"; empty for anything else.
std::string go_version(std::string_view told) {
  if (told.starts_with('v')) told.remove_prefix(1);
  if (told.ends_with("-ce")) told.remove_suffix(3);
  const size_t dash = std::min(told.find('-'), told.size());
  const std::string_view stage = told.substr(dash);
  const bool plain =
      stage.empty() || stage.starts_with("-rc") || stage.starts_with("-beta") || stage.starts_with("-alpha");
  const auto numbers = split(told.substr(0, dash), '.');
  if (!plain || numbers.size() != 3) return {};
  std::string out;
  for (const std::string_view number : numbers) {
    const auto value = parse_uint(number);
    if (!value) return {};
    out += fmt::format("{}{}", out.empty() ? "" : ".", *value);
  }
  return out + std::string(stage);
}

Package package_of(const Module& module, const std::string& version, const std::string& socket) {
  const uint64_t major = major_of(version);
  Package out;
  out.type = PackageType::golang;
  out.ecosystem = "Go";
  out.name = std::string(module.path);
  if (module.numbered_from > 0 && major >= module.numbered_from) out.name += fmt::format("/v{}", major);
  out.version = out.source_version = version;
  out.source_name = std::string(module.runtime);
  out.purl = fmt::format("pkg:golang/{}@v{}", out.name, version);
  if (!socket.empty()) out.locations = {socket};
  out.loaded = Loaded::yes;
  return out;
}

// The distribution's package of a runtime, whose advisories know what is mended in it.
bool is_packaged(const AssetReport& host, std::string_view runtime) {
  return std::ranges::any_of(host.packages, [&](const Package& package) {
    return !package.ecosystem.empty() && assess::component_of(package) == runtime;
  });
}

}  // namespace

std::vector<Package> engine_packages(const AssetReport& host) {
  std::vector<Package> out;
  if (!host.host || host.packages.empty()) return out;
  std::set<std::string> known;
  for (const RuntimeFacts& facts : host.host->runtimes) {
    for (const Module& module : modules) {
      const std::string* told = assess::component_version(*host.host, facts.name, std::string(module.runtime));
      if (told == nullptr || is_packaged(host, module.runtime)) continue;
      const std::string version = go_version(*told);
      if (version.empty()) continue;
      Package package = package_of(module, version, facts.socket);
      if (known.insert(package.purl).second) out.push_back(std::move(package));
    }
  }
  return out;
}

void tell_gpu_toolkit(AssetReport& host) {
  const auto package = std::ranges::find_if(host.packages, [](const Package& each) {
    return is_os_package(each.type) && (each.name == assess::gpu_toolkit || each.name == "libnvidia-container1");
  });
  if (!host.host || package == host.packages.end()) return;
  for (RuntimeFacts& runtime : host.host->runtimes) runtime.component_versions[assess::gpu_toolkit] = package->version;
}

std::string runtime_of_package(const Package& package) {
  if (std::string component = assess::component_of(package); !component.empty()) {
    return component == "kernel" ? "" : component;
  }
  if (package.type != PackageType::golang) return {};
  const auto row = std::ranges::find(modules, package.source_name, &Module::runtime);
  return row == modules.end() || !package.name.starts_with(row->path) ? "" : std::string(row->runtime);
}

void set_open_ends_aside(AssetReport& host) {
  std::set<std::string> open;
  std::string version;
  std::erase_if(host.threats, [&](const Threat& threat) {
    if (!threat.package || !threat.fixed_version.empty() || threat.package->type != PackageType::golang) return false;
    if (runtime_of_package(*threat.package) != "docker") return false;
    version = threat.package->version;
    if (major_of(version) < docker_moved) return false;
    open.insert(threat.id.value);
    return true;
  });
  if (open.empty()) return;
  host.assessment.not_assessed.push_back(
      {fmt::format("{} in docker {}", join({open.begin(), open.end()}, ", "), version),
       "the database does not say which release of the engine mends them",
       "look them up in the release notes: https://docs.docker.com/engine/release-notes/"});
}

}  // namespace plimsoll::analyzer

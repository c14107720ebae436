#include "assess/components.h"

#include <array>
#include <string_view>

namespace plimsoll::assess {
namespace {

bool is_kernel(const Package& package) {
  if (package.name.starts_with("linux-libc") || package.name.starts_with("linux-headers") ||
      package.name.starts_with("kernel-headers")) {
    return false;
  }
  const std::string& source = package.source_name.empty() ? package.name : package.source_name;
  if (source == "linux" || source.starts_with("linux-signed") || source.starts_with("linux-hwe")) return true;
  if (package.name.starts_with("linux-image-")) return true;
  if (package.type == PackageType::apk) return source == "linux-lts" || source == "linux-virt";
  return package.type == PackageType::rpm &&
         (source == "kernel" || source.starts_with("kernel-default") || source == "kernel-rt");
}

struct SourceRow {
  std::string_view source, component;
};
constexpr std::array<SourceRow, 11> kSources = {{{"runc", "runc"},
                                                 {"containerd", "containerd"},
                                                 {"docker.io", "docker"},
                                                 {"docker.io-app", "docker"},
                                                 {"docker", "docker"},
                                                 {"moby-engine", "docker"},
                                                 {"moby", "docker"},
                                                 {"podman", "podman"},
                                                 {"libpod", "podman"},
                                                 {"cri-o", "cri-o"},
                                                 {"crun", "crun"}}};

}  // namespace

std::string component_of(const Package& package) {
  if (!is_os_package(package.type)) return {};
  if (is_kernel(package)) return "kernel";
  const std::string& source = package.source_name.empty() ? package.name : package.source_name;
  for (const SourceRow& row : kSources) {
    if (row.source == source) return std::string(row.component);
  }
  return {};
}

PlatformAdvisories platform_advisories(const HostFacts& host, const Listed& host_threats,
                                       const std::vector<Package>& host_packages) {
  PlatformAdvisories out;
  for (const Threat* each : host_threats) {
    const Threat& threat = *each;
    if (threat.kind != ThreatKind::vulnerability) continue;
    out.vulnerable.insert(threat.id.value);
    out.vulnerable.insert(threat.aliases.begin(), threat.aliases.end());
    if (threat.package) {
      if (std::string component = component_of(*threat.package); !component.empty())
        out.judged.insert(std::move(component));
    }
  }
  for (const Package& package : host_packages) {
    if (package.ecosystem.empty()) continue;
    std::string component = component_of(package);
    if (component.empty()) continue;
    // Debian and Ubuntu put the release into the package's name; rpm into version and architecture.
    const bool running = !host.kernel_release.empty() && (package.name.find(host.kernel_release) != std::string::npos ||
                                                          host.kernel_release == package.version + "." + package.arch);
    if (component != "kernel" || running) out.judged.insert(std::move(component));
  }
  return out;
}

std::vector<std::string> components_under(const std::string& runtime) {
  if (runtime == "docker") return {"docker", "containerd", "runc", gpu_toolkit};
  if (runtime == "containerd" || runtime == "kubernetes") return {"containerd", "runc", gpu_toolkit};
  if (runtime == "podman") return {"podman", "runc", gpu_toolkit};
  if (runtime == "cri-o" || runtime == "crio") return {"cri-o", "runc", gpu_toolkit};
  return {};
}

const std::string* component_version(const HostFacts& host, const std::string& runtime, const std::string& component) {
  for (const RuntimeFacts& facts : host.runtimes) {
    if (facts.name != runtime) continue;
    if (component == runtime && !facts.version.empty()) return &facts.version;
    const auto found = facts.component_versions.find(component);
    if (found != facts.component_versions.end() && !found->second.empty()) return &found->second;
  }
  return nullptr;
}

}  // namespace plimsoll::assess

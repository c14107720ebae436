#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assess/listed.h"
#include "model/facts.h"
#include "model/package.h"
#include "model/threat.h"

namespace plimsoll::assess {

// The part of the platform that a distribution's package carries: "kernel", "runc", "containerd", "docker"...; empty
// for any other package. Packages of the vendors (docker-ce, containerd.io) are none: the distribution says nothing of
// them.
std::string component_of(const Package& package);

// What the distribution's advisories say of the platform of one host.
struct PlatformAdvisories {
  std::set<std::string> vulnerable;  // CVE ids (and aliases) open on the host
  std::set<std::string> judged;      // components the distribution answers for: a CVE not in `vulnerable` is fixed
};

// A component is judged when the host has a distribution's package of it, with an ecosystem (for the kernel: the
// package of the running release), or when the host's threats hold one of such a package.
PlatformAdvisories platform_advisories(const HostFacts& host, const Listed& host_threats,
                                       const std::vector<Package>& host_packages);

// What puts the devices and libraries of GPUs into containers, as root on the host. Runtimes do not tell its version:
// RuntimeFacts::component_versions has that of its package.
inline constexpr const char* gpu_toolkit = "nvidia-container-toolkit";

// Components under a container of this runtime, that runtime CVEs may name.
std::vector<std::string> components_under(const std::string& runtime);

// The version of a runtime component as the runtime itself tells it; null when it did not.
const std::string* component_version(const HostFacts& host, const std::string& runtime, const std::string& component);

}  // namespace plimsoll::assess

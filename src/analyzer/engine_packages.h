#pragma once
#include <string>
#include <vector>

#include "model/package.h"
#include "model/report.h"

namespace plimsoll::analyzer {

// The container runtimes of a host as packages of the Go modules they are built of, by the versions they tell: what the
// projects' own advisories speak of. Left out are those that a package of the distribution answers for, and versions
// that are not a project's own ("24.0.7+azure-1"). Nothing where the host's packages were not read: then nobody knows
// whose build it is.
std::vector<Package> engine_packages(const AssetReport& host);

// Tells each runtime of the host the version of the GPU toolkit, by its package.
void tell_gpu_toolkit(AssetReport& host);

// Which runtime a package of the host is, by assess::component_of() or made by engine_packages(): "docker",
// "containerd", "runc", "podman", "cri-o", "kubernetes"; empty for any other.
std::string runtime_of_package(const Package& package);

// Since 29 the engine's code is another Go module with numbers of its own, and records that say where a flaw ends say
// it there: what has no end for the old module is not assessed for such an engine, and no threat.
void set_open_ends_aside(AssetReport& host);

}  // namespace plimsoll::analyzer

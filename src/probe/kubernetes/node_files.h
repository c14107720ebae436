#pragma once
#include <string>
#include <vector>

#include "model/fact_tree.h"
#include "system/files.h"

namespace plimsoll::probe::kubernetes {

// The files of Kubernetes that lie on a node whatever runs (docs/facts.md, "Kubernetes"): credentials of the control
// plane, the PKI directory, the container network's configuration and programs, what a join leaves behind.
FactTree read_node_files(const system::Files& host);

// kubelet.service in systemd's directories, and every drop-in of it: a list of files.
FactTree kubelet_units(const system::Files& host);

// The version of an installed Debian package, without epoch and revision; unknown when dpkg does not know it.
FactTree installed_version(const system::Files& host, const std::string& package);

// The CNI plug-ins that /etc/cni/net.d (or `directory`) sets up: {types, enforces_policies, files}. Absent: there are
// none.
FactTree read_cni(const system::Files& host, const std::string& directory = "/etc/cni/net.d");

}  // namespace plimsoll::probe::kubernetes

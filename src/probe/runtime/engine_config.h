#pragma once
#include <string>
#include <vector>

#include "model/fact_tree.h"
#include "system/files.h"

namespace plimsoll::probe {

// What runtimes other than Docker are told by their files, as maps (docs/facts.md, "Runtime").
// Members whose files cannot be read are unknown; what no file sets is absent, and the runtime's default holds.

// `containers` and `engine` of containers.conf(5), `registries`, `image_policy`. `home`: of the user whose service it
// is; empty for root's.
FactTree podman_config(const system::Files& files, const std::string& home);

// `api`, `runtime`, `image`, `metrics` of crio.conf(5), `registries`, `image_policy`.
FactTree crio_config(const system::Files& files);

// Of containerd's config.toml of any version, and its imports: `log_level`, `tcp_address`, `metrics_address`, and of
// the CRI plugin `cri` (whether it runs), `selinux`, `apparmor_disabled`, `stream_address`, `stream_tls`,
// `privileged_without_host_devices` (of all runtimes), `insecure_registries`. `path`: the file it was told to read.
FactTree containerd_config(const system::Files& files, const std::string& path);

// The file that `--config FILE` or `-c FILE` of containerd's command line names, else the one it reads by itself.
std::string containerd_config_path(const std::vector<std::string>& arguments);

}  // namespace plimsoll::probe

#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "model/fact_tree.h"
#include "probe/host/settings/context.h"

namespace plimsoll::probe::settings {

struct InstalledKernel {
  std::string release;  // as uname -r would say: "6.1.0-28-amd64"
  std::string version;  // of the package: "6.1.119-1"; empty where it is not known
};

// Pure: the installed linux-image packages of dpkg's status file; meta packages ("linux-image-amd64") are none.
std::vector<InstalledKernel> parse_dpkg_kernels(std::string_view status);

// Pure: the package version that a running kernel names in /proc/version ("... Debian 6.1.119-1 (2024-11-22)") or in
// Ubuntu's /proc/version_signature ("Ubuntu 5.15.0-91.101-generic 5.15.131"); empty when neither.
std::string parse_running_version(std::string_view text);

// {running, running_version, newest, newest_version, running_is_newest, source of kernels}; absent where no kernel is
// installed from a package (the kernel comes from outside).
FactTree read_installed_kernels(const Context& context);

}  // namespace plimsoll::probe::settings

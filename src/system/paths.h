#pragma once
#include <string>
#include <string_view>

#include "system/machine.h"

// Paths of this host as text.
namespace plimsoll::system {

std::string_view base_name(std::string_view path);
std::string parent_directory(std::string_view path);  // "/" of "/x" and "/"

// The path behind all links (at most 40, as the kernel follows); what cannot be read, or is not there, stays as given.
// With a `root` ("/proc/PID/root") both are paths inside it, and no link leads out.
std::string resolve(const Machine& machine, const std::string& path, const std::string& root = {});

}  // namespace plimsoll::system

#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::probe::settings {

// Pure: the permitted capabilities of a security.capability attribute (struct vfs_cap_data of linux/capability.h,
// revisions 2 and 3), as "net_raw"; "cap_N" for numbers without a name here. Empty for what is no such value.
std::vector<std::string> parse_file_capabilities(std::string_view value);

}  // namespace plimsoll::probe::settings

#pragma once
#include <string>
#include <utility>
#include <vector>

#include "policy/policy.h"

namespace plimsoll::policy {

// Files of one's own in /etc/plimsoll/policies, laid over the built-in policy in the order of their names.
inline constexpr const char* policies_directory = "/etc/plimsoll/policies";

// The built-in policy with all of `files` (name, text) laid over it, in their order. All faults of all files are told
// in one error, a line each.
Result<Policy> parse_policies(const std::vector<std::pair<std::string, std::string>>& files);

// The names of the files that `path` means, as read_policy_files() does, in their order.
Result<std::vector<std::string>> policy_file_names(const std::string& path);

// Of `path`: that file, or the *.yaml files of that directory (at most 1000, of 1 MiB each); empty: those of
// policies_directory, or none where there is no such directory.
Result<std::vector<std::pair<std::string, std::string>>> read_policy_files(const std::string& path);

}  // namespace plimsoll::policy

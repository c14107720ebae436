#pragma once
#include <string>
#include <vector>

#include "model/fact_tree.h"
#include "system/accounts.h"
#include "system/machine.h"

namespace plimsoll::system {

// {path, type, mode, uid, gid, user, group, size, modified}: of the target, where `path` is a link (then `target` names
// it). `exposed_by` names the first directory above it in which another user could put something else in its place:
// writable by others and not sticky, by a group other than root's, or owned by neither root nor the file's owner.
// With a `root` ("/proc/PID/root") all paths are those inside it. Absent when there is no such file; unknown when it
// may not be looked at.
FactTree describe_file(const Machine& machine, const std::vector<User>& users, const std::vector<Group>& groups,
                       const std::string& path, const std::string& root = {});

}  // namespace plimsoll::system

#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "model/fact.h"
#include "system/machine.h"
#include "system/mountinfo.h"

namespace plimsoll::system {

// The namespaces every process is compared with, by name ("pid", "net", "ipc", "uts", "cgroup", "mnt", "user", "time").
// Read from PID 1; where its links may not be read (restricted machines refuse even root) from the kernel thread
// kthreadd, which never leaves the initial ones; else the fixed inode the kernel gives them (include/uapi/linux/nsfs.h,
// include/linux/proc_ns.h), which net and mnt have on recent kernels only.
std::map<std::string, Fact<uint64_t>> initial_namespaces(const Machine& machine);

// The fixed inode of an initial namespace; 0 for a name without one.
uint64_t fixed_namespace_inode(std::string_view name);

// The inode of one namespace of a process: /proc/PID/ns/NAME.
Result<uint64_t> namespace_inode(const Machine& machine, const std::string& process, const std::string& name);

// The host's mounts: /proc/1/mountinfo, or our own table when we are in the initial mount namespace.
Fact<std::vector<Mount>> host_mounts(const Machine& machine, const std::map<std::string, Fact<uint64_t>>& initial);

// Whether Plimsoll sits in another network namespace than the host: what it reads of networks tells nothing of the
// host.
bool in_foreign_network(const Machine& machine);

}  // namespace plimsoll::system

#include "system/initial_namespaces.h"

#include <array>

#include "base/text.h"
#include "system/proc_status.h"

namespace plimsoll::system {
namespace {

struct FixedInode {
  std::string_view name;
  uint64_t inode;
  bool every_kernel;  // false: given by recent kernels only, older ones count up from a dynamic number
};
constexpr std::array<FixedInode, 8> kFixed = {{
    {"ipc", 0xEFFFFFFF, true},
    {"uts", 0xEFFFFFFE, true},
    {"user", 0xEFFFFFFD, true},
    {"pid", 0xEFFFFFFC, true},
    {"cgroup", 0xEFFFFFFB, true},
    {"time", 0xEFFFFFFA, true},
    {"net", 0xEFFFFFF9, false},
    {"mnt", 0xEFFFFFF8, false},
}};

bool kernel_thread_two(const Machine& machine) {
  const auto name = machine.read_file("/proc/2/comm", 64);
  return name.ok() && trim(*name) == "kthreadd";
}

Fact<uint64_t> initial_namespace(const Machine& machine, const FixedInode& row, bool has_kthreadd) {
  const std::string name(row.name);
  const auto first = namespace_inode(machine, "1", name);
  if (first.ok()) return Fact<uint64_t>::of(*first, "/proc/1/ns/" + name);
  if (has_kthreadd) {
    const auto second = namespace_inode(machine, "2", name);
    if (second.ok()) return Fact<uint64_t>::of(*second, "/proc/2/ns/" + name);
  }
  if (first.error().kind == ErrorKind::not_found)
    return Fact<uint64_t>::missing(first.error().to_string(), "/proc/1/ns/" + name);
  const auto own = namespace_inode(machine, "self", name);
  if (row.every_kernel || (own.ok() && *own == row.inode)) {
    return Fact<uint64_t>::of(row.inode, "fixed inode of the initial " + name + " namespace");
  }
  return Fact<uint64_t>::missing(first.error().to_string(), "/proc/1/ns/" + name);
}

}  // namespace

std::map<std::string, Fact<uint64_t>> initial_namespaces(const Machine& machine) {
  const bool has_kthreadd = kernel_thread_two(machine);
  std::map<std::string, Fact<uint64_t>> out;
  for (const auto& row : kFixed) out[std::string(row.name)] = initial_namespace(machine, row, has_kthreadd);
  return out;
}

uint64_t fixed_namespace_inode(std::string_view name) {
  for (const auto& row : kFixed) {
    if (row.name == name) return row.inode;
  }
  return 0;
}

Result<uint64_t> namespace_inode(const Machine& machine, const std::string& process, const std::string& name) {
  const std::string path = "/proc/" + process + "/ns/" + name;
  PLIMSOLL_TRY(link, machine.read_link(path));
  const auto inode = parse_link_inode(link, name);
  if (!inode) return Error{ErrorKind::malformed, "not a namespace link: " + printable(link, 100), path};
  return *inode;
}

Fact<std::vector<Mount>> host_mounts(const Machine& machine, const std::map<std::string, Fact<uint64_t>>& initial) {
  using Mounts = Fact<std::vector<Mount>>;
  const auto text = machine.read_file("/proc/1/mountinfo", size_t{16} << 20);
  if (text.ok()) return Mounts::of(parse_mountinfo(*text).mounts, "/proc/1/mountinfo");
  const auto own = namespace_inode(machine, "self", "mnt");
  const auto host = initial.find("mnt");
  if (own.ok() && host != initial.end() && host->second.is(*own)) {
    const auto self = machine.read_file("/proc/self/mountinfo", size_t{16} << 20);
    if (self.ok()) return Mounts::of(parse_mountinfo(*self).mounts, "/proc/self/mountinfo");
  }
  return Mounts::missing(text.error().to_string(), "/proc/1/mountinfo");
}

bool in_foreign_network(const Machine& machine) {
  const auto own = namespace_inode(machine, "self", "net");
  const auto initial = initial_namespaces(machine);
  const auto host = initial.find("net");
  return own.ok() && host != initial.end() && host->second.known() && *host->second.value != *own;
}

}  // namespace plimsoll::system

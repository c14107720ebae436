#include "probe/host/host_processes.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "base/text.h"
#include "probe/host/host_probe.h"
#include "system/initial_namespaces.h"
#include "system/proc_status.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMaxMapped = 1'000'000;

// The process through which the host's network namespace is read: PID 1, or ourselves where PID 1 may not be looked at.
std::string network_process(const system::Machine& machine) {
  return machine.read_file("/proc/1/net/route", size_t{16} << 20).ok() ? "1" : "self";
}

// Looks through processes until all of `wanted` sockets have a holder.
system::SocketOwners find_owners(const system::Machine& machine, std::unordered_set<uint64_t> wanted,
                                 system::Gaps& gaps) {
  system::SocketOwners out;
  const auto pids = all_pids(machine);
  if (!pids.ok()) gaps.add("which process listens", pids.error());
  for (const int pid : pids.ok() ? *pids : std::vector<int>{}) {
    if (wanted.empty()) break;
    system::SocketOwners held;
    const auto read = system::add_socket_owners(machine, pid, held);
    if (!read.ok() && read.error().kind != ErrorKind::not_found) gaps.add("which process listens", read.error());
    for (const auto& [inode, owner] : held) {
      if (wanted.erase(inode) > 0) out.emplace(inode, owner);
    }
  }
  return out;
}

Fact<std::vector<Listener>> read_listeners(const system::Machine& machine, const std::string& process,
                                           system::Gaps& gaps) {
  using Listeners = Fact<std::vector<Listener>>;
  const std::string source = "/proc/" + process + "/net/{tcp,tcp6,udp,udp6}";
  const auto sockets = system::read_sockets(machine, process);
  for (const auto& error : sockets.errors) {
    gaps.add("listening ports", error);
    return Listeners::missing(error.to_string(), source);
  }
  std::unordered_set<uint64_t> wanted;
  for (const auto& row : sockets.rows) {
    if (row.listens()) wanted.insert(row.inode);
  }
  const auto owners = find_owners(machine, std::move(wanted), gaps);
  return Listeners::of(system::listeners_of(sockets.rows, owners, false), source);
}

// Whether a process lives in the host's mount namespace; unknown counts as yes, so that nothing loaded is missed.
bool in_host_mounts(const system::Machine& machine, int pid, const Fact<uint64_t>& host) {
  const auto own = system::namespace_inode(machine, std::to_string(pid), "mnt");
  return !own.ok() || !host.known() || *own == *host.value;
}

}  // namespace

Result<std::vector<int>> all_pids(const system::Machine& machine) {
  PLIMSOLL_TRY(names, machine.list_directory("/proc"));
  std::vector<int> out;
  for (const auto& name : names) {
    const auto pid = parse_uint(name);
    if (pid && *pid > 0 && *pid <= 0x7fffffff) out.push_back(static_cast<int>(*pid));
  }
  std::sort(out.begin(), out.end());
  return out;
}

void read_network(const system::Machine& machine, HostFacts& facts, system::Gaps& gaps) {
  const auto process = network_process(machine);
  facts.listeners = read_listeners(machine, process, gaps);
  facts.reaches_outside = system::has_default_route(machine, process);
  if (!facts.reaches_outside.known()) gaps.add("routes", facts.reaches_outside.unknown);
  system::LocalAddresses local = system::read_local_addresses(machine, process);
  facts.addresses = std::move(local.addresses);
  for (const Error& error : local.errors) gaps.add("addresses", error);
}

Mapped read_mapped(const system::Machine& machine, system::Gaps& gaps) {
  Mapped out;
  const auto pids = all_pids(machine);
  if (!pids.ok()) {
    gaps.add("files that processes have loaded", pids.error());
    return out;
  }
  out.complete = !pids->empty();
  const auto initial = system::initial_namespaces(machine);
  std::set<std::string> files;
  for (const int pid : *pids) {
    if (!in_host_mounts(machine, pid, initial.at("mnt"))) continue;
    const std::string base = "/proc/" + std::to_string(pid);
    const auto text = machine.read_file(base + "/maps", size_t{32} << 20);
    if (!text.ok()) {
      if (text.error().kind == ErrorKind::not_found) continue;
      out.complete = false;
      gaps.add("files that some processes have loaded", text.error());
      continue;
    }
    for (auto& file : system::parse_maps(*text)) files.insert(std::move(file));
    if (files.size() > kMaxMapped) {
      out.complete = false;
      gaps.add("files that some processes have loaded", "too many mapped files");
      break;
    }
  }
  out.files.assign(files.begin(), files.end());
  return out;
}

Connections host_connections(const system::Machine& machine, const AssetId& owner) {
  Connections out;
  const auto sockets = system::read_sockets(machine, network_process(machine));
  for (const auto& error : sockets.errors)
    out.not_assessed.push_back({"connections of the host", error.message, error.advice});
  out.established = system::connections_of(sockets.rows, owner, nullptr);
  return out;
}

}  // namespace plimsoll::probe

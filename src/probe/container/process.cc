#include "probe/container/process.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "system/initial_namespaces.h"

namespace plimsoll::probe {
namespace {

constexpr std::array<const char*, 8> kNamespaces = {"pid", "net", "ipc", "uts", "cgroup", "mnt", "user", "time"};

template <class T>
Fact<T> status_fact(const std::optional<T>& value, const std::string& path, const char* line) {
  if (value) return Fact<T>::of(*value, path + " " + line);
  return Fact<T>::missing(std::string("no line ") + line, path);
}

// Which file tells the label depends on the module in charge; EINVAL says that none labels processes.
Fact<std::string> read_label(const system::Machine& machine, int pid, Gaps& gaps) {
  for (const char* file : {"attr/apparmor/current", "attr/current"}) {
    const auto path = proc_path(pid, file);
    const auto text = machine.read_file(path, 4096);
    if (text.ok()) {
      std::string label = *text;
      while (!label.empty() && (label.back() == '\n' || label.back() == '\0')) label.pop_back();
      return Fact<std::string>::of(std::move(label), path);
    }
    if (text.error().kind != ErrorKind::not_found && text.error().kind != ErrorKind::unsupported) {
      gaps.add("security labels", text.error());
      return Fact<std::string>::missing(text.error().to_string(), path);
    }
  }
  return Fact<std::string>::of("", proc_path(pid, "attr/current") + ": no module labels processes");
}

void read_status(const system::Machine& machine, Process& process, Gaps& gaps) {
  const auto path = proc_path(process.pid(), "status");
  const auto text = machine.read_file(path, size_t{2} << 20);
  auto& facts = process.facts;
  if (!text.ok()) {
    const auto why = text.error().to_string();
    facts.host_uid = Fact<uint32_t>::missing(why, path);
    facts.capabilities = Fact<CapabilitySets>::missing(why, path);
    facts.no_new_privs = Fact<bool>::missing(why, path);
    facts.seccomp = Fact<int>::missing(why, path);
    gaps.add("users, capabilities, seccomp", text.error());
    return;
  }
  process.status = system::parse_status(*text);
  const auto& status = process.status;
  facts.name = status.name;
  facts.parent_pid = status.parent_pid.value_or(0);
  facts.host_uid = status_fact(status.effective_uid, path, "Uid");
  facts.capabilities = status_fact(status.capabilities, path, "Cap*");
  facts.no_new_privs = status_fact(status.no_new_privs, path, "NoNewPrivs");
  facts.seccomp = status_fact(status.seccomp, path, "Seccomp");
}

void read_namespaces(const system::Machine& machine, Process& process, Gaps& gaps) {
  for (const std::string name : kNamespaces) {
    const auto source = proc_path(process.pid(), "ns/" + name);
    const auto inode = system::namespace_inode(machine, std::to_string(process.pid()), name);
    if (inode.ok()) {
      process.namespaces[name] = Fact<uint64_t>::of(*inode, source);
    } else {
      process.namespaces[name] = Fact<uint64_t>::missing(inode.error().to_string(), source);
      if (inode.error().kind != ErrorKind::not_found) gaps.add("namespaces", inode.error());
    }
  }
}

// By inode; else by uid_map, which anybody may read: only the initial namespace (or one as good) maps every id to
// itself.
Fact<bool> in_host_user_namespace(const system::Machine& machine, const Process& process, const Namespaces& initial) {
  const auto own = process.namespaces.find("user"), host = initial.find("user");
  if (own != process.namespaces.end() && own->second.known() && host != initial.end() && host->second.known()) {
    return Fact<bool>::of(*own->second.value == *host->second.value, own->second.source);
  }
  const auto path = proc_path(process.pid(), "uid_map");
  const auto map = machine.read_file(path, 65'536);
  if (!map.ok()) return Fact<bool>::missing(map.error().to_string(), path);
  return Fact<bool>::of(system::is_identity_map(*map), path);
}

bool names_container(const std::vector<system::CgroupLine>& lines, const runtime::Listed& listed) {
  const auto& id = listed.facts.id.value;
  for (const auto& line : lines) {
    if (listed.cgroup.size() > 1 && line.path.starts_with(listed.cgroup) &&
        (line.path.size() == listed.cgroup.size() || line.path[listed.cgroup.size()] == '/')) {
      return true;
    }
    if (id.size() >= 32 && line.path.find(id) != std::string::npos) return true;
  }
  return false;
}

// For containers without a cgroup of their own.
bool same_namespaces(const system::Machine& machine, int first, int other, const Namespaces& initial) {
  bool any_own = false;
  for (const std::string name : {"pid", "mnt"}) {
    const auto a = system::namespace_inode(machine, std::to_string(first), name);
    const auto b = system::namespace_inode(machine, std::to_string(other), name);
    if (!a.ok() || !b.ok() || *a != *b) return false;
    const auto host = initial.find(name);
    any_own |= host != initial.end() && host->second.known() && *host->second.value != *a;
  }
  return any_own;
}

constexpr size_t kMaxMembers = 4096;

}  // namespace

std::string proc_path(int pid, const std::string& file) { return "/proc/" + std::to_string(pid) + "/" + file; }

std::vector<ProcessGroup> process_groups(const system::Machine& machine, Gaps& gaps) {
  std::vector<ProcessGroup> out;
  const auto names = machine.list_directory("/proc");
  if (!names.ok()) gaps.add("list of processes", names.error());
  for (const auto& name : names.ok() ? *names : std::vector<std::string>{}) {
    const auto pid = parse_uint(name);
    if (!pid || *pid == 0 || *pid > 0x7fffffff) continue;
    ProcessGroup process{static_cast<int>(*pid), {}};
    const auto text = machine.read_file(proc_path(process.pid, "cgroup"), size_t{1} << 20);
    if (!text.ok() && text.error().kind != ErrorKind::not_found) gaps.add("control groups of processes", text.error());
    if (text.ok()) process.groups = system::parse_cgroup(*text);
    out.push_back(std::move(process));
  }
  std::sort(out.begin(), out.end(), [](const ProcessGroup& a, const ProcessGroup& b) { return a.pid < b.pid; });
  return out;
}

std::vector<int> member_pids(const system::Machine& machine, const std::vector<ProcessGroup>& all,
                             const runtime::Listed& listed, const Namespaces& initial, Gaps& gaps) {
  std::vector<int> members;
  const int first = listed.facts.pid;
  bool first_matches = false;
  for (const ProcessGroup& process : all) {
    if (!names_container(process.groups, listed)) continue;
    members.push_back(process.pid);
    first_matches |= process.pid == first;
  }
  if (first > 0 && !first_matches) {
    for (const ProcessGroup& process : all) {
      if (process.pid == first || same_namespaces(machine, first, process.pid, initial)) members.push_back(process.pid);
    }
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
  }
  if (members.size() > kMaxMembers) {
    gaps.add("processes beyond the first " + std::to_string(kMaxMembers), "too many processes");
    members.resize(kMaxMembers);
  }
  return members;
}

std::optional<Process> read_process(const system::Machine& machine, int pid, const Namespaces& initial, Gaps& gaps) {
  const auto before = machine.read_file(proc_path(pid, "stat"), 65'536);
  if (!before.ok() && before.error().kind == ErrorKind::not_found) return std::nullopt;
  Gaps own;
  Process process;
  process.facts.pid = pid;
  read_status(machine, process, own);
  if (process.status.state == 'Z' || process.status.state == 'X') return std::nullopt;
  process.facts.lsm_label = read_label(machine, pid, own);
  read_namespaces(machine, process, own);
  process.host_user_namespace = in_host_user_namespace(machine, process, initial);
  const auto exe = machine.read_link(proc_path(pid, "exe"));
  if (exe.ok()) process.facts.exe = *exe;
  if (!exe.ok() && exe.error().kind != ErrorKind::not_found) own.add("program files of processes", exe.error());
  const auto after = machine.read_file(proc_path(pid, "stat"), 65'536);
  if (!after.ok() && after.error().kind == ErrorKind::not_found) return std::nullopt;
  if (before.ok() && after.ok() && system::parse_start_time(*before) != system::parse_start_time(*after)) {
    return std::nullopt;
  }
  gaps.merge(own);
  return process;
}

}  // namespace plimsoll::probe

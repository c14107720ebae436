#include "probe/host/settings/context.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/host_processes.h"
#include "probe/host/settings/data_roots.h"
#include "probe/host/settings/reading.h"
#include "system/initial_namespaces.h"
#include "system/proc_status.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t kMaxProcesses = 20'000;
constexpr size_t kMaxUnits = 20'000;

Process read_process(const system::Machine& machine, int pid) {
  const std::string base = "/proc/" + std::to_string(pid);
  Process out;
  out.pid = pid;
  if (const auto text = machine.read_file(base + "/status", 65'536); text.ok()) {
    const system::ProcessStatus status = system::parse_status(*text);
    out.name = status.name;
    out.uid = status.effective_uid;
    out.seccomp = status.seccomp;
  }
  if (auto link = machine.read_link(base + "/exe"); link.ok()) out.exe = std::move(*link);
  if (const auto text = machine.read_file(base + "/cmdline", 65'536); text.ok()) {
    for (const std::string_view part : split(*text, '\0')) {
      if (!part.empty()) out.arguments.emplace_back(part);
    }
  }
  if (const auto text = machine.read_file(base + "/cgroup", 65'536); text.ok()) {
    out.in_container = is_container_cgroup(*text);
  }
  return out;
}

void read_processes(Context& context) {
  const auto pids = all_pids(context.machine);
  if (!pids.ok()) {
    context.processes_unknown = pids.error().to_string();
    return;
  }
  if (pids->empty()) context.processes_unknown = "/proc shows no processes";
  for (const int pid : *pids) {
    if (context.processes.size() == kMaxProcesses) {
      context.processes_unknown = "more than " + std::to_string(kMaxProcesses) + " processes";
      break;
    }
    context.processes.push_back(read_process(context.machine, pid));
  }
}

void read_mounts(Context& context) {
  auto mounts = system::host_mounts(context.machine, system::initial_namespaces(context.machine));
  if (mounts.known())
    context.mounts = std::move(*mounts.value);
  else
    context.mounts_unknown = mounts.unknown;
}

void read_accounts(Context& context) {
  const auto passwd = context.machine.read_file("/etc/passwd");
  if (passwd.ok())
    context.users = system::parse_passwd(*passwd);
  else
    context.users_unknown = passwd.error().to_string();
  const auto group = context.machine.read_file("/etc/group");
  if (group.ok())
    context.groups = system::parse_group(*group);
  else
    context.groups_unknown = group.error().to_string();
}

// systemd.unit(5): a unit is enabled by a link in a .wants or .requires directory, masked by a link to /dev/null (or an
// empty file) under its name.
void read_unit_directory(Context& context, const std::string& directory) {
  const auto names = context.machine.list_directory(directory, kMaxUnits);
  if (!names.ok()) {
    if (names.error().kind != ErrorKind::not_found) context.units_unknown = names.error().to_string();
    return;
  }
  for (const std::string& name : *names) {
    const std::string path = directory + "/" + name;
    if (name.ends_with(".wants") || name.ends_with(".requires")) {
      const auto wanted = context.machine.list_directory(path, kMaxUnits);
      if (wanted.ok()) context.enabled_units.insert(wanted->begin(), wanted->end());
      continue;
    }
    const auto link = context.machine.read_link(path);
    if (link.ok() && *link == "/dev/null") {
      context.masked_units.insert(name);
    } else {
      context.units.insert(name);
    }
  }
}

void read_units(Context& context) {
  for (const char* directory : {"/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/system",
                                "/usr/local/lib/systemd/system", "/etc/systemd/system"}) {
    read_unit_directory(context, directory);
  }
  for (const char* level : {"sysinit", "boot", "default"}) {  // OpenRC
    const auto names = context.machine.list_directory(std::string("/etc/runlevels/") + level, kMaxUnits);
    if (!names.ok()) continue;
    for (const std::string& name : *names) context.enabled_units.insert(name + ".service");
  }
}

void read_release(Context& context) {
  for (const char* path : {"/etc/os-release", "/usr/lib/os-release"}) {
    const auto text = read_following(context.machine, path, 65'536);
    if (!text.ok()) continue;
    const auto values = parse_assignments(*text);
    const auto value = [&](const char* key) {
      const auto found = values.find(key);
      return found == values.end() ? std::string() : found->second;
    };
    context.os_id = value("ID");
    context.os_like = value("ID_LIKE");
    context.os_version = value("VERSION_ID");
    return;
  }
}

}  // namespace

bool Context::family(std::string_view name) const {
  if (os_id == name) return true;
  if (name == "rhel" && (os_id == "fedora" || os_id == "centos")) return true;
  const auto words = split_words(os_like);
  return std::find(words.begin(), words.end(), name) != words.end();
}

bool is_container_cgroup(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMarks = {
      "/docker/", "docker-", "/containerd/", "cri-containerd", "kubepods", "libpod",
      "/crio-",   "/lxc/",   "/lxc.payload", "/garden/",       "/podman/", "machine.slice/machine-"};
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; });
}

Context make_context(const system::Machine& machine, std::chrono::steady_clock::time_point deadline) {
  Context context{machine, deadline, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  read_processes(context);
  read_mounts(context);
  read_accounts(context);
  read_units(context);
  read_release(context);
  context.engine_files = read_engine_files(machine);
  context.data_roots = chosen_data_roots(context);
  return context;
}

}  // namespace plimsoll::probe::settings

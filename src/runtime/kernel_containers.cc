#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "runtime/docker_replies.h"
#include "runtime/runtime.h"
#include "system/initial_namespaces.h"
#include "system/proc_status.h"

namespace plimsoll::runtime {
namespace {

constexpr const char* as_root = "run as root on the host";

// Processes that belong together.
struct Group {
  CgroupName name;
  int first = 0;  // the process that started first; an exec'd one comes later
  uint64_t first_start = UINT64_MAX;
  size_t processes = 0;
};

class Search {
 public:
  Search(const system::Machine& machine, const std::vector<Listed>& known) : machine_(machine) {
    for (const Listed& listed : known) {
      known_ids_.insert(listed.facts.id.value);
      if (listed.cgroup.size() > 1) known_cgroups_.insert(listed.cgroup);
    }
    const auto initial = system::initial_namespaces(machine);
    const auto own = [&](const char* name) {
      const auto found = initial.find(name);
      return found == initial.end() ? Fact<uint64_t>::missing("not looked at") : found->second;
    };
    initial_pid_ = own("pid");
    initial_mnt_ = own("mnt");
    const auto world = machine.read_file("/proc/1/cgroup");
    if (world.ok()) world_ = container_of_cgroup_file(*world);
  }

  Status run() {
    PLIMSOLL_TRY(names, machine_.list_directory("/proc"));
    bool sees_first = false;
    for (const std::string& name : names) {
      const auto pid = parse_uint(name);
      if (!pid || *pid == 0 || *pid > INT32_MAX) continue;
      sees_first = sees_first || *pid == 1;
      look_at(static_cast<int>(*pid));
    }
    if (!sees_first) gap("processes of other users", "hidden from us (hidepid)");
    if (!initial_pid_.known() || !initial_mnt_.known()) {
      const std::string& why = initial_pid_.known() ? initial_mnt_.unknown : initial_pid_.unknown;
      gap("containers that no runtime made", "the namespaces of the host cannot be told: " + printable(why, 200));
    } else if (unreadable_ > 0) {
      gap("containers that no runtime made",
          "the namespaces of some processes may not be read: " + std::to_string(unreadable_));
    }
    if (no_cgroup_ > 0)
      gap("containers by cgroup", "the cgroup of some processes may not be read: " + std::to_string(no_cgroup_));
    return Done{};
  }

  std::vector<Listed> results() {
    std::vector<Listed> out;
    for (const auto& [key, group] : groups_) {
      if (known_ids_.count(group.name.id) == 0) out.push_back(describe(group));
    }
    return out;
  }

  IncompleteList take_gaps() { return std::move(gaps_); }

 private:
  void gap(std::string what, std::string why) { gaps_.push_back({std::move(what), std::move(why), as_root}); }

  static std::string directory_of(int pid) { return "/proc/" + std::to_string(pid); }

  void look_at(int pid) {
    const auto cgroup = machine_.read_file(directory_of(pid) + "/cgroup");
    if (!cgroup.ok()) {
      if (cgroup.error().kind != ErrorKind::not_found) ++no_cgroup_;  // gone in the meantime is no gap
      return;
    }
    auto name = container_of_cgroup_file(*cgroup);
    // When PID 1 itself stands in a container's cgroup, that is the world we see, not a container of it.
    if (name && world_ && name->id == world_->id) name.reset();
    if (!name && !stands_in_known(*cgroup)) name = unmanaged(pid);
    if (name) add(pid, std::move(*name));
  }

  // A cgroup that a runtime told of need not name a container: it may be called anything.
  bool stands_in_known(std::string_view cgroups) const {
    if (known_cgroups_.empty()) return false;
    for (const system::CgroupLine& line : system::parse_cgroup(cgroups)) {
      for (size_t end = line.path.size(); end != std::string::npos && end > 0; end = line.path.rfind('/', end - 1)) {
        if (known_cgroups_.contains(line.path.substr(0, end))) return true;
      }
    }
    return false;
  }

  // A process in mount and pid namespaces of its own is contained, whoever did it. Those that share a pid
  // namespace are one container; their cgroup may be shared with others, so it tells nothing.
  std::optional<CgroupName> unmanaged(int pid) {
    // PID 1 is what the others are compared with; restricted machines hide even its own namespaces.
    if (pid == 1 || !initial_pid_.known() || !initial_mnt_.known()) return std::nullopt;
    const auto pids = system::namespace_inode(machine_, std::to_string(pid), "pid");
    const auto mounts = system::namespace_inode(machine_, std::to_string(pid), "mnt");
    if (!pids.ok() || !mounts.ok()) {
      const ErrorKind kind = pids.ok() ? mounts.error().kind : pids.error().kind;
      if (kind != ErrorKind::not_found) ++unreadable_;
      return std::nullopt;
    }
    if (initial_pid_.is(*pids) || initial_mnt_.is(*mounts)) return std::nullopt;
    return CgroupName{"unmanaged", "pidns-" + std::to_string(*pids), ""};
  }

  void add(int pid, CgroupName name) {
    const auto stat = machine_.read_file(directory_of(pid) + "/stat");
    const uint64_t start = stat.ok() ? system::parse_start_time(*stat).value_or(UINT64_MAX) : UINT64_MAX;
    Group& group = groups_[name.runtime + ":" + name.id];
    ++group.processes;
    if (group.first != 0 && start >= group.first_start) return;
    group.first = pid;
    group.first_start = start;
    group.name = std::move(name);
  }

  Listed describe(const Group& group) {
    constexpr const char* why = "no container runtime answers for it";
    Listed listed;
    ContainerFacts& facts = listed.facts;
    facts.id.value = group.name.id;
    facts.name = group.name.id.size() == 64 ? group.name.id.substr(0, 12) : group.name.id;
    facts.runtime = group.name.runtime;
    facts.status = "running";
    facts.pid = group.first;
    inspect_unknown(why, facts);
    facts.rootless_runtime = Fact<bool>::missing(why);
    read_secret_names(facts);
    listed.cgroup = group.name.path;
    const auto comm = machine_.read_file(directory_of(group.first) + "/comm", 64);
    listed.pause = group.processes == 1 && comm.ok() && trim(*comm) == "pause";
    return listed;
  }

  void read_secret_names(ContainerFacts& facts) {
    const auto environment = machine_.read_file(directory_of(facts.pid) + "/environ", size_t{4} << 20);
    if (!environment.ok()) {
      if (environment.error().kind != ErrorKind::not_found) {
        gap("environment of container " + printable(facts.name, 200), environment.error().message);
      }
      return;
    }
    std::set<std::string> names;
    for (const std::string_view variable : split(*environment, '\0')) {
      const std::string_view name = variable.substr(0, variable.find('='));
      if (is_secret_name(name)) names.emplace(name);
    }
    facts.secret_variable_names.assign(names.begin(), names.end());
  }

  const system::Machine& machine_;
  std::set<std::string> known_ids_, known_cgroups_;
  Fact<uint64_t> initial_pid_, initial_mnt_;
  std::optional<CgroupName> world_;
  std::map<std::string, Group> groups_;
  size_t unreadable_ = 0, no_cgroup_ = 0;
  IncompleteList gaps_;
};

}  // namespace

Result<std::vector<Listed>> find_by_kernel(const system::Machine& machine, const std::vector<Listed>& known,
                                           IncompleteList* not_assessed) {
  Search search(machine, known);
  PLIMSOLL_CHECK(search.run());
  std::vector<Listed> found = search.results();
  IncompleteList gaps = search.take_gaps();
  if (!not_assessed && !gaps.empty()) {
    return Error{ErrorKind::denied, "cannot see all containers: " + gaps[0].what + ": " + gaps[0].reason, "/proc",
                 as_root};
  }
  if (not_assessed) not_assessed->insert(not_assessed->end(), gaps.begin(), gaps.end());
  return found;
}

}  // namespace plimsoll::runtime

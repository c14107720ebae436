#include "runtime/containerd_control.h"

#include <signal.h>

#include <chrono>
#include <thread>

#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "runtime/json_reply.h"
#include "runtime/protobuf.h"
#include "system/proc_status.h"
#include "wire/json_writer.h"

namespace plimsoll::runtime {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_looks{50};
constexpr int killed_within = 10;  // seconds

Error no_such(const std::string& id) {
  return {ErrorKind::not_found, "containerd has no such container", printable(id, 100)};
}

Error not_for_containerd(const std::string& what) {
  return {ErrorKind::unsupported,
          "containerd " + what + ", so that is not supported; it is for whoever made the container (kubelet, nerdctl)"};
}

// KillRequest: container_id = 1, exec_id = 2, signal = 3, all = 4. One that has ended already is as it shall be.
Status send(ContainerdSession& session, const ContainerdName& name, uint32_t number, bool all) {
  const Status done =
      session.tell(name, "Kill", std::move(ProtoWriter().number(3, number).number(4, all ? 1 : 0)).take());
  return !done.ok() && done.error().kind == ErrorKind::not_found ? Status(Done{}) : done;
}

// False: it still runs.
Result<bool> has_ended(ContainerdSession& session, const ContainerdName& name, int seconds) {
  const auto end = Clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    const auto task = session.task(name);
    if (!task.ok() && task.error().kind == ErrorKind::not_found) return true;
    if (!task.ok()) return task.error();
    if (!task->runs()) return true;
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(between_looks);
  }
}

}  // namespace

Status ContainerdControl::begin() {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(version, session.version());
  return Done{};
}

Status ContainerdControl::takes(Order order) const {
  switch (order) {
    case Order::start:
    case Order::restart:
      return not_for_containerd("starts no container again");
    case Order::networks:
      return not_for_containerd("knows no networks of containers");
  }
  return Done{};
}

Result<ContainerdControl::Found> ContainerdControl::in_namespace(ContainerdSession& session,
                                                                 ContainerdName name) const {
  PLIMSOLL_TRY(container, session.container(name));
  if (container.id != name.id) return Error{ErrorKind::malformed, "containerd told of another container", socket_};
  return Found{std::move(name), std::move(container)};
}

// Only namespaces that are ours to ask are looked at, whatever the id says.
Result<ContainerdControl::Found> ContainerdControl::look_up(ContainerdSession& session, const std::string& id) const {
  PLIMSOLL_TRY(spaces, session.namespaces());
  const size_t slash = id.find('/');
  const std::string own = slash == std::string::npos ? id : id.substr(slash + 1);
  for (const std::string& space : spaces) {
    const ContainerdName name{space, own};
    if (own.empty() || containerd_id(name) != id) continue;
    auto found = in_namespace(session, name);
    if (found.ok() || found.error().kind != ErrorKind::not_found) return found;
  }
  return no_such(id);
}

Result<ContainerState> ContainerdControl::state_of(ContainerdSession& session, const Found& found) const {
  ContainerState out;
  out.id = {containerd_id(found.name)};
  out.name = containerd_called(found.container);
  out.image = found.container.image;
  out.labels = found.container.labels;
  const auto task = session.task(found.name);
  if (!task.ok() && task.error().kind == ErrorKind::not_found) return out;
  if (!task.ok()) return task.error();
  out.running = task->runs();
  out.paused = task->is_paused();
  if (!out.running) return out;
  out.pid = task->pid;
  // containerd keeps no time of the start; the kernel's, with the process' number, is as good.
  const auto stat = machine_.read_file("/proc/" + std::to_string(task->pid) + "/stat", 4096);
  const auto start = stat.ok() ? system::parse_start_time(*stat) : std::nullopt;
  out.started_at = "process " + std::to_string(task->pid) + " of tick " + std::to_string(start.value_or(0));
  return out;
}

Result<ContainerState> ContainerdControl::inspect(const std::string& id) const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(found, look_up(session, id));
  return state_of(session, found);
}

Result<ContainerState> ContainerdControl::find(const std::string& name) const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(spaces, session.namespaces());
  std::vector<Found> whole, begun;
  for (const std::string& space : spaces) {
    PLIMSOLL_TRY(containers, session.containers(space));
    for (ContainerdContainer& container : containers) {
      Found found{{space, container.id}, std::move(container)};
      const std::string id = containerd_id(found.name);
      if (name == found.name.id || name == id || name == containerd_called(found.container))
        whole.push_back(std::move(found));
      else if (!name.empty() && is_container_id(found.name.id) && id.starts_with(name))
        begun.push_back(std::move(found));
    }
  }
  const std::vector<Found>& fitting = whole.empty() ? begun : whole;
  if (fitting.empty()) return no_such(name);
  if (fitting.size() > 1)
    return Error{ErrorKind::conflict, "more than one container of containerd is called so", printable(name, 100),
                 "name it by NAMESPACE/ID"};
  return state_of(session, fitting.front());
}

Result<std::vector<ContainerId>> ContainerdControl::running() const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(spaces, session.namespaces());
  std::vector<ContainerId> out;
  for (const std::string& space : spaces) {
    PLIMSOLL_TRY(tasks, session.tasks(space));
    for (const ContainerdTask& task : tasks) {
      if (task.runs()) out.push_back({containerd_id({space, task.id})});
    }
  }
  return out;
}

Status ContainerdControl::pause(const std::string& id) const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(found, look_up(session, id));
  return session.tell(found.name, "Pause");
}

Status ContainerdControl::unpause(const std::string& id) const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(found, look_up(session, id));
  return session.tell(found.name, "Resume");
}

// A paused one takes a signal only when it goes on; what it was killed by is first then.
Status ContainerdControl::signal(const std::string& id, int seconds_to_end) const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(found, look_up(session, id));
  PLIMSOLL_TRY(state, state_of(session, found));
  const bool politely = seconds_to_end > 0;
  PLIMSOLL_CHECK(send(session, found.name, politely ? SIGTERM : SIGKILL, !politely));
  // runc lets one that it kills go on by itself, and then there is none to resume: whether it ends is what counts.
  if (state.paused) (void)session.tell(found.name, "Resume");
  PLIMSOLL_TRY(ended, has_ended(session, found.name, politely ? seconds_to_end : killed_within));
  if (ended) return Done{};
  if (politely) return signal(id, 0);
  return Error{ErrorKind::timeout, "it was killed and has not ended", printable(id, 100)};
}

Status ContainerdControl::stop(const std::string& id, int seconds) const { return signal(id, seconds); }
Status ContainerdControl::kill(const std::string& id) const { return signal(id, 0); }
Status ContainerdControl::start(const std::string&) const { return takes(Order::start); }
Status ContainerdControl::restart(const std::string&, int) const { return takes(Order::restart); }

Status ContainerdControl::disconnect(const std::string&, const std::string&) const { return takes(Order::networks); }
Status ContainerdControl::connect(const std::string&, const JoinedNetwork&) const { return takes(Order::networks); }

Result<std::string> ContainerdControl::description(const std::string& id) const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(found, look_up(session, id));
  wire::JsonWriter out;
  out.begin_object().member("id", found.name.id).member("namespace", found.name.space);
  out.member("image", found.container.image).key("labels").begin_object();
  for (const auto& [key, value] : found.container.labels) out.member(key, value);
  out.end_object().key("spec");
  if (JsonReply::parse(found.container.spec, "specification").ok())
    out.document(trim(found.container.spec));
  else
    out.value(found.container.spec);
  out.end_object();
  return std::move(out).take() + "\n";
}

Result<std::string> ContainerdControl::changes(const std::string&) const {
  return Error{ErrorKind::unsupported, "not supported: containerd does not tell what changed against the image"};
}

Result<std::string> ContainerdControl::processes(const std::string& id) const {
  ContainerdSession session(machine_, socket_);
  PLIMSOLL_TRY(found, look_up(session, id));
  PLIMSOLL_TRY(pids, session.pids(found.name));
  wire::JsonWriter out;
  out.begin_array();
  for (const int pid : pids) {
    const std::string place = "/proc/" + std::to_string(pid);
    std::string command = machine_.read_file(place + "/cmdline", size_t{64} << 10).value_or("");
    while (!command.empty() && command.back() == '\0') command.pop_back();
    out.begin_object().member("pid", pid);
    const std::string name = machine_.read_file(place + "/comm", 64).value_or("");
    out.member("name", trim(name));
    out.key("arguments").begin_array();
    if (!command.empty()) {
      for (const std::string_view argument : split(command, '\0')) out.value(argument);
    }
    out.end_array().end_object();
  }
  out.end_array();
  return std::move(out).take() + "\n";
}

}  // namespace plimsoll::runtime

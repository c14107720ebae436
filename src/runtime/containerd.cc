#include <algorithm>
#include <map>

#include "base/text.h"
#include "runtime/containerd_session.h"
#include "runtime/docker_replies.h"
#include "runtime/json_reply.h"
#include "runtime/runtime.h"

namespace plimsoll::runtime {
namespace {

constexpr const char* why_unknown = "containerd does not tell it";

// Of the specification: the user its first process was to be, and where its cgroup was to be.
void read_spec(const std::string& spec, ContainerFacts& facts, std::string& cgroup) {
  const std::string source = "spec process.user";
  const auto json = JsonReply::parse(spec, "specification");
  if (!json.ok()) {
    facts.user_configured = Fact<std::string>::missing(json.error().message, source);
    return;
  }
  const auto uid = whole_at(json->root(), {"process", "user", "uid"});
  const auto gid = whole_at(json->root(), {"process", "user", "gid"});
  facts.user_configured = uid && gid ? Fact<std::string>::of(std::to_string(*uid) + ":" + std::to_string(*gid), source)
                                     : Fact<std::string>::missing("the specification does not say it", source);
  cgroup = text_at(json->root(), {"linux", "cgroupsPath"}).value_or("");
}

class Asking {
 public:
  Asking(const system::Machine& machine, const std::string& socket) : machine_(machine), session_(machine, socket) {}

  Result<Answer> run() {
    PLIMSOLL_TRY(version, session_.version());
    PLIMSOLL_TRY(spaces, session_.namespaces());
    answer_.facts.name = "containerd";
    answer_.facts.version = std::move(version);
    answer_.facts.api_version = "v1";
    answer_.facts.socket = session_.socket();
    answer_.facts.settings["namespaces"] = Fact<std::string>::of(join(spaces, ","), "Namespaces.List");
    const auto stat = machine_.stat(session_.socket(), true);
    answer_.facts.rootless = stat.ok() ? Fact<bool>::of(stat->uid != 0, session_.socket())
                                       : Fact<bool>::missing(stat.error().message, session_.socket());
    for (const std::string& space : spaces) ask_namespace(space);
    return std::move(answer_);
  }

 private:
  void gap(const std::string& space, const Error& error) {
    answer_.not_assessed.push_back({"containers in the namespace " + printable(space, 100) + " of containerd at " +
                                        printable(session_.socket(), 200),
                                    error.to_string(), error.advice});
  }

  void ask_namespace(const std::string& space) {
    const auto tasks = session_.tasks(space);
    if (!tasks.ok()) return gap(space, tasks.error());
    if (tasks->empty()) return;
    const auto containers = session_.containers(space);
    if (!containers.ok()) return gap(space, containers.error());
    std::map<std::string, const ContainerdContainer*> by_id;
    for (const ContainerdContainer& container : *containers) by_id[container.id] = &container;
    for (const ContainerdTask& task : *tasks) {
      if (!task.runs()) continue;
      const auto own = by_id.find(task.id);
      if (own != by_id.end()) list(*own->second, task, space);  // else it was removed between the two questions
    }
  }

  void list(const ContainerdContainer& container, const ContainerdTask& task, const std::string& space) {
    const ContainerdName name{space, container.id};
    Listed listed;
    ContainerFacts& facts = listed.facts;
    facts.id.value = containerd_id(name);
    facts.name = containerd_called(container);
    facts.runtime = answer_.facts.name;
    facts.rootless_runtime = answer_.facts.rootless;
    facts.image_ref = container.image;
    facts.status = task.is_paused() ? "paused" : "running";
    facts.created = container.created;
    facts.labels = container.labels;
    facts.pid = task.pid;
    std::string set;
    read_spec(container.spec, facts, set);
    const auto cgroups = machine_.read_file("/proc/" + std::to_string(task.pid) + "/cgroup");
    if (cgroups.ok()) listed.cgroup = containerd_cgroup(*cgroups, name, set);
    inspect_unknown(why_unknown, facts);
    listed.pause = is_pod_sandbox(container);
    answer_.containers.push_back(std::move(listed));
  }

  const system::Machine& machine_;
  ContainerdSession session_;
  Answer answer_;
};

}  // namespace

std::vector<Answer> ask_containerd(const system::Machine& machine, IncompleteList& not_assessed) {
  std::vector<Answer> out;
  for (const std::string& socket : containerd_sockets(machine)) {
    auto answer = Asking(machine, socket).run();
    if (!answer.ok()) {
      // Gone in the meantime is no gap.
      if (answer.error().kind != ErrorKind::not_found)
        not_assessed.push_back({"containerd at " + socket, answer.error().message, answer.error().advice});
      continue;
    }
    // One that serves Docker alone is a part of Docker, which tells its version.
    if (!answer->facts.settings["namespaces"].value->empty()) out.push_back(std::move(*answer));
  }
  return out;
}

std::string containerd_running(const system::Machine& machine) {
  std::vector<std::string> ids;
  for (const std::string& socket : containerd_sockets(machine)) {
    ContainerdSession session(machine, socket);
    for (const std::string& space : session.namespaces().value_or({})) {
      for (const ContainerdTask& task : session.tasks(space).value_or({})) {
        if (task.runs()) ids.push_back(containerd_id({space, task.id}));
      }
    }
  }
  std::sort(ids.begin(), ids.end());
  return join(ids, "\n");
}

}  // namespace plimsoll::runtime

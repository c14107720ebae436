#include <algorithm>
#include <chrono>
#include <unordered_map>

#include "base/text.h"
#include "runtime/cgroup_names.h"
#include "runtime/docker_execs.h"
#include "runtime/docker_replies.h"
#include "runtime/docker_session.h"
#include "runtime/docker_settings.h"
#include "runtime/json_tree.h"
#include "runtime/runtime.h"
#include "system/proc_status.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t reply_limit = size_t{64} << 20;
constexpr size_t inspect_limit = size_t{16} << 20;
constexpr size_t max_containers = 20'000;
constexpr auto whole_time = std::chrono::seconds(120);

// The cgroup of a container, by its first process; empty when that process is not (or no longer) of this container, as
// with an engine that runs in another pid namespace.
std::string cgroup_of(const system::Machine& machine, const ContainerFacts& facts) {
  if (facts.pid == 0) return "";
  const auto text = machine.read_file("/proc/" + std::to_string(facts.pid) + "/cgroup");
  if (!text.ok()) return "";
  for (const system::CgroupLine& line : system::parse_cgroup(*text)) {
    const size_t id = line.path.find(facts.id.value);
    if (id != std::string::npos) return line.path.substr(0, line.path.find('/', id));
  }
  return "";
}

using ById = std::unordered_map<std::string, const ContainerFacts*>;

// By id or by name, as HostConfig writes it.
ById index_of(const std::vector<Listed>& containers) {
  ById index;
  for (const Listed& listed : containers) {
    index.emplace(listed.facts.id.value, &listed.facts);
    index.emplace(listed.facts.name, &listed.facts);
  }
  return index;
}

// A container in another one's network namespace has that one's networks and published ports.
void share_network(const std::string& of, const ById& index, ContainerFacts& facts) {
  const auto found = index.find(of);
  const std::string source = "network of container " + printable(of, 80);
  if (found == index.end() || found->second == &facts) {
    facts.networks = Fact<std::vector<NetworkAttachment>>::missing("shared with a container that was not seen", source);
    facts.published = Fact<std::vector<PublishedPort>>::missing("shared with a container that was not seen", source);
    return;
  }
  facts.networks = found->second->networks;
  facts.published = found->second->published;
  facts.networks.source = facts.published.source = source;
}

class Asking {
 public:
  Asking(const system::Machine& machine, const std::string& socket) : machine_(machine), engine_(machine, socket) {}

  Result<Answer> run(const std::string& socket) {
    PLIMSOLL_TRY(version, engine_.agree_on_version());
    PLIMSOLL_TRY(facts, read_version(version));
    answer_.facts = std::move(facts);
    answer_.facts.socket = socket;
    ask_info();
    ask_networks();
    ask_image_use();
    ask_containers();
    return std::move(answer_);
  }

 private:
  void gap(std::string what, const Error& error) {
    answer_.not_assessed.push_back({std::move(what), error.to_string(), error.advice});
  }

  void ask_info() {
    const auto body = engine_.get("/info", reply_limit);
    read_info_of(body);
    answer_.settings = engine_settings(answer_.facts, body);
    ask_secrets();
  }

  void read_info_of(const Result<std::string>& body) {
    const Status read = body.ok() ? read_info(*body, answer_.facts) : Status(body.error());
    if (read.ok()) return;
    info_unknown(read.error().message, answer_.facts);
    gap("settings of " + answer_.facts.name, read.error());
  }

  // A swarm's manager tells how many secrets it keeps.
  void ask_secrets() {
    FactTree& swarm = answer_.settings.members["swarm"];
    if (!swarm.at("manager").boolean) return;
    const auto body = engine_.get("/secrets", reply_limit);
    const auto list = body.ok() ? tree_from_text(*body, "/secrets") : Result<FactTree>(body.error());
    swarm.members["secrets"] = list.ok() ? FactTree::of(static_cast<int64_t>(list->items.size()), "/secrets")
                                         : FactTree::unknown_because(list.error().message, "/secrets");
  }

  void ask_networks() {
    const auto body = engine_.get("/networks", reply_limit);
    auto networks = body.ok() ? read_networks(*body, answer_.facts, answer_.not_assessed)
                              : Result<std::vector<Network>>(body.error());
    if (networks.ok())
      answer_.networks = std::move(*networks);
    else
      gap("networks of " + answer_.facts.name, networks.error());
    auto settings = body.ok() ? network_settings(*body) : Result<FactTree>(body.error());
    answer_.settings.members["networks"] =
        settings.ok() ? std::move(*settings) : FactTree::unknown_because(settings.error().message, "/networks");
  }

  void ask_image_use() {
    const auto images = engine_.get("/images/json", reply_limit);
    const auto containers = engine_.get("/containers/json?all=1", reply_limit);
    auto use = !images.ok()       ? Result<FactTree>(images.error())
               : !containers.ok() ? Result<FactTree>(containers.error())
                                  : image_use(*images, *containers);
    answer_.settings.members["images"] =
        use.ok() ? std::move(*use) : FactTree::unknown_because(use.error().message, "/images/json");
  }

  // Each image once, however many containers are made from it.
  const FactTree& image_of(const std::string& id) {
    const auto [place, is_new] = images_.try_emplace(id);
    if (!is_new) return place->second;
    const bool fit =
        id.size() <= 128 && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789:") == std::string::npos;
    const bool late = std::chrono::steady_clock::now() >= deadline_;
    const auto inspect = !fit || id.empty() ? Result<std::string>(Error{ErrorKind::malformed, "the image's id is odd"})
                         : late             ? Result<std::string>(Error{ErrorKind::timeout, "the engine is too slow"})
                                            : engine_.get("/images/" + id + "/json", inspect_limit);
    auto settings = inspect.ok() ? image_settings(*inspect, engine_.get("/images/" + id + "/history", inspect_limit),
                                                  machine_.now())
                                 : Result<FactTree>(inspect.error());
    place->second =
        settings.ok() ? std::move(*settings) : FactTree::unknown_because(settings.error().message, "image inspect");
    return place->second;
  }

  // What was started in each container, and the image that the container's reference names today.
  void finish_settings(const std::vector<Inspected>& inspected) {
    std::map<std::string, ExecSubject> subjects;
    for (size_t i = 0; i < inspected.size(); ++i) {
      const Listed& listed = answer_.containers[i];
      if (listed.configured.kind == FactTree::Kind::map) subjects[listed.facts.id.value] = inspected[i].execs;
    }
    auto execs = subjects.empty() ? std::map<std::string, FactTree>{} : ask_execs(engine_, subjects, machine_.now());
    for (Listed& listed : answer_.containers) {
      const auto own = execs.find(listed.facts.id.value);
      if (own != execs.end()) listed.configured.members["execs"] = std::move(own->second);
      listed.image = image_of(listed.facts.image.value);
      if (listed.image.kind == FactTree::Kind::map) name_today(listed);
    }
  }

  // Absent when the reference names no tag of this engine any more.
  void name_today(Listed& listed) const {
    const FactTree& use = answer_.settings.at("images");
    std::string tag = listed.facts.image_ref;
    if (tag.find(':', tag.rfind('/') == std::string::npos ? 0 : tag.rfind('/')) == std::string::npos) tag += ":latest";
    listed.image.members["reference"] = FactTree::of(listed.facts.image_ref, "inspect Config.Image");
    listed.image.members["named_today"] = use.kind == FactTree::Kind::unknown ? use : use.at("tags").at(tag);
  }

  void ask_containers() {
    const auto body = engine_.get("/containers/json", reply_limit);
    auto list = body.ok() ? read_list(*body, answer_.not_assessed) : Result<std::vector<ContainerFacts>>(body.error());
    if (!list.ok()) return gap("containers of " + answer_.facts.name, list.error());
    if (list->size() > max_containers) {
      gap("containers of " + answer_.facts.name + " after the first " + std::to_string(max_containers),
          {ErrorKind::limit, "too many"});
      list->resize(max_containers);
    }
    std::vector<Inspected> joined;
    for (ContainerFacts& facts : *list) {
      facts.runtime = answer_.facts.name;
      facts.rootless_runtime = answer_.facts.rootless;
      ask_container(std::move(facts), joined);
    }
    finish(joined);
    finish_settings(joined);
  }

  // Appends the container, unless it has gone since it was listed.
  void ask_container(ContainerFacts facts, std::vector<Inspected>& joined) {
    const auto body = std::chrono::steady_clock::now() < deadline_
                          ? engine_.get("/containers/" + facts.id.value + "/json", inspect_limit)
                          : Result<std::string>(Error{ErrorKind::timeout, "the engine is too slow"});
    if (!body.ok() && body.error().kind == ErrorKind::not_found) return;
    auto inspected = body.ok() ? read_inspect(*body, facts, answer_.not_assessed) : Result<Inspected>(body.error());
    if (!inspected.ok()) {
      inspect_unknown(inspected.error().message, facts);
      gap("configuration of container " + printable(facts.name.empty() ? facts.id.value : facts.name, 200),
          inspected.error());
    }
    joined.push_back(inspected.ok() ? std::move(*inspected) : Inspected{});
    Listed listed;
    listed.configured = inspected.ok() ? std::move(joined.back().configured)
                                       : FactTree::unknown_because(inspected.error().message, "inspect");
    listed.cgroup = cgroup_of(machine_, facts);
    listed.facts = std::move(facts);
    answer_.containers.push_back(std::move(listed));
  }

  void finish(const std::vector<Inspected>& joined) {
    const ById index = index_of(answer_.containers);
    for (size_t i = 0; i < joined.size(); ++i) {
      ContainerFacts& facts = answer_.containers[i].facts;
      if (!joined[i].network_of.empty()) share_network(joined[i].network_of, index, facts);
      const auto other = index.find(joined[i].pids_of);
      facts.joined_pid_namespace_of = other == index.end() ? joined[i].pids_of : other->second->id.value;
    }
    for (Listed& listed : answer_.containers) {
      if (!listed.facts.networks.known()) continue;
      for (NetworkAttachment& attached : *listed.facts.networks.value) attached.internal = is_internal(attached);
    }
  }

  bool is_internal(const NetworkAttachment& attached) const {
    return std::any_of(answer_.networks.begin(), answer_.networks.end(),
                       [&](const Network& network) { return network.internal && network.id == attached.network_id; });
  }

  const system::Machine& machine_;
  DockerSession engine_;
  Answer answer_;
  std::map<std::string, FactTree> images_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::now() + whole_time;
};

}  // namespace

Result<Answer> ask_docker(const system::Machine& machine, const std::string& socket) {
  return Asking(machine, socket).run(socket);
}

}  // namespace plimsoll::runtime

#include "probe/container/container_settings.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/capabilities.h"
#include "probe/container/pod_of.h"
#include "probe/container/process.h"

namespace plimsoll::probe {
namespace {

using Members = std::map<std::string, FactTree>;
using Kind = FactTree::Kind;

// What Docker gives when nobody asks for anything; other engines give less.
constexpr uint64_t kDockerDefault = 0xa80425fb;

template <class T, class Make>
FactTree from(const Fact<T>& fact, Make make) {
  if (!fact.known()) return FactTree::unknown_because(fact.unknown, fact.source);
  FactTree tree = make(*fact.value);
  if (tree.source.empty()) tree.source = fact.source;
  return tree;
}
FactTree from(const Fact<bool>& fact) {
  return from(fact, [](bool value) { return FactTree::of(value); });
}
FactTree from(const Fact<std::string>& fact) {
  return from(fact, [](const std::string& value) { return FactTree::of(value); });
}

// A limit in force; absent when there is none.
FactTree limit(const Fact<uint64_t>& fact) {
  return from(fact, [](uint64_t value) {
    return value == UINT64_MAX ? FactTree{} : FactTree::of(static_cast<int64_t>(std::min<uint64_t>(value, INT64_MAX)));
  });
}

std::string name_of(const ProcessFacts& process) { return process.name + " (" + std::to_string(process.pid) + ")"; }

// A truth over all processes: true when one has it, else unknown when one could not be read.
struct Over {
  bool any = false;
  std::string unknown;
  std::vector<std::string> who;

  template <class T, class Has>
  void look(const ProcessFacts& process, const Fact<T>& fact, Has has) {
    if (!fact.known()) {
      if (unknown.empty()) unknown = fact.unknown;
    } else if (has(*fact.value)) {
      any = true;
      if (who.size() < 20) who.push_back(name_of(process));
    }
  }
  FactTree truth(const ContainerFacts& facts, const char* source) const {
    if (any) return FactTree::of(true, std::string(source) + " of " + join(who, ", "));
    if (facts.processes.empty()) return FactTree::unknown_because("none of its processes can be seen");
    if (!unknown.empty()) return FactTree::unknown_because(unknown, source);
    return FactTree::of(false, source);
  }
};

// The host's number of the container's user 0, by the first line of uid_map that holds 0.
Fact<uint32_t> root_of(const system::Machine& machine, const ContainerFacts& facts, int pid) {
  const auto shared = facts.host_namespace.find("user");
  if (shared != facts.host_namespace.end() && shared->second.is(true)) return Fact<uint32_t>::of(0);
  const std::string path = proc_path(pid, "uid_map");
  const auto text = machine.read_file(path, size_t{64} << 10);
  if (!text.ok()) return Fact<uint32_t>::missing(text.error().to_string(), path);
  for (const auto line : split(*text, '\n')) {
    const auto words = split_words(line);
    if (words.size() != 3 || words[0] != "0") continue;
    const auto outside = parse_uint(words[1]);
    if (outside && *outside <= UINT32_MAX) return Fact<uint32_t>::of(static_cast<uint32_t>(*outside), path);
  }
  return Fact<uint32_t>::of(UINT32_MAX, path);  // nobody is root inside
}

void add_users(const system::Machine& machine, const ContainerFacts& facts, Members& out) {
  Over inside, outside;
  for (const ProcessFacts& process : facts.processes) {
    const auto root = root_of(machine, facts, process.pid);
    outside.look(process, process.host_uid, [](uint32_t uid) { return uid == 0; });
    if (root.known()) {
      inside.look(process, process.host_uid, [&](uint32_t uid) { return uid == *root.value; });
    } else {
      inside.look(process, root, [](uint32_t) { return false; });
    }
  }
  out["runs_as_root"] = inside.truth(facts, "/proc/PID/status Uid, uid_map");
  out["runs_as_host_root"] = outside.truth(facts, "/proc/PID/status Uid");
}

bool is_confined(const std::string& label) {
  if (label.empty() || label == "unconfined" || label.ends_with("(complain)") || label.ends_with("(unconfined)")) {
    return false;
  }
  const auto parts = split(label, ':');
  if (parts.size() < 4) return true;  // AppArmor: a profile's name
  return parts[2] != "spc_t" && parts[2] != "unconfined_t" && parts[2] != "container_runtime_t";
}

// Which security module labels the processes, told by the form of the label: "profile (enforce)", or
// "user:role:type:level".
FactTree confinement(const ContainerFacts& facts) {
  Members out;
  Over loose;
  std::string module = "none";
  std::set<std::string> labels;
  for (const ProcessFacts& process : facts.processes) {
    loose.look(process, process.lsm_label, [](const std::string& label) { return !is_confined(label); });
    if (!process.lsm_label.known() || process.lsm_label.value->empty()) continue;
    labels.insert(*process.lsm_label.value);
    module = split(*process.lsm_label.value, ':').size() >= 4 ? "selinux" : "apparmor";
  }
  const bool unread = labels.empty() && !loose.any;
  out["module"] =
      unread ? FactTree::unknown_because(loose.unknown.empty() ? "none of its processes can be seen" : loose.unknown)
             : FactTree::of(module, "/proc/PID/attr/current");
  out["labels"] = FactTree::texts_of(labels, "/proc/PID/attr/current");
  out["unconfined"] = loose.truth(facts, "/proc/PID/attr/current");
  return FactTree::map_of(std::move(out));
}

void add_process_facts(const ContainerFacts& facts, Members& out) {
  Over no_filter, may_gain, sshd;
  for (const ProcessFacts& process : facts.processes) {
    no_filter.look(process, process.seccomp, [](int mode) { return mode == 0; });
    may_gain.look(process, process.no_new_privs, [](bool set) { return !set; });
    const std::string program = process.exe.substr(process.exe.rfind('/') + 1);
    const bool is_sshd = program.starts_with("sshd") || program.starts_with("dropbear") || process.name == "sshd" ||
                         process.name == "dropbear";
    sshd.look(process, Fact<bool>::of(is_sshd), [](bool is) { return is; });
  }
  out["without_seccomp"] = no_filter.truth(facts, "/proc/PID/status Seccomp");
  out["may_gain_privileges"] = may_gain.truth(facts, "/proc/PID/status NoNewPrivs");
  out["sshd"] = sshd.truth(facts, "/proc/PID/exe");
}

std::vector<std::string> what_they_allow(uint64_t bits) {
  std::vector<std::string> out;
  for (size_t bit = 0; bit < capability_by_bit.size(); ++bit) {
    const Capability& row = capability_by_bit[bit];
    if ((bits >> bit & 1) != 0) out.push_back(std::string(row.name) + ": " + row.allows);
  }
  return out;
}

// What its processes have or can get (the bounding set is what an option of the engine grants).
FactTree capabilities(const ContainerFacts& facts) {
  uint64_t granted = 0, ambient = 0;
  std::string unknown = facts.processes.empty() ? "none of its processes can be seen" : "";
  for (const ProcessFacts& process : facts.processes) {
    if (!process.capabilities.known()) {
      unknown = process.capabilities.unknown;
      continue;
    }
    const CapabilitySets& sets = *process.capabilities.value;
    granted |= sets.bounding | sets.effective | sets.permitted;
    ambient |= sets.ambient;
  }
  const std::string source = "/proc/PID/status CapBnd, CapPrm, CapEff";
  const auto list = [&](uint64_t bits) {
    return unknown.empty() ? FactTree::texts_of(capability_names(bits), source)
                           : FactTree::unknown_because(unknown, source);
  };
  const uint64_t added = granted & ~kDockerDefault;
  return FactTree::map_of({{"granted", list(granted)},
                           {"added", list(added)},
                           {"added_allow", unknown.empty() ? FactTree::texts_of(what_they_allow(added), source)
                                                           : FactTree::unknown_because(unknown, source)},
                           {"ambient", list(ambient)}},
                          source);
}

FactTree namespaces(const ContainerFacts& facts) {
  Members out;
  for (const auto& [name, shared] : facts.host_namespace) out[name] = from(shared);
  return FactTree::map_of(std::move(out));
}

// /etc/hosts and its like, which every engine keeps below a directory named after the container.
bool is_made_by_runtime(const ContainerFacts& facts, const MountFacts& mount) {
  if (facts.id.value.size() < 32 || mount.host_path.find(facts.id.value) == std::string::npos) return false;
  for (const std::string_view place : {"/containers/", "/overlay-containers/", "/sandboxes/", "/mounts/"}) {
    if (mount.host_path.find(place) != std::string::npos) return true;
  }
  return false;
}

FactTree mounts(const ContainerFacts& facts, const FactTree& pod) {
  // What the kubelet keeps for this one pod: its /etc/hosts, its volumes.
  const std::string& uid = pod.at("uid").text;
  const std::string of_pod = uid.empty() ? "" : std::string(kubelet_pods) + uid + "/";
  return from(facts.mounts, [&](const std::vector<MountFacts>& list) {
    std::vector<FactTree> out;
    for (const MountFacts& mount : list) {
      if (mount.host_path.empty() && !mount.shared_with_host) continue;
      const bool made = is_made_by_runtime(facts, mount) || (!of_pod.empty() && mount.host_path.starts_with(of_pod));
      out.push_back(FactTree::map_of({{"target", FactTree::of(mount.target)},
                                      {"host_path", FactTree::of(mount.host_path)},
                                      {"file_system", FactTree::of(mount.fs_type)},
                                      {"read_only", FactTree::of(mount.read_only)},
                                      {"shared_with_host", FactTree::of(mount.shared_with_host)},
                                      {"socket", FactTree::of(mount.is_socket)},
                                      {"of_runtime", FactTree::of(made)}}));
    }
    return FactTree::list_of(std::move(out));
  });
}

FactTree runtime_sockets(const ContainerFacts& facts) {
  return from(facts.runtime_sockets, [](const std::vector<RuntimeSocketFacts>& list) {
    std::vector<FactTree> out;
    for (const RuntimeSocketFacts& socket : list) {
      out.push_back(FactTree::map_of({{"path", FactTree::of(socket.path)},
                                      {"runtime", FactTree::of(socket.runtime)},
                                      {"usable", from(socket.usable)}}));
    }
    return FactTree::list_of(std::move(out));
  });
}

FactTree devices(const ContainerFacts& facts) {
  return from(facts.device_nodes, [](const std::vector<DeviceNode>& list) {
    std::vector<FactTree> out;
    for (const DeviceNode& node : list) {
      out.push_back(FactTree::map_of({{"path", FactTree::of(node.path)},
                                      {"type", FactTree::of(std::string(1, node.type))},
                                      {"meaning", FactTree::of(node.meaning)}}));
    }
    return FactTree::list_of(std::move(out));
  });
}

FactTree published(const ContainerFacts& facts) {
  return from(facts.published, [](const std::vector<PublishedPort>& list) {
    std::vector<FactTree> out;
    for (const PublishedPort& port : list) {
      const std::string& address = port.host_address;
      const bool any = address.empty() || address == "0.0.0.0" || address == "::" || address == "[::]";
      out.push_back(FactTree::map_of({{"protocol", FactTree::of(port.transport == Transport::udp ? "udp" : "tcp")},
                                      {"address", FactTree::of(address)},
                                      {"every_address", FactTree::of(any)},
                                      {"host_port", FactTree::of(int64_t{port.host_port})},
                                      {"container_port", FactTree::of(int64_t{port.container_port})},
                                      {"outside", FactTree::of(port.outside)}}));
    }
    return FactTree::list_of(std::move(out));
  });
}

FactTree networks(const ContainerFacts& facts) {
  return from(facts.networks, [](const std::vector<NetworkAttachment>& list) {
    std::vector<FactTree> out;
    for (const NetworkAttachment& network : list) {
      out.push_back(
          FactTree::map_of({{"name", FactTree::of(network.name)}, {"internal", FactTree::of(network.internal)}}));
    }
    return FactTree::list_of(std::move(out));
  });
}

FactTree writable_kernel_paths(const ContainerFacts& facts) {
  Members out;
  for (const auto& [path, writable] : facts.kernel_path_writable) out[path] = from(writable);
  return FactTree::map_of(std::move(out));
}

}  // namespace

std::vector<std::string> capability_names(uint64_t bits) {
  std::vector<std::string> out;
  for (size_t bit = 0; bit < 64; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    out.push_back(bit < capability_by_bit.size() ? capability_by_bit[bit].name : "CAP_" + std::to_string(bit));
  }
  return out;
}

FactTree container_settings(const system::Machine& machine, const ContainerFacts& facts, FactTree configured) {
  Members out;
  out["name"] = FactTree::of(facts.name);
  out["runtime"] = FactTree::of(facts.runtime);
  out["status"] = FactTree::of(facts.status);
  out["image"] = FactTree::of(facts.image_ref);
  out["image_id"] = FactTree::of(facts.image.value);
  const int64_t created = facts.created.time_since_epoch().count();
  if (created > 0)
    out["age_days"] = FactTree::of(std::max<int64_t>(0, (machine.now() - facts.created).count()) / 86'400);
  add_users(machine, facts, out);
  add_process_facts(facts, out);
  out["confinement"] = confinement(facts);
  out["capabilities"] = capabilities(facts);
  out["shares"] = namespaces(facts);
  out["joined_pid_namespace"] = FactTree::of(!facts.joined_pid_namespace_of.empty());
  out["privileged"] = from(facts.privileged);
  out["user"] = from(facts.user_configured);
  out["rootless"] = from(facts.rootless_runtime);
  out["pod"] = pod_of(machine, facts);
  out["mounts"] = mounts(facts, out["pod"]);
  out["runtime_sockets"] = runtime_sockets(facts);
  out["kernel_paths"] = writable_kernel_paths(facts);
  out["cgroup_writable_at_top"] = from(facts.cgroup_v1_writable_at_top);
  out["all_devices_allowed"] = from(facts.all_devices_allowed);
  out["devices"] = devices(facts);
  out["setuid_files"] = from(facts.setuid_files);
  out["host_directory_open"] = from(facts.host_directory_fd);
  out["memory_limit"] = limit(facts.memory_limit);
  out["pids_limit"] = limit(facts.pids_limit);
  out["cpu_limit_thousandths"] = from(facts.cpu_limit, [](double cpus) {
    return cpus > 0 && cpus < 1e6 ? FactTree::of(static_cast<int64_t>(cpus * 1000)) : FactTree{};
  });
  out["read_only_root"] = from(facts.read_only_root);
  out["published"] = published(facts);
  out["networks"] = networks(facts);
  out["reaches_outside"] = from(facts.reaches_outside);
  out["secret_variables"] = FactTree::texts_of(facts.secret_variable_names, "/proc/PID/environ");
  out["configured"] = std::move(configured);
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe

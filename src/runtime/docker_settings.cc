// What inspect, /info and the lists of the engine say, as trees.
#include "runtime/docker_settings.h"

#include <array>
#include <set>

#include "base/text.h"
#include "runtime/docker_replies.h"
#include "runtime/json_tree.h"
#include "runtime/runtime.h"

namespace plimsoll::runtime {
namespace {

using Members = std::map<std::string, FactTree>;

enum class Missing { unknown, absent, empty_list };  // what a member that is null or not there means

struct Row {
  const char* name;    // ours
  const char* object;  // "" is the reply itself
  const char* member;
  Missing missing = Missing::unknown;
  Keys keys = Keys::as_they_are;
};

// https://docs.docker.com/engine/api/v1.41/#operation/ContainerInspect
constexpr std::array container_rows = {
    Row{"privileged", "HostConfig", "Privileged"},
    Row{"readonly_rootfs", "HostConfig", "ReadonlyRootfs"},
    Row{"network_mode", "HostConfig", "NetworkMode"},
    Row{"pid_mode", "HostConfig", "PidMode"},
    Row{"ipc_mode", "HostConfig", "IpcMode"},
    Row{"uts_mode", "HostConfig", "UTSMode"},
    Row{"userns_mode", "HostConfig", "UsernsMode"},
    Row{"cgroupns_mode", "HostConfig", "CgroupnsMode"},
    Row{"cgroup_parent", "HostConfig", "CgroupParent"},
    Row{"cap_add", "HostConfig", "CapAdd", Missing::empty_list},
    Row{"cap_drop", "HostConfig", "CapDrop", Missing::empty_list},
    Row{"security_opt", "HostConfig", "SecurityOpt", Missing::empty_list},
    Row{"group_add", "HostConfig", "GroupAdd", Missing::empty_list},
    Row{"memory", "HostConfig", "Memory"},
    Row{"memory_swap", "HostConfig", "MemorySwap"},
    Row{"nano_cpus", "HostConfig", "NanoCpus"},
    Row{"cpu_shares", "HostConfig", "CpuShares"},
    Row{"cpu_quota", "HostConfig", "CpuQuota"},
    Row{"cpuset_cpus", "HostConfig", "CpusetCpus"},
    Row{"pids_limit", "HostConfig", "PidsLimit", Missing::absent},
    Row{"oom_kill_disable", "HostConfig", "OomKillDisable", Missing::absent},
    Row{"oom_score_adj", "HostConfig", "OomScoreAdj", Missing::absent},
    Row{"restart_policy", "HostConfig", "RestartPolicy", Missing::unknown, Keys::snake_case},
    Row{"devices", "HostConfig", "Devices", Missing::empty_list, Keys::snake_case},
    Row{"device_requests", "HostConfig", "DeviceRequests", Missing::empty_list, Keys::snake_case},
    Row{"device_cgroup_rules", "HostConfig", "DeviceCgroupRules", Missing::empty_list},
    Row{"ulimits", "HostConfig", "Ulimits", Missing::empty_list, Keys::snake_case},
    Row{"sysctls", "HostConfig", "Sysctls", Missing::absent},
    Row{"tmpfs", "HostConfig", "Tmpfs", Missing::absent},
    Row{"masked_paths", "HostConfig", "MaskedPaths", Missing::empty_list},
    Row{"readonly_paths", "HostConfig", "ReadonlyPaths", Missing::empty_list},
    Row{"publish_all_ports", "HostConfig", "PublishAllPorts"},
    Row{"auto_remove", "HostConfig", "AutoRemove"},
    Row{"oci_runtime", "HostConfig", "Runtime"},
    Row{"apparmor_profile", "", "AppArmorProfile"},
    Row{"process_label", "", "ProcessLabel"},
    Row{"mounts", "", "Mounts", Missing::empty_list, Keys::snake_case},
    Row{"user", "Config", "User"},
};

FactTree node_of(Json reply, const Row& row, const std::string& request) {
  const std::string source =
      request + " " + (*row.object == '\0' ? std::string() : std::string(row.object) + ".") + row.member;
  const auto value = *row.object == '\0' ? at(reply, {row.member}) : at(reply, {row.object, row.member});
  if (value) return tree_from(*value, source, row.keys);
  if (row.missing == Missing::absent) return {};
  if (row.missing == Missing::empty_list) return FactTree::list_of({}, source);
  return FactTree::unknown_because("the engine does not say", source);
}

// Health checks: {"Test": ["NONE"]} switches an inherited one off.
bool has_health_test(Json config) {
  const auto test = array_at(config, {"Healthcheck", "Test"});
  std::string_view first;
  return test && test->size() > 0 && test->at(0).get(first) == simdjson::SUCCESS && first != "NONE";
}

FactTree health_of(Json inspect) {
  Members health;
  const auto config = at(inspect, {"Config"});
  health["configured"] = FactTree::of(config && has_health_test(*config), "inspect Config.Healthcheck");
  if (const auto status = text_at(inspect, {"State", "Health", "Status"}); status && *status != "none") {
    health["status"] = FactTree::of(*status, "inspect State.Health.Status");
  }
  if (const auto failing = whole_at(inspect, {"State", "Health", "FailingStreak"})) {
    health["failing_streak"] = FactTree::of(*failing, "inspect State.Health.FailingStreak");
  }
  return FactTree::map_of(std::move(health), "inspect State.Health");
}

// https://docs.docker.com/engine/api/v1.41/#operation/SystemInfo
constexpr std::array info_rows = {
    Row{"root_dir", "", "DockerRootDir"},
    Row{"storage_driver", "", "Driver"},
    Row{"logging_driver", "", "LoggingDriver"},
    Row{"cgroup_driver", "", "CgroupDriver"},
    Row{"live_restore", "", "LiveRestoreEnabled"},
    Row{"experimental", "", "ExperimentalBuild"},
    Row{"debug", "", "Debug"},
    Row{"security_options", "", "SecurityOptions", Missing::empty_list},
    Row{"default_runtime", "", "DefaultRuntime"},
    Row{"warnings", "", "Warnings", Missing::empty_list},
    Row{"authorization_plugins", "Plugins", "Authorization", Missing::empty_list},
    Row{"containers", "", "Containers"},
    Row{"containers_running", "", "ContainersRunning"},
    Row{"containers_stopped", "", "ContainersStopped"},
    Row{"images_total", "", "Images"},
};

// {"active": false} for an engine that is in no swarm. Times are seconds; the API counts nanoseconds.
FactTree swarm_of(Json info) {
  const std::string source = "/info Swarm";
  const auto state = text_at(info, {"Swarm", "LocalNodeState"});
  if (!state) return FactTree::unknown_because("the engine does not say", source);
  Members swarm;
  swarm["state"] = FactTree::of(*state);
  swarm["active"] = FactTree::of(*state != "inactive" && !state->empty());
  if (*state == "inactive" || state->empty()) return FactTree::map_of(std::move(swarm), source);
  const bool manager = truth_at(info, {"Swarm", "ControlAvailable"}).value_or(false);
  swarm["manager"] = FactTree::of(manager);
  swarm["address"] = FactTree::of(text_at(info, {"Swarm", "NodeAddr"}).value_or(""));
  if (!manager) return FactTree::map_of(std::move(swarm), source);
  const auto told = [&](const char* name, auto value) {
    swarm[name] = value ? FactTree::of(*value) : FactTree::unknown_because("the engine does not say");
  };
  told("managers", whole_at(info, {"Swarm", "Managers"}));
  told("nodes", whole_at(info, {"Swarm", "Nodes"}));
  told("auto_lock", truth_at(info, {"Swarm", "Cluster", "Spec", "EncryptionConfig", "AutoLockManagers"}));
  auto expiry = whole_at(info, {"Swarm", "Cluster", "Spec", "CAConfig", "NodeCertExpiry"});
  if (expiry) *expiry /= 1'000'000'000;
  told("certificate_lifetime", expiry);
  return FactTree::map_of(std::move(swarm), source);
}

// The words of SecurityOptions ("name=seccomp,profile=default") by name; the profile, else "on".
FactTree security_of(const FactTree& options) {
  if (options.kind == FactTree::Kind::unknown) return options;
  Members out;
  for (const FactTree& option : options.items) {
    std::string name, profile = "on";
    for (const std::string_view part : split(option.text, ',')) {
      if (part.starts_with("profile=")) {
        profile = part.substr(8);
      } else {
        name = part.starts_with("name=") ? part.substr(5) : part;
      }
    }
    if (!name.empty()) out[name] = FactTree::of(profile);
  }
  return FactTree::map_of(std::move(out), options.source);
}

FactTree words(const Fact<std::string>& fact) {
  if (!fact.known()) return FactTree::unknown_because(fact.unknown, fact.source);
  std::vector<FactTree> items;
  for (const std::string_view word : split_words(*fact.value)) items.push_back(FactTree::of(std::string(word)));
  return FactTree::list_of(std::move(items), fact.source);
}

FactTree setting(const RuntimeFacts& facts, const std::string& name) {
  const auto found = facts.settings.find(name);
  return found == facts.settings.end() ? FactTree::unknown_because("the engine does not say", "/info")
                                       : words(found->second);
}

Members identity_of(const RuntimeFacts& facts) {
  Members out;
  out["name"] = FactTree::of(facts.name);
  out["kind"] = FactTree::of(facts.name);
  out["socket"] = FactTree::of(facts.socket);
  out["version"] = FactTree::of(facts.version, "/version");
  out["api_version"] = FactTree::of(facts.api_version, "/version");
  Members components;
  for (const auto& [name, version] : facts.component_versions) components[name] = FactTree::of(version);
  out["components"] = FactTree::map_of(std::move(components), "/version Components");
  out["rootless"] = facts.rootless.known() ? FactTree::of(*facts.rootless.value, facts.rootless.source)
                                           : FactTree::unknown_because(facts.rootless.unknown, facts.rootless.source);
  return out;
}

void all_unknown(Members& engine, const std::string& why) {
  Members info;
  for (const Row& row : info_rows) info[row.name] = FactTree::unknown_because(why, "/info");
  engine["info"] = FactTree::map_of(std::move(info), "/info");
  for (const char* name : {"swarm", "security", "insecure_registries", "registry_mirrors"}) {
    engine[name] = FactTree::unknown_because(why, "/info");
  }
}

}  // namespace

FactTree container_configuration(Json inspect) {
  Members out;
  for (const Row& row : container_rows) out[row.name] = node_of(inspect, row, "inspect");
  out["health"] = health_of(inspect);
  const auto log_driver = text_at(inspect, {"HostConfig", "LogConfig", "Type"});
  out["log_driver"] = log_driver ? FactTree::of(*log_driver, "inspect HostConfig.LogConfig.Type")
                                 : FactTree::unknown_because("the engine does not say", "inspect HostConfig.LogConfig");
  return FactTree::map_of(std::move(out), "inspect");
}

FactTree engine_settings(const RuntimeFacts& facts, const Result<std::string>& info) {
  Members out = identity_of(facts);
  const auto reply = info.ok() ? JsonReply::parse(*info, "GET /info") : Result<JsonReply>(info.error());
  if (!reply.ok() || !reply->root().is_object()) {
    all_unknown(out, reply.ok() ? "the reply has not the shape of the API" : reply.error().message);
    return FactTree::map_of(std::move(out), facts.socket);
  }
  Members told;
  for (const Row& row : info_rows) told[row.name] = node_of(reply->root(), row, "/info");
  out["security"] = security_of(told["security_options"]);
  out["info"] = FactTree::map_of(std::move(told), "/info");
  out["swarm"] = swarm_of(reply->root());
  out["insecure_registries"] = setting(facts, "insecure-registries");
  out["registry_mirrors"] = setting(facts, "registry-mirrors");
  return FactTree::map_of(std::move(out), facts.socket);
}

FactTree unanswered_settings(const std::string& name, const std::string& socket, const std::string& why) {
  Members out;
  out["name"] = FactTree::of(name);
  out["kind"] = FactTree::of(name);
  out["socket"] = FactTree::of(socket);
  for (const char* member : {"version", "api_version", "components", "rootless", "networks", "images"}) {
    out[member] = FactTree::unknown_because(why, socket);
  }
  all_unknown(out, why);
  return FactTree::map_of(std::move(out), socket);
}

Result<FactTree> network_settings(std::string_view body) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /networks"));
  const auto list = array_at(reply.root(), {});
  if (!list) return wrong_shape("GET /networks");
  std::vector<FactTree> networks;
  for (const Json item : *list) {
    Members network;
    network["name"] = FactTree::of(text_at(item, {"Name"}).value_or(""));
    network["driver"] = FactTree::of(text_at(item, {"Driver"}).value_or(""));
    network["internal"] = FactTree::of(truth_at(item, {"Internal"}).value_or(false));
    network["encrypted"] = FactTree::of(at(item, {"Options", "encrypted"}).has_value());
    if (const auto bridge = text_at(item, {"Options", "com.docker.network.bridge.name"})) {
      network["bridge"] = FactTree::of(*bridge);
    }
    if (text_at(item, {"Driver"}) == "bridge") {
      network["icc"] =
          FactTree::of(text_at(item, {"Options", "com.docker.network.bridge.enable_icc"}).value_or("true") == "true");
    }
    networks.push_back(FactTree::map_of(std::move(network)));
  }
  return FactTree::list_of(std::move(networks), "/networks");
}

Result<FactTree> image_use(std::string_view images, std::string_view containers) {
  PLIMSOLL_TRY(image_reply, JsonReply::parse(images, "GET /images/json"));
  PLIMSOLL_TRY(container_reply, JsonReply::parse(containers, "GET /containers/json"));
  const auto all_images = array_at(image_reply.root(), {}), all_containers = array_at(container_reply.root(), {});
  if (!all_images || !all_containers) return wrong_shape("GET /images/json, GET /containers/json");
  std::set<std::string> used;
  for (const Json container : *all_containers) used.insert(text_at(container, {"ImageID"}).value_or(""));
  int64_t total = 0, in_use = 0, dangling = 0;
  Members tags;
  for (const Json image : *all_images) {
    ++total;
    const std::string id = text_at(image, {"Id"}).value_or("");
    in_use += used.count(id) != 0 ? 1 : 0;
    bool tagged = false;
    if (const auto names = array_at(image, {"RepoTags"})) {
      for (const Json name : *names) {
        std::string_view tag;
        if (name.get(tag) != simdjson::SUCCESS || tag == "<none>:<none>") continue;
        tags[std::string(tag)] = FactTree::of(id);
        tagged = true;
      }
    }
    dangling += tagged ? 0 : 1;
  }
  return FactTree::map_of(
      {{"total", FactTree::of(total)},
       {"used", FactTree::of(in_use)},
       {"used_percent", total == 0 ? FactTree::of(int64_t{100}) : FactTree::of(in_use * 100 / total)},
       {"untagged", FactTree::of(dangling)},
       {"tags", FactTree::map_of(std::move(tags))}},
      "/images/json");
}

}  // namespace plimsoll::runtime

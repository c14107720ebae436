// What the engine says of its containers: the list and inspect.
#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "runtime/docker_replies.h"
#include "runtime/docker_settings.h"
#include "runtime/json_reply.h"

namespace plimsoll::runtime {
namespace {

std::string label_of(const ContainerFacts& facts) {
  return "container " + printable(facts.name.empty() ? facts.id.value.substr(0, 12) : facts.name, 200);
}

// Ids go into request paths.
bool is_container_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

std::string without_slash(std::string name) {
  if (name.starts_with('/')) name.erase(0, 1);
  return name;
}

std::map<std::string, std::string> labels_at(Json from, std::initializer_list<std::string_view> path) {
  std::map<std::string, std::string> labels;
  if (const auto object = object_at(from, path)) {
    for (const auto field : *object) {
      std::string_view text;
      if (field.value.get(text) == simdjson::SUCCESS) labels[std::string(field.key)] = text;
    }
  }
  return labels;
}

std::optional<Transport> transport_of(std::string_view word) {
  if (word == "tcp") return Transport::tcp;
  if (word == "udp") return Transport::udp;
  return std::nullopt;
}

std::optional<uint16_t> port_of(std::string_view text) {
  const auto number = parse_uint(text);
  return number && *number >= 1 && *number <= 65535 ? std::optional(static_cast<uint16_t>(*number)) : std::nullopt;
}

void sort_once(std::vector<PublishedPort>& ports) {
  std::sort(ports.begin(), ports.end());
  ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
}

// The bindings of one port, "80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], or null when it is only exposed.
bool add_bindings(std::string_view key, Json bindings, std::vector<PublishedPort>& ports) {
  if (bindings.is_null()) return true;
  simdjson::dom::array list;
  const auto parts = split(key, '/');
  const auto transport = transport_of(parts.size() == 2 ? parts[1] : "tcp");
  const auto inside = port_of(parts[0]);
  if (!transport || !inside || bindings.get(list) != simdjson::SUCCESS) return false;
  for (const Json binding : list) {
    const auto outside = port_of(text_at(binding, {"HostPort"}).value_or(""));
    if (!outside) return false;
    const std::string address = text_at(binding, {"HostIp"}).value_or("");
    ports.push_back({*transport, address, *outside, *inside, is_outside_address(address)});
  }
  return true;
}

void read_published(Json inspect, ContainerFacts& facts, IncompleteList& gaps) {
  const std::string source = "inspect NetworkSettings.Ports";
  const auto settings = object_at(inspect, {"NetworkSettings"});
  if (!settings) {
    facts.published = Fact<std::vector<PublishedPort>>::missing("the engine does not say", source);
    return;
  }
  std::vector<PublishedPort> ports;
  if (const auto bound = object_at(inspect, {"NetworkSettings", "Ports"})) {
    for (const auto field : *bound) {
      if (!add_bindings(field.key, field.value, ports)) {
        gaps.push_back({"published port " + printable(field.key, 40) + " of " + label_of(facts),
                        "neither TCP nor UDP, or not understood", ""});
      }
    }
  }
  sort_once(ports);
  facts.published = Fact<std::vector<PublishedPort>>::of(std::move(ports), source);
}

void read_networks_of(Json inspect, ContainerFacts& facts) {
  const std::string source = "inspect NetworkSettings.Networks";
  const auto attached = object_at(inspect, {"NetworkSettings", "Networks"});
  if (!attached) {
    facts.networks = Fact<std::vector<NetworkAttachment>>::missing("the engine does not say", source);
    return;
  }
  std::vector<NetworkAttachment> networks;
  for (const auto field : *attached) {
    if (field.key == "none") continue;  // the network of containers that have none: nothing is shared
    NetworkAttachment network;
    network.name = field.key;
    network.network_id = text_at(field.value, {"NetworkID"}).value_or("");
    if (network.network_id.empty()) network.network_id = network.name;
    network.address4 = text_at(field.value, {"IPAddress"}).value_or("");
    network.address6 = text_at(field.value, {"GlobalIPv6Address"}).value_or("");
    networks.push_back(std::move(network));
  }
  facts.networks = Fact<std::vector<NetworkAttachment>>::of(std::move(networks), source);
}

void read_secret_names(Json inspect, ContainerFacts& facts, IncompleteList& gaps) {
  const auto variables = array_at(inspect, {"Config", "Env"});
  if (!variables) {
    if (!object_at(inspect, {"Config"}))
      gaps.push_back({"environment of " + label_of(facts), "the engine does not say", ""});
    return;
  }
  for (const Json variable : *variables) {
    std::string_view text;
    if (variable.get(text) != simdjson::SUCCESS) continue;
    const std::string_view name = text.substr(0, text.find('='));
    if (is_secret_name(name)) facts.secret_variable_names.emplace_back(name);
  }
  std::sort(facts.secret_variable_names.begin(), facts.secret_variable_names.end());
}

template <class T>
Fact<T> fact_from(std::optional<T> value, const std::string& source) {
  return value ? Fact<T>::of(std::move(*value), source) : Fact<T>::missing("the engine does not say", source);
}

std::string joined_container(Json inspect, std::string_view mode) {
  constexpr std::string_view prefix = "container:";
  const std::string text = text_at(inspect, {"HostConfig", mode}).value_or("");
  return text.starts_with(prefix) ? text.substr(prefix.size()) : "";
}

}  // namespace

bool is_outside_address(std::string_view address) {
  return !address.starts_with("127.") && address != "::1" && !lower(address).starts_with("::ffff:127.") &&
         address != "localhost";
}

bool is_secret_name(std::string_view name) {
  const std::string small = lower(name);
  const auto words = split(small, '_');
  const auto has_word = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  // A key to check signatures with is public; a _FILE variable names where the secret is, not the secret.
  if (has_word("public") || has_word("gpg") || small.ends_with("_file")) return false;
  for (const std::string_view part : {"password", "passwd", "passphrase", "token", "secret", "credential", "apikey"}) {
    if (small.find(part) != std::string::npos) return true;
  }
  return has_word("key") || has_word("keys") || has_word("pass") || has_word("pwd");
}

Result<std::vector<ContainerFacts>> read_list(std::string_view body, IncompleteList& gaps) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /containers/json"));
  const auto list = array_at(reply.root(), {});
  if (!list) return wrong_shape("GET /containers/json");
  std::vector<ContainerFacts> containers;
  for (const Json item : *list) {
    ContainerFacts facts;
    facts.id.value = text_at(item, {"Id"}).value_or("");
    if (!is_container_id(facts.id.value)) {
      gaps.push_back(
          {"a container of the engine's list", "its id is missing or odd: " + printable(facts.id.value, 80), ""});
      continue;
    }
    if (const auto names = array_at(item, {"Names"})) {
      std::string_view first;
      if (names->at(0).get(first) == simdjson::SUCCESS) facts.name = without_slash(std::string(first));
    }
    facts.image_ref = text_at(item, {"Image"}).value_or("");
    facts.image.value = text_at(item, {"ImageID"}).value_or("");
    facts.status = text_at(item, {"State"}).value_or("");
    constexpr int64_t year_9999 = 253'402'300'799;
    const int64_t created = whole_at(item, {"Created"}).value_or(0);
    if (created > 0 && created <= year_9999) facts.created = Instant(std::chrono::seconds(created));
    facts.labels = labels_at(item, {"Labels"});
    inspect_unknown("not asked yet", facts);
    containers.push_back(std::move(facts));
  }
  return containers;
}

Result<Inspected> read_inspect(std::string_view body, ContainerFacts& facts, IncompleteList& gaps) {
  const std::string what = "GET /containers/" + facts.id.value + "/json";
  PLIMSOLL_TRY(reply, JsonReply::parse(body, what));
  const Json inspect = reply.root();
  if (!object_at(inspect, {"State"}) || !object_at(inspect, {"HostConfig"})) return wrong_shape(what);
  if (auto name = text_at(inspect, {"Name"})) facts.name = without_slash(std::move(*name));
  if (auto image = text_at(inspect, {"Image"})) facts.image.value = std::move(*image);
  if (auto reference = text_at(inspect, {"Config", "Image"})) facts.image_ref = std::move(*reference);
  if (auto status = text_at(inspect, {"State", "Status"})) facts.status = std::move(*status);
  if (const auto created = parse_rfc3339(text_at(inspect, {"Created"}).value_or(""))) facts.created = *created;
  if (object_at(inspect, {"Config", "Labels"})) facts.labels = labels_at(inspect, {"Config", "Labels"});
  const int64_t pid = whole_at(inspect, {"State", "Pid"}).value_or(0);
  facts.pid = pid > 0 && pid <= INT32_MAX ? static_cast<int>(pid) : 0;
  facts.privileged = fact_from(truth_at(inspect, {"HostConfig", "Privileged"}), "inspect HostConfig.Privileged");
  facts.read_only_root =
      fact_from(truth_at(inspect, {"HostConfig", "ReadonlyRootfs"}), "inspect HostConfig.ReadonlyRootfs");
  facts.user_configured = fact_from(text_at(inspect, {"Config", "User"}), "inspect Config.User");
  read_published(inspect, facts, gaps);
  read_networks_of(inspect, facts);
  read_secret_names(inspect, facts, gaps);
  return Inspected{joined_container(inspect, "NetworkMode"), joined_container(inspect, "PidMode"),
                   container_configuration(inspect), ExecSubject{health_command(inspect), exec_ids(inspect)}};
}

void inspect_unknown(const std::string& why, ContainerFacts& facts) {
  const auto set = [&](auto& fact) {
    if (!fact.known()) fact = std::remove_reference_t<decltype(fact)>::missing(why, "inspect");
  };
  set(facts.privileged);
  set(facts.read_only_root);
  set(facts.user_configured);
  set(facts.published);
  set(facts.networks);
}

}  // namespace plimsoll::runtime

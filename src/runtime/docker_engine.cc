// What the engine says of itself: /version, /info, /networks.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "runtime/docker_replies.h"
#include "runtime/json_reply.h"

namespace plimsoll::runtime {
namespace {

constexpr uint64_t our_minor = 41;  // API 1.41: Docker 20.10 and all newer ones until they drop it

// "1.41" -> 41.
std::optional<uint64_t> minor_of(std::string_view version) {
  return version.starts_with("1.") ? parse_uint(version.substr(2)) : std::nullopt;
}

// Names by which components are looked up, whatever the engine calls them.
std::string component_name(std::string_view name) {
  if (name == "Engine") return "docker";
  if (name == "Podman Engine") return "podman";
  if (name.starts_with("OCI Runtime (") && name.ends_with(")")) return std::string(name.substr(13, name.size() - 14));
  return lower(name);
}

std::string text_of(bool truth) { return truth ? "true" : "false"; }

struct SettingRow {
  const char* name;    // as dockerd's own option is called
  const char* member;  // of /info
  bool truth;          // a boolean there, else a text
};
constexpr std::array setting_rows = {
    SettingRow{"live-restore", "LiveRestoreEnabled", true},
    SettingRow{"cgroup-driver", "CgroupDriver", false},
    SettingRow{"cgroup-version", "CgroupVersion", false},
    SettingRow{"experimental", "ExperimentalBuild", true},
    SettingRow{"debug", "Debug", true},
    SettingRow{"default-runtime", "DefaultRuntime", false},
    SettingRow{"storage-driver", "Driver", false},
    SettingRow{"log-driver", "LoggingDriver", false},
};
constexpr std::array derived_settings = {
    "security-options", "userns-remap",      "seccomp",          "apparmor",
    "selinux",          "no-new-privileges", "registry-mirrors", "insecure-registries"};

using FactText = Fact<std::string>;

std::optional<std::vector<std::string>> texts_at(Json from, std::initializer_list<std::string_view> path) {
  const auto list = array_at(from, path);
  if (!list) return std::nullopt;
  std::vector<std::string> out;
  for (const Json item : *list) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS) out.emplace_back(text);
  }
  return out;
}

// Options look like "name=seccomp,profile=default", "name=rootless", "name=userns". The profile, else "true"; "false"
// when the option is not there.
std::string security_option(const std::vector<std::string>& options, std::string_view name) {
  for (const std::string& option : options) {
    std::string profile = "true";
    bool found = false;
    for (const std::string_view part : split(option, ',')) {
      found = found || part == "name=" + std::string(name) || part == name;  // engines before 1.24 gave the bare name
      if (part.starts_with("profile=")) profile = part.substr(8);
    }
    if (found) return profile;
  }
  return "false";
}

void read_security(Json info, RuntimeFacts& facts) {
  constexpr const char* source = "/info SecurityOptions";
  const auto options = texts_at(info, {"SecurityOptions"});
  if (!options) {
    for (const char* name :
         {"security-options", "userns-remap", "seccomp", "apparmor", "selinux", "no-new-privileges"}) {
      facts.settings[name] = FactText::missing("the engine does not say", source);
    }
    facts.rootless = Fact<bool>::missing("the engine does not say", source);
    return;
  }
  facts.settings["security-options"] = FactText::of(join(*options, " "), source);
  facts.settings["userns-remap"] = FactText::of(security_option(*options, "userns"), source);
  for (const char* name : {"seccomp", "apparmor", "selinux", "no-new-privileges"}) {
    facts.settings[name] = FactText::of(security_option(*options, name), source);
  }
  facts.rootless = Fact<bool>::of(security_option(*options, "rootless") != "false", source);
}

// Registries that are asked without TLS, loopback ones (always so) left out.
FactText insecure_registries(Json info) {
  constexpr const char* source = "/info RegistryConfig";
  const auto networks = texts_at(info, {"RegistryConfig", "InsecureRegistryCIDRs"});
  if (!networks) return FactText::missing("the engine does not say", source);
  std::vector<std::string> out;
  for (const std::string& network : *networks) {
    if (network != "127.0.0.0/8" && network != "::1/128") out.push_back(network);
  }
  if (const auto indexes = object_at(info, {"RegistryConfig", "IndexConfigs"})) {
    for (const auto index : *indexes) {
      if (truth_at(index.value, {"Secure"}) == false) out.emplace_back(index.key);
    }
  }
  std::sort(out.begin(), out.end());
  return FactText::of(join(out, " "), source);
}

}  // namespace

Result<RuntimeFacts> read_version(std::string_view body) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /version"));
  RuntimeFacts facts;
  const auto version = text_at(reply.root(), {"Version"});
  const auto api_version = text_at(reply.root(), {"ApiVersion"});
  if (!version || !api_version) return wrong_shape("GET /version");
  facts.name = "docker";
  facts.version = *version;
  facts.api_version = *api_version;
  if (const auto components = array_at(reply.root(), {"Components"})) {
    for (const Json component : *components) {
      const auto name = text_at(component, {"Name"});
      const auto number = text_at(component, {"Version"});
      if (name && number) facts.component_versions[component_name(*name)] = *number;
    }
  }
  if (facts.component_versions.count("podman") != 0) facts.name = "podman";
  return facts;
}

std::string oldest_api_version(std::string_view body) {
  const auto reply = JsonReply::parse(body, "GET /version");
  return reply.ok() ? text_at(reply->root(), {"MinAPIVersion"}).value_or("") : "";
}

Result<std::string> choose_api_version(const std::string& newest, const std::string& oldest) {
  const auto last = minor_of(newest);
  if (!last) {
    return Error{ErrorKind::malformed, "the engine speaks an API version that is not 1.N: " + printable(newest, 40),
                 "GET /version"};
  }
  const uint64_t first = minor_of(oldest).value_or(0);
  return "1." + std::to_string(std::max(std::min(*last, our_minor), std::min(first, *last)));
}

Status read_info(std::string_view body, RuntimeFacts& facts) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /info"));
  const Json info = reply.root();
  if (!info.is_object()) return wrong_shape("GET /info");
  for (const SettingRow& row : setting_rows) {
    const std::string source = std::string("/info ") + row.member;
    const auto truth = truth_at(info, {row.member});
    const auto text = row.truth ? (truth ? std::optional(text_of(*truth)) : std::nullopt) : text_at(info, {row.member});
    facts.settings[row.name] =
        text ? FactText::of(*text, source) : FactText::missing("the engine does not say", source);
  }
  read_security(info, facts);
  const auto mirrors = texts_at(info, {"RegistryConfig", "Mirrors"});
  facts.settings["registry-mirrors"] = mirrors ? FactText::of(join(*mirrors, " "), "/info RegistryConfig")
                                               : FactText::missing("the engine does not say", "/info RegistryConfig");
  facts.settings["insecure-registries"] = insecure_registries(info);
  return Done{};
}

void info_unknown(const std::string& why, RuntimeFacts& facts) {
  for (const SettingRow& row : setting_rows) facts.settings[row.name] = FactText::missing(why, "/info");
  for (const char* name : derived_settings) facts.settings[name] = FactText::missing(why, "/info");
  facts.rootless = Fact<bool>::missing(why, "/info");
}

Result<std::vector<Network>> read_networks(std::string_view body, RuntimeFacts& facts, IncompleteList& gaps) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /networks"));
  const auto list = array_at(reply.root(), {});
  if (!list) return wrong_shape("GET /networks");
  std::vector<Network> networks;
  for (const Json item : *list) {
    Network network;
    const auto id = text_at(item, {"Id"});
    const auto name = text_at(item, {"Name"});
    if (!id || !name) {
      gaps.push_back({"a network of " + facts.name, "the engine's entry has no id or name", ""});
      continue;
    }
    network.id = *id;
    network.name = *name;
    network.driver = text_at(item, {"Driver"}).value_or("");
    network.internal = truth_at(item, {"Internal"}).value_or(false);
    if (const auto subnets = array_at(item, {"IPAM", "Config"})) {
      for (const Json subnet : *subnets) {
        if (auto text = text_at(subnet, {"Subnet"})) network.subnets.push_back(std::move(*text));
      }
    }
    if (network.driver == "bridge") {
      const std::string icc = text_at(item, {"Options", "com.docker.network.bridge.enable_icc"}).value_or("true");
      const auto fact = FactText::of(icc, "/networks " + *name + " com.docker.network.bridge.enable_icc");
      facts.settings["icc:" + *name] = fact;
      if (*name == "bridge") facts.settings["icc"] = fact;
    }
    networks.push_back(std::move(network));
  }
  return networks;
}

}  // namespace plimsoll::runtime

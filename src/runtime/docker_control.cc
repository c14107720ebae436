#include "runtime/docker_control.h"

#include <simdjson.h>

#include <algorithm>

#include "base/text.h"
#include "runtime/docker_session.h"
#include "runtime/json_reply.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t most_reply = size_t{64} << 20;
constexpr int reply_seconds = 10;

// Ids and names of engines have no other characters; anything else could lead a request to another target.
Status check_name(const std::string& name) {
  const bool fits =
      !name.empty() && name.size() <= 256 && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
      });
  if (fits) return Done{};
  return Error{ErrorKind::malformed, "not the name of a container or network: " + printable(name, 100)};
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 403:
      return ErrorKind::denied;
    case 404:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    default:
      return ErrorKind::unreachable;
  }
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= ' ') out += c;
  }
  return out + "\"";
}

std::string joining(const std::string& id, const JoinedNetwork& network) {
  std::string addresses, aliases;
  if (!network.address4.empty()) addresses = "\"IPv4Address\":" + quoted(network.address4);
  if (!network.address6.empty())
    addresses += (addresses.empty() ? "" : ",") + std::string("\"IPv6Address\":") + quoted(network.address6);
  for (const std::string& alias : network.aliases) aliases += (aliases.empty() ? "" : ",") + quoted(alias);
  return "{\"Container\":" + quoted(id) + ",\"EndpointConfig\":{\"IPAMConfig\":{" + addresses + "},\"Aliases\":[" +
         aliases + "]}}";
}

std::vector<JoinedNetwork> read_joined(Json root) {
  constexpr size_t most = 1000;
  std::vector<JoinedNetwork> out;
  const auto networks = object_at(root, {"NetworkSettings", "Networks"});
  if (!networks) return out;
  for (const auto entry : *networks) {
    if (out.size() >= most) break;
    JoinedNetwork network;
    network.name = std::string(entry.key);
    network.id = text_at(entry.value, {"NetworkID"}).value_or("");
    network.address4 = text_at(entry.value, {"IPAddress"}).value_or("");
    network.address6 = text_at(entry.value, {"GlobalIPv6Address"}).value_or("");
    if (const auto aliases = array_at(entry.value, {"Aliases"})) {
      for (const Json alias : *aliases) {
        std::string_view text;
        if (network.aliases.size() < most && alias.get(text) == simdjson::SUCCESS) network.aliases.emplace_back(text);
      }
    }
    out.push_back(std::move(network));
  }
  return out;
}

}  // namespace

Result<ContainerState> read_container_state(std::string_view body) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /containers/ID/json"));
  const Json root = reply.root();
  ContainerState out;
  const auto id = text_at(root, {"Id"});
  const auto running = truth_at(root, {"State", "Running"});
  if (!id || !running) return wrong_shape("GET /containers/ID/json");
  out.id = {*id};
  out.running = *running;
  out.name = text_at(root, {"Name"}).value_or("");
  if (out.name.starts_with('/')) out.name.erase(0, 1);
  out.image = text_at(root, {"Config", "Image"}).value_or("");
  out.paused = truth_at(root, {"State", "Paused"}).value_or(false);
  out.restarting = truth_at(root, {"State", "Restarting"}).value_or(false);
  out.started_at = text_at(root, {"State", "StartedAt"}).value_or("");
  out.network_mode = text_at(root, {"HostConfig", "NetworkMode"}).value_or("");
  const int64_t pid = whole_at(root, {"State", "Pid"}).value_or(0);
  if (out.running && pid > 0 && pid <= INT32_MAX) out.pid = static_cast<int>(pid);
  if (const auto labels = object_at(root, {"Config", "Labels"})) {
    for (const auto label : *labels) {
      std::string_view text;
      if (label.value.get(text) == simdjson::SUCCESS) out.labels[std::string(label.key)] = std::string(text);
    }
  }
  out.networks = read_joined(root);
  return out;
}

Status DockerControl::begin() {
  DockerSession session(machine_, socket_);
  PLIMSOLL_TRY(version, session.agree_on_version());
  prefix_ = session.prefix();
  return Done{};
}

Result<std::string> DockerControl::ask(std::string_view method, const std::string& target, std::string_view body,
                                       int seconds) const {
  PLIMSOLL_TRY(reply, machine_.http_unix(socket_, method, prefix_ + target, body, most_reply, seconds));
  // 304: it is so already.
  if ((reply.status >= 200 && reply.status < 300) || reply.status == 304) return std::move(reply.body);
  return Error{kind_of(reply.status),
               "the engine answers " + std::to_string(reply.status) + ": " + printable(trim(reply.body), 200),
               printable(socket_) + " " + std::string(method) + " " + printable(target, 200)};
}

Status DockerControl::tell(const std::string& id, const std::string& verb, int seconds) const {
  PLIMSOLL_CHECK(check_name(id));
  PLIMSOLL_TRY(done, ask("POST", "/containers/" + id + "/" + verb, "", seconds));
  return Done{};
}

Result<ContainerState> DockerControl::inspect(const std::string& id) const {
  PLIMSOLL_TRY(body, description(id));
  return read_container_state(body);
}

Result<std::vector<ContainerId>> DockerControl::running() const {
  PLIMSOLL_TRY(body, ask("GET", "/containers/json", "", reply_seconds));
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /containers/json"));
  const auto list = array_at(reply.root(), {});
  if (!list) return wrong_shape("GET /containers/json");
  std::vector<ContainerId> out;
  for (const Json item : *list) {
    if (auto id = text_at(item, {"Id"})) out.push_back({std::move(*id)});
  }
  return out;
}

Status DockerControl::pause(const std::string& id) const { return tell(id, "pause"); }
Status DockerControl::unpause(const std::string& id) const { return tell(id, "unpause"); }
Status DockerControl::kill(const std::string& id) const { return tell(id, "kill"); }
Status DockerControl::start(const std::string& id) const { return tell(id, "start", 30); }

Status DockerControl::stop(const std::string& id, int seconds) const {
  return tell(id, "stop?t=" + std::to_string(seconds), seconds + reply_seconds);
}

Status DockerControl::restart(const std::string& id, int seconds) const {
  return tell(id, "restart?t=" + std::to_string(seconds), seconds + 3 * reply_seconds);
}

Status DockerControl::disconnect(const std::string& id, const std::string& network) const {
  PLIMSOLL_CHECK(check_name(id));
  PLIMSOLL_CHECK(check_name(network));
  PLIMSOLL_TRY(done, ask("POST", "/networks/" + network + "/disconnect",
                         "{\"Container\":" + quoted(id) + ",\"Force\":true}", reply_seconds));
  return Done{};
}

Status DockerControl::connect(const std::string& id, const JoinedNetwork& network) const {
  PLIMSOLL_CHECK(check_name(id));
  const std::string& which = network.id.empty() ? network.name : network.id;
  PLIMSOLL_CHECK(check_name(which));
  PLIMSOLL_TRY(done, ask("POST", "/networks/" + which + "/connect", joining(id, network), reply_seconds));
  return Done{};
}

Result<std::string> DockerControl::description(const std::string& id) const {
  PLIMSOLL_CHECK(check_name(id));
  return ask("GET", "/containers/" + id + "/json", "", reply_seconds);
}

Result<std::string> DockerControl::changes(const std::string& id) const {
  PLIMSOLL_CHECK(check_name(id));
  return ask("GET", "/containers/" + id + "/changes", "", 3 * reply_seconds);
}

Result<std::string> DockerControl::processes(const std::string& id) const {
  PLIMSOLL_CHECK(check_name(id));
  return ask("GET", "/containers/" + id + "/top?ps_args=-eo%20pid,ppid,user,lstart,args", "", reply_seconds);
}

}  // namespace plimsoll::runtime

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/demo_docker.h"
#include "cli/demo_images.h"
#include "cli/demo_scene.h"
#include "cli/exit_code.h"
#include "model/capabilities.h"

namespace plimsoll::cli {
namespace {

using nlohmann::json;

const char* const label_filter = "%7B%22label%22%3A%5B%22plimsoll.demo%3D1%22%5D%7D";  // {"label":["plimsoll.demo=1"]}

struct DemoOptions {
  std::string socket = "/var/run/docker.sock";
  std::string cache = "/var/cache/plimsoll/demo";
  bool keep_images = false;
};

void say(const std::string& line) { std::fprintf(stderr, "plimsoll: %s\n", printable(line).c_str()); }

json labels() { return {{"plimsoll.demo", "1"}}; }

// What stands under a name of the demo, if it is the demo's: an object of the same name that is not ours is left alone.
enum class Standing { absent, ours, foreign };

Result<Standing> standing(const DemoDocker& docker, const std::string& path, bool container) {
  PLIMSOLL_TRY(reply, docker.call("GET", path));
  if (reply.status == 404) return Standing::absent;
  const json object = json::parse(reply.body, nullptr, false);
  if (!reply.ok() || object.is_discarded())
    return Error{ErrorKind::malformed, "an answer that is not understood", "GET " + path};
  const json& holder = container ? object.value("Config", json::object()) : object;
  const json found = holder.value("Labels", json());
  return found.is_object() && found.value("plimsoll.demo", "") == "1" ? Standing::ours : Standing::foreign;
}

Error foreign(const std::string& name) {
  return {ErrorKind::conflict,
          "'" + name + "' exists and was not made by this demo",
          {},
          "rename or remove it, then run the demo again"};
}

Status make_network(const DemoDocker& docker, const DemoNetwork& network) {
  PLIMSOLL_TRY(there, standing(docker, "/networks/" + network.name, false));
  if (there == Standing::foreign) return foreign(network.name);
  if (there == Standing::ours) return Done{};
  say("making network " + network.name + " (" + network.subnet + (network.internal ? ", no way out)" : ")"));
  json request = {{"Name", network.name},
                  {"CheckDuplicate", true},
                  {"Internal", network.internal},
                  {"Labels", labels()},
                  {"IPAM", {{"Config", json::array({{{"Subnet", network.subnet}, {"Gateway", network.gateway}}})}}}};
  if (!network.internal) request["Options"] = {{"com.docker.network.bridge.enable_ip_masquerade", "false"}};
  Result<std::string> made = docker.expect("POST", "/networks/create", request.dump());
  if (!made.ok()) return std::move(made).error();
  return Done{};
}

json endpoint(const std::string& address) { return {{"IPAMConfig", {{"IPv4Address", address}}}}; }

json creation_of(const DemoContainer& c) {
  json host = {{"NetworkMode", c.networks.front().first}, {"Privileged", c.privileged}};
  if (!c.bind.empty()) host["Binds"] = json::array({c.bind});
  json request = {{"Image", c.image}, {"Cmd", c.command}, {"Labels", labels()}};
  if (c.publish_host_port != 0) {
    const std::string port = std::to_string(c.publish_container_port) + "/tcp";
    request["ExposedPorts"] = {{port, json::object()}};
    host["PortBindings"] = {
        {port, json::array({{{"HostIp", c.publish_address}, {"HostPort", std::to_string(c.publish_host_port)}}})}};
  }
  request["HostConfig"] = host;
  request["NetworkingConfig"] = {
      {"EndpointsConfig", {{c.networks.front().first, endpoint(c.networks.front().second)}}}};
  return request;
}

// The capabilities that an engine on this machine can never give (it has lost them itself), by name.
json missing_capabilities() {
  json missing = json::array();
  const Result<std::string> status = read_file("/proc/1/status", 1 << 16);
  const size_t at = status.ok() ? status->find("CapBnd:\t") : std::string::npos;
  const auto bound =
      at == std::string::npos ? std::nullopt : parse_uint(std::string_view(*status).substr(at + 8, 16), 16);
  for (size_t bit = 0; bound && bit < capability_by_bit.size(); ++bit) {
    if ((*bound >> bit & 1) == 0) missing.push_back(capability_by_bit[bit].name);
  }
  return missing;
}

// What --privileged gives, spelled out, without the capabilities the engine itself does not have.
json nearly_privileged(const DemoContainer& c) {
  json request = creation_of(c);
  json& host = request["HostConfig"];
  host["Privileged"] = false;
  host["CapAdd"] = json::array({"ALL"});
  host["CapDrop"] = missing_capabilities();
  host["SecurityOpt"] = json::array({"seccomp=unconfined", "apparmor=unconfined"});
  host["DeviceCgroupRules"] = json::array({"a *:* rwm"});
  host["MaskedPaths"] = host["ReadonlyPaths"] = json::array();
  return request;
}

Status start_nearly_privileged(const DemoDocker& docker, const DemoContainer& c) {
  say("this machine lacks capabilities that --privileged needs; " + c.name + " gets every one there is instead");
  Result<std::string> gone = docker.expect("DELETE", "/containers/" + c.name + "?force=1");
  if (!gone.ok()) return std::move(gone).error();
  Result<std::string> made = docker.expect("POST", "/containers/create?name=" + c.name, nearly_privileged(c).dump());
  if (!made.ok()) return std::move(made).error();
  Result<std::string> started = docker.expect("POST", "/containers/" + c.name + "/start");
  if (!started.ok()) return std::move(started).error();
  return Done{};
}

Status start_container(const DemoDocker& docker, const DemoContainer& c) {
  PLIMSOLL_TRY(there, standing(docker, "/containers/" + c.name + "/json", true));
  if (there == Standing::foreign) return foreign(c.name);
  if (there == Standing::absent) {
    say("starting " + c.name);
    Result<std::string> made = docker.expect("POST", "/containers/create?name=" + c.name, creation_of(c).dump());
    if (!made.ok()) return std::move(made).error();
    for (size_t i = 1; i < c.networks.size(); ++i) {
      const json request = {{"Container", c.name}, {"EndpointConfig", endpoint(c.networks[i].second)}};
      Result<std::string> joined =
          docker.expect("POST", "/networks/" + c.networks[i].first + "/connect", request.dump());
      if (!joined.ok()) return std::move(joined).error();
    }
  }
  Result<std::string> started =
      docker.expect("POST", "/containers/" + c.name + "/start", {}, 304);  // 304: it runs already
  if (started.ok()) return Done{};
  if (c.privileged && started.error().message.find("unable to apply caps") != std::string::npos)
    return start_nearly_privileged(docker, c);
  return std::move(started).error();
}

// The scene lives once the visitor got an answer through all of its parts.
Status wait_for_talk(const DemoDocker& docker) {
  for (int i = 0; i < 60; ++i) {
    PLIMSOLL_TRY(log, docker.call("GET", "/containers/plimsoll-demo-visitor/logs?stdout=1&tail=5"));
    if (log.body.find("visited 200") != std::string::npos) return Done{};
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  return Error{
      ErrorKind::timeout, "the demo's visitor got no answer within 30 s", {}, "see docker logs plimsoll-demo-visitor"};
}

Status bring_up(const DemoOptions& options) {
  const DemoDocker docker(options.socket);
  PLIMSOLL_TRY(alive, docker.expect("GET", "/version"));
  say("demo up: builds 5 images from Debian packages (first time: some minutes), makes 5 networks and starts 10 "
      "containers,");
  say("one of them privileged and one with the engine's socket; nothing of it sends a packet off this machine. demo "
      "down removes it.");
  PLIMSOLL_CHECK(make_demo_images(docker, options.cache, say));
  for (const DemoNetwork& network : demo_networks()) PLIMSOLL_CHECK(make_network(docker, network));
  for (const DemoContainer& container : demo_containers()) PLIMSOLL_CHECK(start_container(docker, container));
  return wait_for_talk(docker);
}

int run_up(const DemoOptions& options) {
  const Status status = bring_up(options);
  if (!status.ok()) return fail(status.error(), exit_incomplete);
  say("the demo is up: plimsoll scan");
  return exit_done;
}

int run_status(const DemoOptions& options) {
  const DemoDocker docker(options.socket);
  size_t running = 0;
  for (const DemoContainer& container : demo_containers()) {
    const Result<DemoDocker::Reply> reply = docker.call("GET", "/containers/" + container.name + "/json");
    if (!reply.ok()) return fail(reply.error(), exit_incomplete);
    const json object = json::parse(reply->body, nullptr, false);
    const std::string state = reply->ok() && !object.is_discarded()
                                  ? object.value("State", json::object()).value("Status", "unknown")
                                  : "absent";
    running += state == "running" ? 1 : 0;
    std::printf("%-28s %s\n", container.name.c_str(), printable(state).c_str());
  }
  return running == demo_containers().size() ? exit_done : exit_incomplete;
}

// Removes what carries the demo's label, and only that.
Status remove_labelled(const DemoDocker& docker, const std::string& list, const std::string& path,
                       const std::string& query, const std::string& id_field) {
  PLIMSOLL_TRY(text, docker.expect("GET", list + label_filter));
  const json found = json::parse(text, nullptr, false);
  if (!found.is_array()) return Error{ErrorKind::malformed, "an answer that is not understood", "GET " + list};
  for (const json& object : found) {
    const std::string id = object.value(id_field, "");
    const json names = object.value("Names", object.value("RepoTags", json()));
    say("removing " + (names.is_array() && !names.empty() && names[0].is_string() ? names[0].get<std::string>()
                                                                                  : object.value("Name", id)));
    Result<std::string> gone = docker.expect("DELETE", path + id + query, {}, 404);
    if (!gone.ok()) return std::move(gone).error();
  }
  return Done{};
}

Status bring_down(const DemoOptions& options) {
  const DemoDocker docker(options.socket);
  PLIMSOLL_CHECK(remove_labelled(docker, "/containers/json?all=1&filters=", "/containers/", "?force=1&v=1", "Id"));
  PLIMSOLL_CHECK(remove_labelled(docker, "/networks?filters=", "/networks/", "", "Id"));
  if (options.keep_images) return Done{};
  return remove_labelled(docker, "/images/json?filters=", "/images/", "?force=1", "Id");
}

int run_down(const DemoOptions& options) {
  const Status status = bring_down(options);
  return status.ok() ? exit_done : fail(status.error(), exit_incomplete);
}

}  // namespace

void add_demo(CLI::App& app, Run& run) {
  const auto options = std::make_shared<DemoOptions>();
  CLI::App* demo = app.add_subcommand("demo", "A scene of real containers to look at");
  demo->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*body)(const DemoOptions&)) {
    CLI::App* command = demo->add_subcommand(name, help);
    command->add_option("--docker-socket", options->socket, "Socket of the Docker Engine")
        ->envname("PLIMSOLL_DOCKER_SOCKET");
    command->callback([options, body, &run] { run = [options, body] { return body(*options); }; });
    return command;
  };
  add("up", "Build the images, start the containers", run_up)
      ->add_option("--cache", options->cache, "Where images are built")
      ->envname("PLIMSOLL_DEMO_CACHE");
  add("status", "Which of its containers run", run_status);
  add("down", "Remove what the demo made", run_down)
      ->add_flag("--keep-images", options->keep_images, "Leave the images, so that the next up is quick");
}

}  // namespace plimsoll::cli

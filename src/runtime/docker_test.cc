#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/runtime.h"
#include "system/memory_machine.h"

namespace plimsoll::runtime {
namespace {

using system::MemoryMachine;

const std::string socket = "/var/run/docker.sock";
const std::string web = std::string(60, 'a') + "0001";
const std::string side = std::string(60, 'a') + "0002";
const std::string gone = std::string(60, 'a') + "0003";
const std::string backend_net = std::string(64, 'b');

// Replies of Docker 20.10.24, API 1.41, cut to the members that matter.
constexpr const char* version_reply = R"({"Platform":{"Name":""},"Components":[
  {"Name":"Engine","Version":"20.10.24+dfsg1","Details":{"ApiVersion":"1.41","MinAPIVersion":"1.12"}},
  {"Name":"containerd","Version":"1.6.20~ds1","Details":{"GitCommit":"1.6.20~ds1-1+b1"}},
  {"Name":"runc","Version":"1.1.5+ds1"},{"Name":"docker-init","Version":"0.19.0"}],
  "Version":"20.10.24+dfsg1","ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux","Arch":"amd64"})";
constexpr const char* info_reply = R"({"ID":"X","Containers":2,"Driver":"overlay2","LiveRestoreEnabled":false,
  "CgroupDriver":"cgroupfs","CgroupVersion":"1","ExperimentalBuild":false,"Debug":true,"DefaultRuntime":"runc",
  "LoggingDriver":"json-file","SecurityOptions":["name=seccomp,profile=default","name=apparmor"],
  "RegistryConfig":{"InsecureRegistryCIDRs":["127.0.0.0/8","10.0.0.0/8"],
  "IndexConfigs":{"docker.io":{"Name":"docker.io","Secure":true},"old.local:5000":{"Secure":false}},
  "Mirrors":["https://mirror.local/"]}})";

std::string networks_reply() {
  return R"([{"Name":"bridge","Id":"net0","Driver":"bridge","Internal":false,"IPAM":{"Config":[{"Subnet":"172.17.0.0/16"}]},
    "Options":{"com.docker.network.bridge.enable_icc":"false"}},
    {"Name":"back","Id":")" +
         backend_net + R"(","Driver":"bridge","Internal":true,"IPAM":{"Config":null},"Options":{}}])";
}

std::string list_entry(const std::string& id, const std::string& name, const std::string& state) {
  return R"({"Id":")" + id + R"(","Names":["/)" + name + R"("],"Image":"nginx:1","ImageID":"sha256:cc","State":")" +
         state + R"(","Created":1700000000,"Labels":{"a":"b"},"Ports":[]})";
}

std::string inspect_web() {
  return R"({"Id":")" + web + R"(","Created":"2026-11-24T08:00:00.123456789Z","Image":"sha256:dd","Name":"/web",
    "State":{"Status":"running","Running":true,"Paused":false,"Pid":812},
    "HostConfig":{"Privileged":true,"ReadonlyRootfs":false,"PidMode":"","NetworkMode":"back"},
    "Config":{"User":"nginx","Image":"nginx:1.25","Labels":{"k":"v"},"Env":["PATH=/bin","DB_PASSWORD=hunter2","API_TOKEN="]},
    "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],
      "443/tcp":null,"9000/tcp":[{"HostIp":"127.0.0.1","HostPort":"9000"}]},
    "Networks":{"back":{"NetworkID":")" +
         backend_net + R"(","IPAddress":"172.18.0.2","GlobalIPv6Address":"fd00::2"}}}})";
}

std::string inspect_side() {
  return R"({"Name":"/side","Image":"sha256:ee","State":{"Status":"paused","Pid":0},
    "HostConfig":{"Privileged":false,"ReadonlyRootfs":true,"PidMode":"container:)" +
         web + R"(","NetworkMode":"container:)" + web +
         R"("},"Config":{"User":"","Image":"side","Labels":{},"Env":null},"NetworkSettings":{"Ports":{},"Networks":{}}})";
}

void fill(MemoryMachine& machine) {
  machine.add_reply(socket, "GET", "/version", 200, version_reply);
  machine.add_reply(socket, "GET", "/v1.41/info", 200, info_reply);
  machine.add_reply(socket, "GET", "/v1.41/networks", 200, networks_reply());
  machine.add_reply(socket, "GET", "/v1.41/containers/json", 200,
                    "[" + list_entry(web, "web", "running") + "," + list_entry(side, "side", "paused") + "," +
                        list_entry(gone, "gone", "running") + "]");
  machine.add_reply(socket, "GET", "/v1.41/containers/" + web + "/json", 200, inspect_web());
  machine.add_reply(socket, "GET", "/v1.41/containers/" + side + "/json", 200, inspect_side());
  machine.add_file("/proc/812/cgroup", "5:memory:/docker/" + web + "/nested\n0::/\n");
}

const Listed* find(const Answer& answer, const std::string& name) {
  for (const Listed& listed : answer.containers) {
    if (listed.facts.name == name) return &listed;
  }
  return nullptr;
}

TEST(AskDocker, TellsTheEngine) {
  MemoryMachine machine;
  fill(machine);
  const auto answer = ask_docker(machine, socket);
  ASSERT_TRUE(answer.ok()) << answer.error().to_string();
  const RuntimeFacts& facts = answer->facts;
  EXPECT_EQ(facts.name, "docker");
  EXPECT_EQ(facts.version, "20.10.24+dfsg1");
  EXPECT_EQ(facts.socket, socket);
  EXPECT_EQ(facts.component_versions.at("runc"), "1.1.5+ds1");
  EXPECT_EQ(facts.component_versions.at("docker"), "20.10.24+dfsg1");
  const auto setting = [&](const char* name) { return facts.settings.at(name).value.value_or("?"); };
  EXPECT_EQ(setting("live-restore"), "false");
  EXPECT_EQ(setting("userns-remap"), "false");
  EXPECT_EQ(setting("seccomp"), "default");
  EXPECT_EQ(setting("apparmor"), "true");
  EXPECT_EQ(setting("cgroup-driver"), "cgroupfs");
  EXPECT_EQ(setting("debug"), "true");
  EXPECT_EQ(setting("icc"), "false");
  EXPECT_EQ(setting("icc:back"), "true");
  EXPECT_EQ(setting("registry-mirrors"), "https://mirror.local/");
  EXPECT_EQ(setting("insecure-registries"), "10.0.0.0/8 old.local:5000");
  EXPECT_TRUE(facts.rootless.is(false));
  ASSERT_EQ(answer->networks.size(), 2u);
  EXPECT_TRUE(answer->networks[1].internal);
  EXPECT_EQ(answer->networks[0].subnets, std::vector<std::string>{"172.17.0.0/16"});
  EXPECT_TRUE(answer->not_assessed.empty());
}

TEST(AskDocker, TellsAContainer) {
  MemoryMachine machine;
  fill(machine);
  const auto answer = ask_docker(machine, socket);
  ASSERT_TRUE(answer.ok());
  const Listed* listed = find(*answer, "web");
  ASSERT_NE(listed, nullptr);
  const ContainerFacts& facts = listed->facts;
  EXPECT_EQ(listed->cgroup, "/docker/" + web);
  EXPECT_EQ(facts.id.value, web);
  EXPECT_EQ(facts.runtime, "docker");
  EXPECT_EQ(facts.image_ref, "nginx:1.25");
  EXPECT_EQ(facts.image.value, "sha256:dd");
  EXPECT_EQ(facts.status, "running");
  EXPECT_EQ(facts.pid, 812);
  EXPECT_EQ(facts.created, parse_rfc3339("2026-11-24T08:00:00Z").value());
  EXPECT_EQ(facts.labels.at("k"), "v");
  EXPECT_TRUE(facts.privileged.is(true));
  EXPECT_TRUE(facts.read_only_root.is(false));
  EXPECT_EQ(facts.user_configured.value, "nginx");
  EXPECT_TRUE(facts.rootless_runtime.is(false));
  EXPECT_EQ(facts.secret_variable_names, (std::vector<std::string>{"API_TOKEN", "DB_PASSWORD"}));
  ASSERT_EQ(facts.published.value->size(), 3u);
  const auto outside = [](const PublishedPort& port) { return port.outside; };
  EXPECT_EQ(std::count_if(facts.published.value->begin(), facts.published.value->end(), outside), 2);
  ASSERT_EQ(facts.networks.value->size(), 1u);
  EXPECT_EQ(facts.networks.value->at(0), (NetworkAttachment{backend_net, "back", "172.18.0.2", "fd00::2", true}));
}

TEST(AskDocker, AContainerInAnothersNamespaces) {
  MemoryMachine machine;
  fill(machine);
  const auto answer = ask_docker(machine, socket);
  ASSERT_TRUE(answer.ok());
  const Listed* listed = find(*answer, "side");
  ASSERT_NE(listed, nullptr);
  EXPECT_EQ(listed->facts.status, "paused");
  EXPECT_EQ(listed->facts.joined_pid_namespace_of, web);
  EXPECT_EQ(listed->facts.networks.value, find(*answer, "web")->facts.networks.value);
  EXPECT_EQ(listed->facts.published.value->size(), 3u);
  EXPECT_EQ(listed->cgroup, "");
}

TEST(AskDocker, OneThatVanishesIsNoFault) {
  MemoryMachine machine;
  fill(machine);  // "gone" is listed; inspect answers 404
  const auto answer = ask_docker(machine, socket);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(find(*answer, "gone"), nullptr);
  EXPECT_TRUE(answer->not_assessed.empty());
}

TEST(AskDocker, ABrokenInspectKeepsTheContainer) {
  for (const auto& [status, body] :
       std::vector<std::pair<int, std::string>>{{200, "{\"State\""}, {500, "boom"}, {200, "[]"}}) {
    MemoryMachine machine;
    fill(machine);
    machine.add_reply(socket, "GET", "/v1.41/containers/" + web + "/json", status, body);
    const auto answer = ask_docker(machine, socket);
    ASSERT_TRUE(answer.ok());
    const Listed* listed = find(*answer, "web");
    ASSERT_NE(listed, nullptr);
    EXPECT_EQ(listed->facts.image_ref, "nginx:1");
    EXPECT_FALSE(listed->facts.privileged.known());
    EXPECT_FALSE(listed->facts.published.known());
    EXPECT_FALSE(listed->facts.privileged.unknown.empty());
    ASSERT_EQ(answer->not_assessed.size(), 1u);
    EXPECT_EQ(answer->not_assessed[0].what, "configuration of container web");
  }
}

TEST(AskDocker, WhatTheEngineDoesNotTellIsUnknown) {
  MemoryMachine machine;
  fill(machine);
  machine.add_reply(socket, "GET", "/v1.41/info", 500, "{\"message\":\"no\"}");
  machine.fail_request(socket, "GET", "/v1.41/networks", ErrorKind::timeout);
  machine.add_reply(socket, "GET", "/v1.41/containers/json", 200, "not json");
  const auto answer = ask_docker(machine, socket);
  ASSERT_TRUE(answer.ok());
  EXPECT_FALSE(answer->facts.settings.at("live-restore").known());
  EXPECT_FALSE(answer->facts.rootless.known());
  EXPECT_TRUE(answer->containers.empty());
  ASSERT_EQ(answer->not_assessed.size(), 3u);
  EXPECT_EQ(answer->not_assessed[2].what, "containers of docker");
}

TEST(AskDocker, AnEngineThatHangsIsWaitedForOnce) {
  MemoryMachine machine;
  fill(machine);
  machine.fail_request(socket, "GET", "/v1.41/info", ErrorKind::timeout);
  const auto answer = ask_docker(machine, socket);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(machine.requests().back(), "GET /v1.41/info");
  EXPECT_TRUE(answer->containers.empty());
  EXPECT_EQ(answer->not_assessed.size(), 3u);
  EXPECT_EQ(answer->settings.at("networks").kind, FactTree::Kind::unknown);
  EXPECT_EQ(answer->settings.at("images").kind, FactTree::Kind::unknown);
}

TEST(AskDocker, NoEngine) {
  const MemoryMachine empty;
  EXPECT_EQ(ask_docker(empty, socket).error().kind, ErrorKind::not_found);
  MemoryMachine denied;
  denied.fail(socket, ErrorKind::denied);
  EXPECT_EQ(ask_docker(denied, socket).error().kind, ErrorKind::denied);
  MemoryMachine silent;
  silent.fail_request(socket, "GET", "/version", ErrorKind::unreachable);
  EXPECT_EQ(ask_docker(silent, socket).error().kind, ErrorKind::unreachable);
  MemoryMachine odd;
  odd.add_reply(socket, "GET", "/version", 200, "<html>");
  EXPECT_EQ(ask_docker(odd, socket).error().kind, ErrorKind::malformed);
}

TEST(AskDocker, OnlyReads) {
  MemoryMachine machine;
  fill(machine);
  ASSERT_TRUE(ask_docker(machine, socket).ok());
  for (const std::string& request : machine.requests()) EXPECT_TRUE(request.starts_with("GET /")) << request;
}

}  // namespace
}  // namespace plimsoll::runtime

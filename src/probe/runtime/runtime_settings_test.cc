#include "probe/runtime/runtime_settings.h"

#include <gtest/gtest.h>

#include "probe/runtime/daemon_process.h"
#include "probe/runtime/daemon_settings.h"
#include "runtime/runtime.h"
#include "system/memory_machine.h"

namespace plimsoll::probe {
namespace {

using namespace std::string_literals;
using Kind = FactTree::Kind;
using system::MemoryMachine;

std::string stat_line(int pid, uint64_t start) {
  std::string line = std::to_string(pid) + " (x) S 1";
  for (int field = 5; field < 22; ++field) line += " 0";
  return line + " " + std::to_string(start) + " 0 0\n";
}

void add_process(MemoryMachine& machine, int pid, const std::string& name, const std::string& command_line,
                 uint64_t started = 100, int parent = 1) {
  const std::string directory = "/proc/" + std::to_string(pid) + "/";
  machine
      .add_file(directory + "status",
                "Name:\t" + name + "\nState:\tS\nPPid:\t" + std::to_string(parent) + "\nUid:\t0\t0\t0\t0\n")
      .add_file(directory + "stat", stat_line(pid, started))
      .add_file(directory + "cgroup", "0::/system.slice/docker.service\n")
      .add_file(directory + "cmdline", command_line)
      .add_file(directory + "limits",
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                "Max open files            1024                 1048576              files     \n")
      .add_link(directory + "exe", "/usr/bin/" + name);
}

void add_host(MemoryMachine& machine) {
  machine
      .add_file("/etc/passwd",
                "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\nbob:x:1001:120::/:/bin/sh\n")
      .add_file("/etc/group", "root:x:0:\ndocker:x:120:alice,root\n")
      .add_link("/var/run", "/run")
      .add_socket("/run/docker.sock", 0660)
      .add_file("/usr/bin/dockerd", "elf", 0755)
      .add_file("/usr/bin/runc", "elf", 0755)
      .add_directory("/var/lib/docker", 0710)
      .add_file("/proc/1/mountinfo",
                "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /var/lib/docker rw - ext4 /dev/sda2 rw\n")
      .add_file("/lib/systemd/system/docker.service", "[Service]\n", 0644)
      .add_file("/etc/docker/daemon.json",
                R"({"icc": false, "hosts": ["unix:///run/docker.sock"], "log-level": "warn"})", 0600);
}

FactTree engine() {
  FactTree tree = runtime::unanswered_settings("docker", "/var/run/docker.sock", "no answer");
  tree.members["security"] = FactTree::map_of({});
  return tree;
}

FactTree docker_of(const MemoryMachine& machine) { return runtime_settings(machine, {engine()}).items.at(0); }

TEST(RuntimeSettings, ASettingComesFromTheCommandLineTheFileOrTheDefault) {
  MemoryMachine machine;
  add_host(machine);
  add_process(
      machine, 50, "dockerd",
      "/usr/bin/dockerd\0--userland-proxy=false\0-l\0debug\0--log-level\0info\0--insecure-registry\0a:1\0--insecure-registry=b:2\0"s);
  const FactTree docker = docker_of(machine);
  const FactTree& daemon = docker.at("daemon");
  EXPECT_FALSE(daemon.at("icc").boolean);
  EXPECT_EQ(daemon.at("icc").source, "/etc/docker/daemon.json");
  EXPECT_EQ(daemon.at("log-level").text, "info");  // the last flag wins
  EXPECT_EQ(daemon.at("log-level").source, "/proc/50/cmdline --log-level");
  EXPECT_FALSE(daemon.at("userland-proxy").boolean);
  EXPECT_EQ(daemon.at("insecure-registries").items.size(), 2U);
  EXPECT_FALSE(daemon.at("live-restore").boolean);
  EXPECT_EQ(daemon.at("live-restore").source, "dockerd's default");
  EXPECT_EQ(docker.at("limits").at("open_files").integer, 1048576);
  EXPECT_EQ(docker.at("uid").integer, 0);
}

TEST(RuntimeSettings, TheDaemonOfTheSocketIsLookedAtNotAnother) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 50, "dockerd", "/usr/bin/dockerd\0--iptables=false\0"s, 100);
  add_process(machine, 60, "dockerd", "/usr/bin/dockerd\0-H\0unix:///run/other.sock\0--config-file=/none\0"s, 200);
  EXPECT_FALSE(docker_of(machine).at("daemon").at("iptables").boolean);
  add_process(machine, 70, "dockerd", "/usr/bin/dockerd\0-Hunix:///var/run/docker.sock\0"s, 300);
  EXPECT_TRUE(docker_of(machine).at("daemon").at("iptables").boolean);  // the newest of that socket
}

TEST(RuntimeSettings, WhatTheEngineSaysIsInForce) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 50, "dockerd", "/usr/bin/dockerd\0"s);
  FactTree answered = engine();
  answered.members["info"] =
      FactTree::map_of({{"live_restore", FactTree::of(true, "/info")}, {"root_dir", FactTree::of("/srv/d")}});
  answered.members["security"] =
      FactTree::map_of({{"userns", FactTree::of("on")}, {"no-new-privileges", FactTree::of("on")}});
  answered.members["networks"] =
      FactTree::list_of({FactTree::map_of({{"name", FactTree::of("bridge")}, {"icc", FactTree::of(true)}})});
  const FactTree docker = runtime_settings(machine, {answered}).items.at(0);
  EXPECT_TRUE(docker.at("daemon").at("live-restore").boolean);
  EXPECT_TRUE(docker.at("daemon").at("icc").boolean);  // the file has changed since the daemon read it
  EXPECT_EQ(docker.at("daemon").at("userns-remap").text, "on");
  EXPECT_TRUE(docker.at("daemon").at("no-new-privileges").boolean);
  EXPECT_EQ(docker.at("daemon").at("data-root").text, "/srv/d");
}

TEST(RuntimeSettings, ABrokenFileMakesItsSettingsUnknown) {
  MemoryMachine machine;
  add_host(machine);
  machine.add_file("/etc/docker/daemon.json", "{\"icc\": fals", 0600);
  add_process(machine, 50, "dockerd", "/usr/bin/dockerd\0--live-restore\0"s);
  const FactTree docker = docker_of(machine);
  EXPECT_EQ(docker.at("daemon").at("icc").kind, Kind::unknown);
  EXPECT_TRUE(docker.at("daemon").at("live-restore").boolean);
  EXPECT_FALSE(docker.at("config_file").at("valid").boolean);
  EXPECT_EQ(docker.at("config_file").at("valid").kind, Kind::boolean);
  machine.fail_reading("/etc/docker/daemon.json", ErrorKind::denied, "permission denied");
  EXPECT_EQ(docker_of(machine).at("config_file").at("valid").kind, Kind::unknown);
  EXPECT_EQ(docker_of(machine).at("daemon").at("icc").kind, Kind::unknown);
  machine.add_file("/etc/docker/daemon.json", R"({"icc": true, "icc": false})");
  EXPECT_EQ(docker_of(machine).at("config_file").at("repeated").items.at(0).text, "icc");
}

TEST(RuntimeSettings, WithoutItsProcessDefaultsAreNotTaken) {
  MemoryMachine machine;
  add_host(machine);
  const FactTree docker = docker_of(machine);
  EXPECT_FALSE(docker.at("daemon").at("icc").boolean);  // the file says so
  EXPECT_EQ(docker.at("daemon").at("live-restore").kind, Kind::unknown);
  EXPECT_EQ(docker.at("uid").kind, Kind::unknown);
}

TEST(RuntimeSettings, FilesOwnersAndGroups) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 50, "dockerd", "/usr/bin/dockerd\0--tlscacert=/etc/docker/ca.pem\0"s);
  machine.add_file("/etc/docker/ca.pem", "x", 0577, 1000, 120)
      .add_file("/etc/docker/certs.d/r.example:5000/ca.crt", "x", 0444)
      .add_file("/etc/systemd/system/docker.service.d/10.conf", "", 0664);
  const FactTree docker = docker_of(machine), files = docker.at("files");
  EXPECT_EQ(files.at("service_unit").at("path").text, "/lib/systemd/system/docker.service");
  EXPECT_EQ(files.at("socket_unit").kind, Kind::absent);
  EXPECT_EQ(files.at("daemon_json").at("mode").integer, 0600);
  EXPECT_EQ(files.at("tls_ca").at("mode").integer, 0577);
  EXPECT_EQ(files.at("tls_ca").at("user").text, "alice");
  EXPECT_EQ(files.at("tls_ca").at("group").text, "docker");
  EXPECT_EQ(files.at("tls_key").kind, Kind::absent);
  EXPECT_EQ(files.at("socket").at("type").text, "socket");
  EXPECT_EQ(files.at("registry_certificates").items.size(), 1U);
  EXPECT_EQ(files.at("drop_ins").items.at(0).at("mode").integer, 0664);
  EXPECT_EQ(files.at("dockerd").at("path").text, "/usr/bin/dockerd");
  EXPECT_EQ(files.at("dockerd").at("exposed_by").kind, Kind::absent);
  ASSERT_EQ(docker.at("group_members").items.size(), 3U);  // two named, and bob, whose own group it is
  EXPECT_EQ(docker.at("group_members").items[1].text, "bob");
  EXPECT_TRUE(docker.at("data_root").at("own_file_system").boolean);
}

TEST(RuntimeSettings, ABindMountOfTheSameFileSystemIsNoOwnOne) {
  MemoryMachine machine;
  add_host(machine);
  machine.add_file("/proc/1/mountinfo",
                   "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:1 /d /var/lib/docker rw - ext4 /dev/sda1 rw\n");
  add_process(machine, 50, "dockerd", "/usr/bin/dockerd\0"s);
  EXPECT_TRUE(docker_of(machine).at("data_root").at("mount_point").boolean);
  EXPECT_FALSE(docker_of(machine).at("data_root").at("own_file_system").boolean);
}

TEST(RuntimeSettings, AuditRulesOfTheKernelAndOfFiles) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 50, "dockerd", "/usr/bin/dockerd\0"s);
  machine.add_file("/etc/audit/rules.d/docker.rules", "-w /etc/docker -p wa\n-w /usr/bin/runc-other -p x\n");
  machine.set_netlink(9, 1013, Error{ErrorKind::denied, "operation not permitted"});
  const FactTree refused = docker_of(machine).at("audit");
  EXPECT_TRUE(refused.at("daemon_json").at("kept").boolean);  // below the watched directory
  EXPECT_EQ(refused.at("daemon_json").at("running").kind, Kind::unknown);
  EXPECT_FALSE(refused.at("runc").at("kept").boolean);  // a name that begins alike is another file
  EXPECT_EQ(refused.at("sysconfig_docker").kind, Kind::absent);
  machine.set_netlink(9, 1013, std::vector<system::Machine::NetlinkReply>{});
  EXPECT_EQ(docker_of(machine).at("audit").at("daemon_json").at("running").kind, Kind::unknown);  // followed, or not?
  machine.set_netlink(9, 1000, std::vector<system::Machine::NetlinkReply>{{1000, std::string(40, '\0')}});
  EXPECT_EQ(docker_of(machine).at("audit").at("daemon_json").at("running").source,
            "auditing is switched off in the kernel");
  machine.set_netlink(
      9, 1000, std::vector<system::Machine::NetlinkReply>{{1000, std::string(4, '\0') + '\1' + std::string(35, '\0')}});
  EXPECT_EQ(docker_of(machine).at("audit").at("daemon_json").at("running").boolean, false);
  EXPECT_EQ(docker_of(machine).at("audit").at("daemon_json").at("running").kind, Kind::boolean);
}

TEST(RuntimeSettings, RuntimesThatAnswerNobody) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 50, "dockerd", "/usr/bin/dockerd\0"s);
  add_process(machine, 51, "containerd", "/usr/bin/containerd\0"s, 101, 50);  // Docker's own
  add_process(machine, 60, "containerd", "/usr/bin/containerd\0"s);
  add_process(machine, 70, "crio", "/usr/bin/crio\0"s);
  const FactTree all = runtime_settings(machine, {});
  ASSERT_EQ(all.items.size(), 3U);
  EXPECT_EQ(all.items[0].at("kind").text, "docker");
  EXPECT_EQ(all.items[0].at("swarm").kind, Kind::unknown);
  EXPECT_EQ(all.items[0].at("daemon").at("storage-driver").kind, Kind::unknown);  // dockerd chose it
  EXPECT_EQ(all.items[0].at("daemon").at("live-restore").kind, Kind::boolean);
  EXPECT_EQ(all.items[1].at("kind").text, "containerd");
  EXPECT_FALSE(all.items[1].at("rootless").boolean);
  EXPECT_EQ(all.items[2].at("kind").text, "cri-o");
  EXPECT_TRUE(runtime_settings(MemoryMachine(), {}).items.empty());
}

TEST(DaemonFlags, AreTakenAsPflagTakesThem) {
  const Flags flags = parse_flags({"dockerd", "-H", "fd://", "--debug", "--icc=false", "-Dl", "--", "--tls"});
  EXPECT_EQ(flags.at("host"), std::vector<std::string>{"fd://"});
  EXPECT_EQ(flags.at("debug").front(), "true");
  EXPECT_EQ(flags.at("icc").back(), "false");
  EXPECT_EQ(flags.count("tls"), 0U);
  EXPECT_TRUE(parse_flags({}).empty());
}

TEST(DaemonFile, IsAnObjectOrEmpty) {
  EXPECT_TRUE(read_daemon_file(" \n", "x")->empty());
  EXPECT_FALSE(read_daemon_file("[]", "x").ok());
  EXPECT_EQ(read_daemon_file(R"({"icc":null})", "x")->at("icc").kind, Kind::absent);
}

TEST(ContentTrust, IsWhatLoginsGet) {
  MemoryMachine machine;
  add_host(machine);
  EXPECT_FALSE(docker_of(machine).at("content_trust").boolean);
  machine.add_file("/etc/profile.d/trust.sh", "export DOCKER_CONTENT_TRUST=\"1\"\n");
  EXPECT_TRUE(docker_of(machine).at("content_trust").boolean);
}

}  // namespace
}  // namespace plimsoll::probe

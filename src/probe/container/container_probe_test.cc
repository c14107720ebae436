#include "probe/container/container_probe.h"

#include <gtest/gtest.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>

#include "base/file.h"
#include "probe/container/devices.h"
#include "probe/container/secret_names.h"
#include "system/memory_machine.h"
#include "system/netlink.h"

namespace plimsoll::probe {
namespace {

using namespace std::string_literals;
using system::FileStat;
using system::MemoryMachine;

const std::string kId(64, 'a');
const std::string kGroup = "/system.slice/docker-" + kId + ".scope";
constexpr uint64_t kAllCapabilities = 0x1ffffffffff;
constexpr uint64_t kDockerDefault = 0xa80425fb;

const std::vector<std::pair<std::string, uint64_t>> kInitial = {
    {"pid", 4026531836},    {"net", 4026531840}, {"ipc", 4026531839},  {"uts", 4026531838},
    {"cgroup", 4026531835}, {"mnt", 4026531841}, {"user", 4026531837}, {"time", 4026531834}};

void add_namespaces(MemoryMachine& machine, const std::string& process, const std::map<std::string, uint64_t>& own) {
  for (const auto& [name, inode] : kInitial) {
    const auto found = own.find(name);
    machine.add_namespace("/proc/" + process + "/ns/" + name, name, found == own.end() ? inode : found->second);
  }
}

std::string stat_line(int pid, uint64_t start = 5000) {
  std::string line = std::to_string(pid) + " (x) S 1";
  for (int field = 5; field < 22; ++field) line += " 0";
  return line + " " + std::to_string(start) + " 0 0\n";
}

std::string hex(uint64_t value) {
  char text[17];
  snprintf(text, sizeof text, "%016lx", static_cast<unsigned long>(value));
  return text;
}

struct Given {
  uint32_t uid = 0;
  uint64_t capabilities = kDockerDefault;
  bool no_new_privs = false;
  int seccomp = 2;
  std::string label = "docker-default (enforce)\n";
};

std::string status_text(const Given& given) {
  const std::string uid = std::to_string(given.uid), caps = hex(given.capabilities);
  return "Name:\tapp\nState:\tS (sleeping)\nPPid:\t1\nUid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid +
         "\nGid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid + "\nGroups:\t \nCapInh:\t" + hex(0) + "\nCapPrm:\t" +
         caps + "\nCapEff:\t" + caps + "\nCapBnd:\t" + caps + "\nCapAmb:\t" + hex(0) + "\nNoNewPrivs:\t" +
         (given.no_new_privs ? "1" : "0") + "\nSeccomp:\t" + std::to_string(given.seccomp) + "\n";
}

// A host with systemd, cgroup v2 and a Docker Engine.
void add_host(MemoryMachine& machine) {
  add_namespaces(machine, "1", {});
  add_namespaces(machine, "2", {});
  machine.add_file("/proc/1/stat", stat_line(1))
      .add_file("/proc/1/cgroup", "0::/init.scope\n")
      .add_file("/proc/1/mountinfo",
                "1 0 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                "2 1 0:20 / /proc rw shared:2 - proc proc rw\n"
                "3 1 0:21 / /sys rw shared:3 - sysfs sysfs rw\n"
                "4 3 0:22 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n"
                "5 1 0:23 / /run rw shared:5 - tmpfs tmpfs rw\n")
      .add_file("/proc/1/net/unix",
                "Num       RefCount Protocol Flags    Type St Inode Path\n"
                "0: 00000002 00000000 00010000 0001 01 20481 /run/docker.sock\n")
      .add_file("/proc/devices", "Character devices:\n  1 mem\n\nBlock devices:\n254 virtblk\n")
      .add_file("/proc/sys/kernel/core_pattern", "core\n")
      .add_file("/proc/sys/kernel/modprobe", "/sbin/modprobe\n")
      .add_file("/proc/sysrq-trigger", "")
      .add_directory("/proc/sys/vm")
      .add_file("/sys/devices/system/cpu/online", "0-3\n")
      .add_socket("/run/docker.sock", 0660)
      .set_stat("/run/docker.sock", FileStat{S_IFSOCK | 0660, 0, 998, 23, 777, 0, 0});
}

const std::string kDefaultMounts =
    "100 50 0:40 / / rw master:9 - overlay overlay rw\n"
    "101 100 0:41 / /proc rw - proc proc rw\n"
    "102 100 0:42 / /dev rw - tmpfs tmpfs rw\n"
    "103 100 0:43 / /sys ro - sysfs sysfs ro\n"
    "104 103 0:22 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n"
    "105 100 8:1 /var/lib/docker/containers/x/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n"
    "106 101 0:41 /sys /proc/sys ro - proc proc rw\n"
    "107 101 0:41 /sysrq-trigger /proc/sysrq-trigger ro - proc proc rw\n";

const std::string kPrivilegedMounts =
    "100 50 0:40 / / rw - overlay overlay rw\n"
    "101 100 0:41 / /proc rw - proc proc rw\n"
    "102 100 0:42 / /dev rw - tmpfs tmpfs rw\n"
    "103 100 0:43 / /sys rw - sysfs sysfs rw\n"
    "105 100 8:1 / /host rw shared:1 - ext4 /dev/sda1 rw\n"
    "106 100 0:23 /docker.sock /engine.sock ro - tmpfs tmpfs rw\n";

const std::map<std::string, uint64_t> kOwnNamespaces = {{"pid", 4026532300}, {"net", 4026532301},
                                                        {"ipc", 4026532302}, {"uts", 4026532303},
                                                        {"mnt", 4026532304}, {"cgroup", 4026532305}};

void add_process(MemoryMachine& machine, int pid, const Given& given, const std::string& mounts,
                 const std::map<std::string, uint64_t>& namespaces = kOwnNamespaces) {
  const std::string base = "/proc/" + std::to_string(pid);
  const std::string heading = "sl\n";
  machine.add_file(base + "/stat", stat_line(pid))
      .add_file(base + "/status", status_text(given))
      .add_file(base + "/cgroup", "0::" + kGroup + "\n")
      .add_file(base + "/attr/current", given.label)
      .add_file(base + "/uid_map", "0 0 4294967295\n")
      .add_file(base + "/mountinfo", mounts)
      .add_file(base + "/maps", "7f00-7f01 r-xp 0 08:02 1 /usr/lib/libc.so.6\n")
      .add_file(base + "/environ", "HOME=/\0DB_PASSWORD=hunter2\0API_TOKEN_FILE=/x\0"s)
      .add_link(base + "/exe", "/usr/bin/app")
      .add_link(base + "/cwd", "/")
      .add_link(base + "/root", "/")
      .add_directory(base + "/root/dev")
      .add_directory(base + "/fd")
      .add_file(base + "/net/route", "Iface\neth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n")
      .add_file(base + "/net/tcp", heading + "0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 501 1\n")
      .add_file(base + "/net/udp", heading);
  add_namespaces(machine, std::to_string(pid), namespaces);
}

runtime::Listed listed(int pid = 812) {
  runtime::Listed out;
  out.facts.id.value = kId;
  out.facts.name = "web";
  out.facts.runtime = "docker";
  out.facts.pid = pid;
  return out;
}

const MountFacts* mount_at(const ContainerFacts& facts, const std::string& target) {
  for (const auto& mount : *facts.mounts.value) {
    if (mount.target == target) return &mount;
  }
  return nullptr;
}

TEST(ContainerProbe, DefaultContainer) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {}, kDefaultMounts);
  add_process(machine, 813, {.uid = 1000, .capabilities = 0}, kDefaultMounts);
  machine.add_link("/proc/813/fd/3", "socket:[501]");
  machine.add_file("/proc/900/cgroup", "0::/user.slice\n").add_file("/proc/900/stat", stat_line(900));
  machine.add_file("/sys/fs/cgroup/system.slice/docker-" + kId + ".scope/memory.max", "max\n")
      .add_file("/sys/fs/cgroup/system.slice/memory.max", "1073741824\n")
      .add_file("/sys/fs/cgroup" + kGroup + "/pids.max", "100\n")
      .add_file("/sys/fs/cgroup" + kGroup + "/cpu.max", "50000 100000\n");
  auto asked = listed();
  asked.facts.privileged = Fact<bool>::of(false, "inspect HostConfig.Privileged");
  const auto probe = probe_container(machine, asked);
  const auto& facts = probe.facts;
  ASSERT_EQ(facts.processes.size(), 2U);
  EXPECT_EQ(facts.processes[0].pid, 812);
  EXPECT_EQ(facts.processes[0].exe, "/usr/bin/app");
  EXPECT_TRUE(facts.processes[0].host_uid.is(0));
  EXPECT_TRUE(facts.processes[1].host_uid.is(1000));
  EXPECT_EQ(facts.processes[0].capabilities.value->effective, kDockerDefault);
  EXPECT_TRUE(facts.processes[0].seccomp.is(2));
  EXPECT_TRUE(facts.processes[0].lsm_label.is("docker-default (enforce)"));
  EXPECT_TRUE(facts.host_namespace.at("pid").is(false));
  EXPECT_TRUE(facts.host_namespace.at("user").is(true));
  EXPECT_EQ(facts.namespace_inode.at("net"), 4026532301U);
  ASSERT_TRUE(facts.mounts.known());
  EXPECT_EQ(mount_at(facts, "/etc/hosts")->host_path, "/var/lib/docker/containers/x/hosts");
  EXPECT_EQ(mount_at(facts, "/")->host_path, "");
  EXPECT_EQ(mount_at(facts, "/sys/fs/cgroup")->host_path, "");
  ASSERT_TRUE(facts.runtime_sockets.known());
  EXPECT_TRUE(facts.runtime_sockets.value->empty());
  for (const auto& [path, writable] : facts.kernel_path_writable) EXPECT_TRUE(writable.is(false)) << path;
  EXPECT_TRUE(facts.cgroup_v1_writable_at_top.is(false));
  EXPECT_TRUE(facts.all_devices_allowed.is(false));
  EXPECT_TRUE(facts.device_nodes.known() && facts.device_nodes.value->empty());
  EXPECT_TRUE(facts.memory_limit.is(1073741824));  // set on the slice above, not on the container
  EXPECT_TRUE(facts.pids_limit.is(100));
  EXPECT_TRUE(facts.cpu_limit.is(0.5));
  EXPECT_TRUE(facts.read_only_root.is(false));
  ASSERT_TRUE(facts.listeners.known());
  ASSERT_EQ(facts.listeners.value->size(), 1U);
  EXPECT_EQ(facts.listeners.value->front(), (Listener{Transport::tcp, "0.0.0.0", 80, 813, false}));
  EXPECT_TRUE(facts.reaches_outside.is(true));
  EXPECT_TRUE(facts.host_directory_fd.is(false));
  EXPECT_EQ(facts.secret_variable_names, std::vector<std::string>{"DB_PASSWORD"});
  EXPECT_EQ(probe.mapped, (std::vector<std::string>{"/usr/bin/app", "/usr/lib/libc.so.6"}));
  EXPECT_TRUE(probe.mapped_complete);
  EXPECT_TRUE(probe.not_assessed.empty());
}

TEST(ContainerProbe, PrivilegedContainerWithHostAndSocket) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {.capabilities = kAllCapabilities, .seccomp = 0, .label = "unconfined\n"},
              kPrivilegedMounts);
  const FileStat socket{S_IFSOCK | 0660, 0, 998, 23, 777, 0, 0};
  machine.add_socket("/proc/812/root/engine.sock").set_stat("/proc/812/root/engine.sock", socket);
  machine.add_file("/proc/812/root/dev/sda", "")
      .set_stat("/proc/812/root/dev/sda", {S_IFBLK | 0660, 0, 6, 42, 5, makedev(8, 0), 0});
  machine.add_file("/proc/812/root/dev/vda", "")
      .set_stat("/proc/812/root/dev/vda", {S_IFBLK | 0660, 0, 6, 42, 6, makedev(254, 0), 0});
  machine.add_file("/proc/812/root/dev/null", "")
      .set_stat("/proc/812/root/dev/null", {S_IFCHR | 0666, 0, 0, 42, 7, makedev(1, 3), 0});
  auto asked = listed();
  asked.facts.privileged = Fact<bool>::of(true);
  const auto facts = probe_container(machine, asked).facts;
  EXPECT_TRUE(facts.kernel_path_writable.at("/proc/sys/kernel/core_pattern").is(true));
  EXPECT_TRUE(facts.kernel_path_writable.at("/proc/sysrq-trigger").is(true));
  EXPECT_TRUE(facts.kernel_path_writable.at("/sys/kernel/uevent_helper").is(false));  // this kernel has none
  EXPECT_TRUE(facts.kernel_path_writable.at("/sys/kernel/debug").is(false));          // not mounted inside
  EXPECT_TRUE(facts.all_devices_allowed.is(true));
  ASSERT_TRUE(facts.runtime_sockets.known());
  ASSERT_EQ(facts.runtime_sockets.value->size(), 1U);
  EXPECT_EQ(facts.runtime_sockets.value->front().path, "/engine.sock");
  EXPECT_EQ(facts.runtime_sockets.value->front().runtime, "docker");
  EXPECT_TRUE(facts.runtime_sockets.value->front().usable.is(true));  // although mounted read-only
  EXPECT_EQ(mount_at(facts, "/host")->host_path, "/");
  EXPECT_TRUE(mount_at(facts, "/host")->shared_with_host);
  EXPECT_TRUE(mount_at(facts, "/engine.sock")->is_socket);
  EXPECT_EQ(mount_at(facts, "/engine.sock")->host_path, "/run/docker.sock");
  EXPECT_TRUE(mount_at(facts, "/engine.sock")->owner.is(0));
  EXPECT_TRUE(mount_at(facts, "/engine.sock")->mode.is(S_IFSOCK | 0660));
  EXPECT_FALSE(mount_at(facts, "/host")->owner.known()) << "nothing was there to look at";
  ASSERT_TRUE(facts.device_nodes.known());
  ASSERT_EQ(facts.device_nodes.value->size(), 2U);
  EXPECT_EQ(facts.device_nodes.value->at(0).meaning, "disk");
  EXPECT_EQ(facts.device_nodes.value->at(1).path, "/dev/vda");
  EXPECT_EQ(facts.device_nodes.value->at(1).meaning, "disk");
}

TEST(ContainerProbe, SocketBelowAMountedDirectoryIsFoundAndJudgedByItsMode) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {.uid = 1000, .capabilities = 0},
              kDefaultMounts + "110 100 0:23 / /var/hostrun ro - tmpfs tmpfs rw\n");
  machine.add_socket("/proc/812/root/var/hostrun/docker.sock")
      .set_stat("/proc/812/root/var/hostrun/docker.sock", {S_IFSOCK | 0660, 0, 998, 23, 777, 0, 0});
  auto facts = probe_container(machine, listed()).facts;
  ASSERT_EQ(facts.runtime_sockets.value->size(), 1U);
  EXPECT_EQ(facts.runtime_sockets.value->front().path, "/var/hostrun/docker.sock");
  EXPECT_TRUE(facts.runtime_sockets.value->front().usable.is(false));
  // The same user with docker's group may connect.
  auto text = status_text({.uid = 1000, .capabilities = 0});
  text.replace(text.find("Groups:\t "), 9, "Groups:\t998 ");
  machine.add_file("/proc/812/status", text);
  facts = probe_container(machine, listed()).facts;
  EXPECT_TRUE(facts.runtime_sockets.value->front().usable.is(true));
}

TEST(ContainerProbe, UserNamespaceTakesTheSting) {
  MemoryMachine machine;
  add_host(machine);
  auto spaces = kOwnNamespaces;
  spaces["user"] = 4026532999;
  add_process(machine, 812, {.uid = 100000, .capabilities = kAllCapabilities, .seccomp = 0, .label = "unconfined\n"},
              kPrivilegedMounts, spaces);
  machine.add_socket("/proc/812/root/engine.sock")
      .set_stat("/proc/812/root/engine.sock", {S_IFSOCK | 0660, 0, 998, 23, 777, 0, 0});
  const auto facts = probe_container(machine, listed()).facts;
  EXPECT_TRUE(facts.host_namespace.at("user").is(false));
  EXPECT_TRUE(facts.processes[0].host_uid.is(100000));
  EXPECT_TRUE(facts.kernel_path_writable.at("/proc/sys/kernel/core_pattern").is(false));
  EXPECT_TRUE(facts.runtime_sockets.value->front().usable.is(false));
  EXPECT_FALSE(facts.all_devices_allowed.known());  // nobody told, and the kernel's program is not read
}

TEST(ContainerProbe, HostNamespacesAndOnlyOwnListeners) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {}, kDefaultMounts, {{"mnt", 4026532304}});
  machine
      .add_file("/proc/812/net/tcp",
                "sl\n0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 501 1\n1: 00000000:0016 00000000:0000 0A 0:0 0:0 "
                "0 0 0 502 1\n"
                "2: 0100007F:0050 0100007F:C350 01 0:0 0:0 0 0 0 503 1\n3: 0100007F:0016 0100007F:C351 01 0:0 0:0 0 0 "
                "0 504 1\n")
      .add_link("/proc/812/fd/3", "socket:[501]")
      .add_link("/proc/812/fd/4", "socket:[503]");
  const auto facts = probe_container(machine, listed()).facts;
  EXPECT_TRUE(facts.host_namespace.at("pid").is(true));
  EXPECT_TRUE(facts.host_namespace.at("net").is(true));
  EXPECT_TRUE(facts.host_namespace.at("mnt").is(false));
  ASSERT_EQ(facts.listeners.value->size(), 1U);
  EXPECT_EQ(facts.listeners.value->front().port, 80);
  EXPECT_TRUE(facts.published.known());
  const auto connections = container_connections(machine, {"docker:x"}, facts);
  ASSERT_EQ(connections.established.size(), 1U);
  EXPECT_TRUE(connections.established[0].local_listens);
  EXPECT_TRUE(connections.not_assessed.empty());
}

TEST(ContainerProbe, WhatCannotBeReadIsUnknownAndFolded) {
  MemoryMachine machine;
  add_host(machine);
  machine.set_effective_uid(1000);
  for (const int pid : {812, 813, 814}) {
    add_process(machine, pid, {}, kDefaultMounts);
    const std::string base = "/proc/" + std::to_string(pid);
    for (const char* file : {"/maps", "/environ", "/exe", "/fd", "/root"})
      machine.fail(base + file, ErrorKind::denied, "cannot open: Permission denied");

    machine.fail(base + "/root/dev", ErrorKind::denied, "cannot open: Permission denied");
    for (const auto& [name, inode] : kInitial)
      machine.fail(base + "/ns/" + name, ErrorKind::denied, "cannot open: Permission denied");
  }
  const auto probe = probe_container(machine, listed());
  const auto& facts = probe.facts;
  EXPECT_EQ(facts.processes.size(), 3U);
  EXPECT_TRUE(facts.processes[0].host_uid.is(0));  // status is for everybody
  EXPECT_FALSE(facts.host_namespace.at("pid").known());
  EXPECT_TRUE(facts.host_namespace.at("user").is(true));  // by uid_map
  EXPECT_FALSE(facts.host_directory_fd.known());
  EXPECT_FALSE(facts.device_nodes.known());
  EXPECT_FALSE(facts.listeners.known());
  EXPECT_FALSE(facts.host_directory_fd.unknown.empty());
  EXPECT_FALSE(facts.listeners.unknown.empty());
  EXPECT_FALSE(probe.mapped_complete);
  EXPECT_FALSE(probe.not_assessed.empty());
  EXPECT_LE(probe.not_assessed.size(), 4U);
  EXPECT_EQ(probe.not_assessed.back().remedy, "run as root");
}

TEST(ContainerProbe, NoProcessSeenIsNotNoFinding) {
  MemoryMachine machine;
  add_host(machine);
  const auto probe = probe_container(machine, listed());
  EXPECT_TRUE(probe.facts.processes.empty());
  EXPECT_FALSE(probe.facts.host_namespace.at("pid").known());
  EXPECT_FALSE(probe.facts.mounts.known());
  EXPECT_FALSE(probe.facts.kernel_path_writable.at("/proc/sys/kernel/core_pattern").known());
  EXPECT_FALSE(probe.facts.memory_limit.known());
  EXPECT_FALSE(probe.facts.memory_limit.unknown.empty());
  EXPECT_FALSE(probe.mapped_complete);
  ASSERT_EQ(probe.not_assessed.size(), 1U);
}

TEST(ContainerProbe, DescriptorOutsideItsMountsIsALeak) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {}, kDefaultMounts);
  machine.add_link("/proc/812/fd/7", "/sys/fs/cgroup")
      .set_followed_stat("/proc/812/fd/7", {S_IFDIR | 0755, 0, 0, 22, 1, 0, 0})
      .add_file("/proc/812/fdinfo/7", "pos:\t0\nflags:\t02\nmnt_id:\t4\n")
      .add_link("/proc/812/fd/8", "/dev/null")
      .set_followed_stat("/proc/812/fd/8", {S_IFCHR | 0666, 0, 0, 5, 1, 0, 0})
      .add_file("/proc/812/fdinfo/8", "mnt_id:\t77\n");
  EXPECT_TRUE(probe_container(machine, listed()).facts.host_directory_fd.is(true));
  machine.add_file("/proc/812/fdinfo/7", "mnt_id:\t104\n");  // on its own mount
  EXPECT_TRUE(probe_container(machine, listed()).facts.host_directory_fd.is(false));
}

TEST(ContainerProbe, AppArmorAndLatentRootMakeWritingUnknown) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {}, kPrivilegedMounts);
  const std::string path = "/proc/sys/kernel/core_pattern";
  EXPECT_FALSE(probe_container(machine, listed()).facts.kernel_path_writable.at(path).known());
  add_process(machine, 812, {.uid = 1000, .capabilities = 2, .label = "unconfined"}, kPrivilegedMounts);
  auto facts = probe_container(machine, listed()).facts;
  EXPECT_FALSE(facts.kernel_path_writable.at(path).known());                   // a setuid program might
  EXPECT_TRUE(facts.kernel_path_writable.at("/proc/sysrq-trigger").is(true));  // DAC_OVERRIDE helps here
  add_process(machine, 812, {.uid = 1000, .capabilities = 0, .no_new_privs = true, .label = ""}, kPrivilegedMounts);
  facts = probe_container(machine, listed()).facts;
  EXPECT_TRUE(facts.kernel_path_writable.at(path).is(false));
}

TEST(ContainerProbe, HostsProcUnderAnotherNameCounts) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {.label = "unconfined"}, kDefaultMounts + "120 100 0:20 / /host/proc rw - proc proc rw\n");
  const auto facts = probe_container(machine, listed()).facts;
  EXPECT_TRUE(facts.kernel_path_writable.at("/proc/sys/kernel/core_pattern").is(true));
  EXPECT_EQ(mount_at(facts, "/host/proc")->host_path, "/proc");
}

TEST(ContainerProbe, CgroupOneIsReadToo) {
  MemoryMachine machine;
  add_host(machine);
  machine.add_file(
      "/proc/1/mountinfo",
      "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n4 1 0:30 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"
      "5 1 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n6 1 0:32 / /sys/fs/cgroup/pids rw - cgroup "
      "cgroup rw,pids\n"
      "7 1 0:33 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
  add_process(machine, 812, {},
              kDefaultMounts + "130 104 0:30 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n");
  const std::string own = "/docker/" + kId;
  machine
      .add_file("/proc/812/cgroup",
                "5:devices:" + own + "\n4:memory:" + own + "\n3:pids:" + own + "\n2:cpu,cpuacct:" + own + "\n")
      .add_file("/sys/fs/cgroup/devices" + own + "/devices.list", "c 1:3 rwm\na *:* rwm\n")
      .add_file("/sys/fs/cgroup/memory" + own + "/memory.limit_in_bytes", "9223372036854771712\n")
      .add_file("/sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "9223372036854771712\n")
      .add_file("/sys/fs/cgroup/pids" + own + "/pids.max", "max\n")
      .add_file("/sys/fs/cgroup/cpu" + own + "/cpu.cfs_quota_us", "200000\n")
      .add_file("/sys/fs/cgroup/cpu" + own + "/cpu.cfs_period_us", "100000\n");
  const auto facts = probe_container(machine, listed()).facts;
  EXPECT_TRUE(facts.all_devices_allowed.is(true));
  EXPECT_TRUE(facts.memory_limit.is(UINT64_MAX));
  EXPECT_TRUE(facts.pids_limit.is(UINT64_MAX));
  EXPECT_TRUE(facts.cpu_limit.is(2.0));
  EXPECT_TRUE(facts.cgroup_v1_writable_at_top.is(true));
}

TEST(ContainerProbe, SymlinksAndHangingMountsAreNotEntered) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {}, kDefaultMounts + "140 102 0:60 / /dev/trap rw - fuse.x x rw\n");
  machine.add_link("/proc/812/root/dev/trap", "/somewhere");
  auto probe = probe_container(machine, listed());
  EXPECT_FALSE(probe.not_assessed.empty());
  machine.add_link("/proc/812/root/dev", "/dev");
  EXPECT_FALSE(probe_container(machine, listed()).facts.device_nodes.known());
}

TEST(ContainerProbe, UnmanagedContainerByNamespaces) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {}, kDefaultMounts);
  add_process(machine, 815, {}, kDefaultMounts);
  for (const char* pid : {"812", "815"}) machine.add_file(std::string("/proc/") + pid + "/cgroup", "0::/\n");
  auto asked = listed();
  asked.facts.id.value = "unmanaged";
  asked.facts.runtime = "unmanaged";
  asked.cgroup = "/";
  const auto facts = probe_container(machine, asked).facts;
  EXPECT_EQ(facts.processes.size(), 2U);
  EXPECT_FALSE(facts.privileged.known());
  EXPECT_FALSE(facts.published.known());
}

// A container that no runtime tells of, at 172.17.0.2.
runtime::Listed unmanaged(MemoryMachine& machine) {
  add_host(machine);
  add_process(machine, 812, {}, kDefaultMounts);
  machine.add_file("/proc/812/cgroup", "0::/\n")
      .add_file("/proc/812/net/fib_trie", "  |-- 172.17.0.2\n     /32 host LOCAL\n");
  auto asked = listed();
  asked.facts.id.value = "unmanaged";
  asked.facts.runtime = "unmanaged";
  asked.cgroup = "/";
  return asked;
}

void set_rules(MemoryMachine& machine, const std::vector<system::Machine::NetlinkReply>& replies) {
  for (const int ask : {NFT_MSG_GETCHAIN, NFT_MSG_GETRULE})
    machine.set_netlink(NETLINK_NETFILTER, static_cast<uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | ask), replies);
}

void add_rules(MemoryMachine& machine) {
  const auto bytes = read_file(PLIMSOLL_SOURCE_DIR "/tests/fuzz/seeds/packet_filter/nft");
  ASSERT_TRUE(bytes.ok());
  std::vector<system::Machine::NetlinkReply> replies;
  ASSERT_TRUE(system::take_netlink_messages(std::string_view(*bytes).substr(1), replies).ok());
  // Without the one that translates by a map.
  std::erase_if(replies, [](const auto& reply) { return reply.payload.find("__map") != std::string::npos; });
  set_rules(machine, replies);
}

TEST(ContainerProbe, PublishedPortsByTheKernelsRules) {
  MemoryMachine machine;
  const auto asked = unmanaged(machine);
  EXPECT_FALSE(probe_container(machine, asked).facts.published.known()) << "the rules cannot be read";
  add_rules(machine);
  const auto facts = probe_container(machine, asked).facts;
  ASSERT_TRUE(facts.published.known()) << facts.published.unknown;
  const auto& ports = *facts.published.value;
  ASSERT_EQ(ports.size(), 1U + 11 + 1 + 11) << "8080, 9000-9010, 90, 100-110";
  const PublishedPort wanted{Transport::tcp, "0.0.0.0", 8080, 80, true};
  EXPECT_NE(std::find(ports.begin(), ports.end(), wanted), ports.end());
}

TEST(ContainerProbe, PublishedPortsByDockersRelay) {
  MemoryMachine machine;
  const auto asked = unmanaged(machine);
  set_rules(machine, {});
  EXPECT_TRUE(probe_container(machine, asked).facts.published.value->empty());
  machine.fail_reading("/proc/812/net/fib_trie", ErrorKind::denied, "permission denied");
  EXPECT_FALSE(probe_container(machine, asked).facts.published.known()) << "its own addresses are not known";
  machine.add_file("/proc/812/net/fib_trie", "  |-- 172.17.0.2\n     /32 host LOCAL\n");
  add_namespaces(machine, "77", {});
  machine.add_file("/proc/77/stat", stat_line(77))
      .add_file("/proc/77/cgroup", "0::/system.slice/docker.service\n")
      .add_file("/proc/77/comm", "docker-proxy\n")
      .add_file("/proc/77/cmdline",
                "/usr/sbin/docker-proxy\0-proto\0udp\0-host-ip\0"
                "127.0.0.1\0-host-port\0"
                "5300\0-container-ip\0"
                "172.17.0.2\0-container-port\0"
                "53\0"s);
  const auto facts = probe_container(machine, asked).facts;
  ASSERT_TRUE(facts.published.known()) << facts.published.unknown;
  EXPECT_EQ(*facts.published.value, (std::vector<PublishedPort>{{Transport::udp, "127.0.0.1", 5300, 53, false}}));
  machine.add_file("/proc/77/cmdline", "docker-proxy\0-proto\0tcp\0"s);
  EXPECT_FALSE(probe_container(machine, asked).facts.published.known()) << "a relay that is not understood";
}

TEST(ContainerProbe, PublishedPortsOfOthersAreUnknown) {
  MemoryMachine machine;
  const auto asked = unmanaged(machine);
  set_rules(machine, {});
  ASSERT_TRUE(probe_container(machine, asked).facts.published.known());
  machine.add_file("/proc/net/ip_vs", "IP Virtual Server\nProt LocalAddress:Port\nTCP  0A600001:0050 rr\n");
  EXPECT_FALSE(probe_container(machine, asked).facts.published.known());
  machine.add_file("/proc/net/ip_vs", "IP Virtual Server\nProt LocalAddress:Port\n")
      .add_directory("/sys/class/net/cilium_host");
  EXPECT_NE(probe_container(machine, asked).facts.published.unknown.find("Cilium"), std::string::npos);
}

TEST(ContainerProbe, KernelMemoryIsSeenWhereNoMountLiesOverIt) {
  MemoryMachine machine;
  add_host(machine);
  machine.add_file("/proc/kcore", "");
  add_process(machine, 812, {}, kDefaultMounts);
  EXPECT_TRUE(probe_container(machine, listed()).facts.kernel_memory_visible.is(true));
  machine.add_file("/proc/812/mountinfo", kDefaultMounts + "108 101 0:42 /null /proc/kcore rw - tmpfs tmpfs rw\n");
  EXPECT_TRUE(probe_container(machine, listed()).facts.kernel_memory_visible.is(false));
}

TEST(ContainerProbe, ADisksGroupOpensIt) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {.uid = 1000, .capabilities = 0}, kDefaultMounts);
  machine.add_file("/proc/812/root/dev/vda", "")
      .set_stat("/proc/812/root/dev/vda", {S_IFBLK | 0660, 0, 6, 42, 6, makedev(254, 0), 0});
  EXPECT_TRUE(probe_container(machine, listed()).facts.device_nodes.value->at(0).by_permission.is(false));
  auto text = status_text({.uid = 1000, .capabilities = 0});
  text.replace(text.find("Groups:\t "), 9, "Groups:\t6 ");
  machine.add_file("/proc/812/status", text);
  EXPECT_TRUE(probe_container(machine, listed()).facts.device_nodes.value->at(0).by_permission.is(true));
}

TEST(ContainerProbe, SandboxIsSaid) {
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, 812, {}, kDefaultMounts);
  auto text = status_text({});
  text.replace(0, 9, "Name:\trunsc-sandbox");
  machine.add_file("/proc/812/status", text);
  const auto probe = probe_container(machine, listed());
  EXPECT_TRUE(std::any_of(probe.not_assessed.begin(), probe.not_assessed.end(),
                          [](const Incomplete& gap) { return gap.reason.find("gVisor") != std::string::npos; }));
}

TEST(SecretNames, NamesNotValues) {
  for (const char* name :
       {"PASSWORD", "DB_PASSWORD", "MYSQLPASSWORD", "github-token", "API_KEY", "AWS_SECRET_ACCESS_KEY", "REDIS_PASS"}) {
    EXPECT_TRUE(is_secret_name(name)) << name;
  }
  for (const char* name :
       {"PWD", "OLDPWD", "GPG_KEY", "PATH", "KEYBOARD", "DB_PASSWORD_FILE", "AWS_ACCESS_KEY_ID", "SSH_PUBLIC_KEY"}) {
    EXPECT_FALSE(is_secret_name(name)) << name;
  }
  const std::string text = "A_TOKEN=x\0A_TOKEN=y\0B_TOKEN=\0C_TOKEN\0bad name TOKEN=1\0"s;
  EXPECT_EQ(secret_names(text), std::vector<std::string>{"A_TOKEN"});
}

TEST(Devices, Meanings) {
  const auto drivers =
      system::parse_devices("Character devices:\n240 vfio\n\nBlock devices:\n252 device-mapper\n253 zram\n");
  EXPECT_EQ(device_meaning('c', 1, 3, drivers), "");
  EXPECT_EQ(device_meaning('c', 136, 4, drivers), "");
  EXPECT_EQ(device_meaning('c', 1, 1, drivers), "mem");
  EXPECT_EQ(device_meaning('c', 10, 232, drivers), "kvm");
  EXPECT_EQ(device_meaning('c', 240, 0, drivers), "vfio");
  EXPECT_EQ(device_meaning('c', 241, 0, drivers), "other");
  EXPECT_EQ(device_meaning('c', 195, 255, drivers), "nvidia");
  EXPECT_EQ(device_meaning('c', 226, 128, drivers), "gpu");
  EXPECT_EQ(device_meaning('b', 252, 0, drivers), "disk");
  EXPECT_EQ(device_meaning('b', 253, 0, drivers), "zram");
  EXPECT_EQ(device_meaning('b', 65, 0, drivers), "disk");
}

// On whatever machine this runs, looked at as if this process were a container: nothing crashes, unknown has a reason.
TEST(ContainerProbe, LiveProcessKeepsTheInvariants) {
  const auto machine = system::this_machine();
  runtime::Listed self;
  self.facts.id.value = "self";
  self.facts.name = "self";
  self.facts.pid = getpid();
  const auto probe = probe_container(*machine, self);
  ASSERT_FALSE(probe.facts.processes.empty());
  EXPECT_EQ(probe.facts.processes.front().pid, getpid());
  EXPECT_TRUE(probe.facts.processes.front().host_uid.known());
  EXPECT_FALSE(probe.mapped.empty());
  const auto explained = [](const auto& fact) { return fact.known() || !fact.unknown.empty(); };
  const auto& facts = probe.facts;
  for (const auto& [name, fact] : facts.host_namespace) EXPECT_TRUE(explained(fact)) << name;
  for (const auto& [name, fact] : facts.kernel_path_writable) EXPECT_TRUE(explained(fact)) << name;
  EXPECT_TRUE(explained(facts.mounts) && explained(facts.runtime_sockets) && explained(facts.device_nodes));
  EXPECT_TRUE(explained(facts.cgroup_v1_writable_at_top) && explained(facts.all_devices_allowed));
  EXPECT_TRUE(explained(facts.memory_limit) && explained(facts.pids_limit) && explained(facts.cpu_limit));
  EXPECT_TRUE(explained(facts.read_only_root) && explained(facts.listeners) && explained(facts.reaches_outside));
  EXPECT_TRUE(explained(facts.published) && explained(facts.networks) && explained(facts.host_directory_fd));
  container_connections(*machine, {"container:self"}, facts);
}

}  // namespace
}  // namespace plimsoll::probe

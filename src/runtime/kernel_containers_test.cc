#include <gtest/gtest.h>

#include "runtime/runtime.h"
#include "system/memory_machine.h"

namespace plimsoll::runtime {
namespace {

using system::MemoryMachine;

constexpr uint64_t host_pid = 0xEFFFFFFC, host_mnt = 4026531841;
const std::string id(64, 'a');
const std::string other(64, 'b');

void add_process(MemoryMachine& machine, int pid, const std::string& cgroup, uint64_t pidns, uint64_t mntns, int start,
                 const std::string& comm = "app") {
  const std::string directory = "/proc/" + std::to_string(pid);
  machine.add_file(directory + "/cgroup", "0::" + cgroup + "\n");
  machine.add_file(directory + "/comm", comm + "\n");
  machine.add_file(directory + "/environ", std::string("PATH=/bin\0API_TOKEN=x\0", 22));
  machine.add_file(
      directory + "/stat",
      std::to_string(pid) + " (" + comm + ") S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " + std::to_string(start) + " 0");
  machine.add_namespace(directory + "/ns/pid", "pid", pidns);
  machine.add_namespace(directory + "/ns/mnt", "mnt", mntns);
}

MemoryMachine& host(MemoryMachine& machine) {
  add_process(machine, 1, "/init.scope", host_pid, host_mnt, 1, "systemd");
  add_process(machine, 300, "/system.slice/ssh.service", host_pid, host_mnt, 5, "sshd");
  add_process(machine, 301, "/system.slice/private-tmp.service", host_pid, 99, 5, "resolved");  // a sandboxed service
  return machine;
}

Listed known(const std::string& own, const std::string& cgroup) {
  Listed out;
  out.facts.id.value = own;
  out.cgroup = cgroup;
  return out;
}

TEST(FindByKernel, TheHostAloneHasNone) {
  MemoryMachine machine;
  IncompleteList gaps;
  const auto found = find_by_kernel(host(machine), {}, &gaps);
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_TRUE(found->empty());
  EXPECT_TRUE(gaps.empty());
}

TEST(FindByKernel, ByCgroup) {
  MemoryMachine machine;
  host(machine);
  add_process(machine, 900, "/system.slice/docker-" + id + ".scope", 500, 600, 80,
              "exec");  // started later, smaller pid
  add_process(machine, 950, "/system.slice/docker-" + id + ".scope", 500, 600, 70, "nginx");
  add_process(machine, 960, "/kubepods/pod1/" + other, 501, 601, 90, "pause");
  const auto found = find_by_kernel(machine, {});
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  ASSERT_EQ(found->size(), 2u);
  const Listed& docker = found->at(0);
  EXPECT_EQ(docker.facts.id.value, id);
  EXPECT_EQ(docker.facts.runtime, "docker");
  EXPECT_EQ(docker.facts.pid, 950);
  EXPECT_EQ(docker.cgroup, "/system.slice/docker-" + id + ".scope");
  EXPECT_FALSE(docker.pause);
  EXPECT_FALSE(docker.facts.privileged.known());
  EXPECT_FALSE(docker.facts.published.unknown.empty());
  EXPECT_EQ(docker.facts.secret_variable_names, std::vector<std::string>{"API_TOKEN"});
  EXPECT_TRUE(found->at(1).pause);
  EXPECT_EQ(found->at(1).facts.runtime, "kubernetes");
}

TEST(FindByKernel, KnownOnesAreLeftOut) {
  MemoryMachine machine;
  host(machine);
  add_process(machine, 900, "/docker/" + id, 500, 600, 80);
  add_process(machine, 901, "/docker/" + other, 501, 601, 80);
  const auto found = find_by_kernel(machine, {known(id, "")});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).facts.id.value, other);
}

TEST(FindByKernel, WhatStandsInTheCgroupOfAKnownOneIsOfIt) {
  MemoryMachine machine;
  host(machine);
  add_process(machine, 900, "/shop/web", 500, 600, 80);
  add_process(machine, 901, "/shop/web/inner", 501, 601, 81);
  add_process(machine, 902, "/shop/web/docker/" + id, 502, 602, 82);  // one that is made within is another
  add_process(machine, 903, "/shop/web2", 503, 603, 83);
  const auto found = find_by_kernel(machine, {known("shop/web", "/shop/web"), known("odd", "/")});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ(found->at(0).facts.id.value, id);
  EXPECT_EQ(found->at(1).facts.id.value, "pidns-503");
}

TEST(FindByKernel, UnmanagedByNamespacesAlone) {
  MemoryMachine machine;
  host(machine);
  add_process(machine, 700, "/user.slice/x", 510, 610, 60, "bwrap");
  add_process(machine, 701, "/user.slice/x", 510, 611, 61, "child");  // the same pid namespace, another mount namespace
  add_process(machine, 702, "/user.slice/x", 511, host_mnt, 62, "unshare-p");
  const auto found = find_by_kernel(machine, {});
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).facts.runtime, "unmanaged");
  EXPECT_EQ(found->at(0).facts.id.value, "pidns-510");
  EXPECT_EQ(found->at(0).cgroup, "");  // shared with 702: it does not tell the container's processes
  EXPECT_EQ(found->at(0).facts.pid, 700);
}

TEST(FindByKernel, InsideAContainerTheWorldIsNotOne) {
  MemoryMachine machine;
  add_process(machine, 1, "/docker/" + id, 500, 600, 1);
  add_process(machine, 2, "/docker/" + id, 500, 600, 2);
  add_process(machine, 3, "/docker/" + id + "/docker/" + other, 501, 601, 3);
  const auto found = find_by_kernel(machine, {});
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).facts.id.value, other);
}

TEST(FindByKernel, UnreadableNamespacesAreAGapNeverANo) {
  MemoryMachine machine;
  host(machine);
  add_process(machine, 900, "/docker/" + id, 500, 600, 80);
  add_process(machine, 910, "/user.slice/y", 520, 620, 80);
  machine.fail("/proc/910/ns/pid", ErrorKind::denied);
  IncompleteList gaps;
  const auto found = find_by_kernel(machine, {}, &gaps);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->size(), 1u);  // the one with a cgroup is found all the same
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].what, "containers that no runtime made");
  EXPECT_TRUE(gaps[0].reason.ends_with(": 1"));
  EXPECT_EQ(find_by_kernel(machine, {}).error().kind, ErrorKind::denied);
}

TEST(FindByKernel, HostNamespacesThatCannotBeTold) {
  MemoryMachine machine;
  host(machine);
  machine.fail("/proc/1/ns/mnt", ErrorKind::denied).fail("/proc/1/ns/pid", ErrorKind::denied);
  IncompleteList gaps;
  ASSERT_TRUE(find_by_kernel(machine, {}, &gaps).ok());
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].what, "containers that no runtime made");
}

TEST(FindByKernel, HiddenProcessesAreAGap) {
  MemoryMachine machine;
  add_process(machine, 300, "/user.slice", host_pid, host_mnt, 5);
  IncompleteList gaps;
  ASSERT_TRUE(find_by_kernel(machine, {}, &gaps).ok());
  ASSERT_FALSE(gaps.empty());
  EXPECT_EQ(gaps[0].what, "processes of other users");
}

TEST(FindByKernel, AProcessThatVanishesIsNoGap) {
  MemoryMachine machine;
  host(machine);
  machine.add_directory("/proc/4242");
  IncompleteList gaps;
  ASSERT_TRUE(find_by_kernel(machine, {}, &gaps).ok());
  EXPECT_TRUE(gaps.empty());
}

TEST(FindByKernel, OnThisMachineItEnds) {
  IncompleteList gaps;
  EXPECT_TRUE(find_by_kernel(*system::this_machine(), {}, &gaps).ok());
}

}  // namespace
}  // namespace plimsoll::runtime

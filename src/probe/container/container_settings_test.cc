#include "probe/container/container_settings.h"

#include <gtest/gtest.h>

#include "system/memory_machine.h"

namespace plimsoll::probe {
namespace {

using Kind = FactTree::Kind;
using system::MemoryMachine;

constexpr uint64_t kDockerDefault = 0xa80425fb;

ProcessFacts process(int pid, uint32_t uid) {
  ProcessFacts facts;
  facts.pid = pid;
  facts.name = "app";
  facts.exe = "/usr/bin/app";
  facts.host_uid = Fact<uint32_t>::of(uid);
  CapabilitySets sets;
  sets.bounding = kDockerDefault;
  facts.capabilities = Fact<CapabilitySets>::of(sets);
  facts.no_new_privs = Fact<bool>::of(false);
  facts.seccomp = Fact<int>::of(2);
  facts.lsm_label = Fact<std::string>::of("docker-default (enforce)");
  return facts;
}

ContainerFacts container() {
  ContainerFacts facts;
  facts.id.value = std::string(64, 'a');
  facts.runtime = "docker";
  facts.processes = {process(10, 0)};
  facts.host_namespace["user"] = Fact<bool>::of(true);
  facts.host_namespace["net"] = Fact<bool>::missing("refused");
  facts.memory_limit = Fact<uint64_t>::of(UINT64_MAX);
  facts.pids_limit = Fact<uint64_t>::of(200);
  facts.cpu_limit = Fact<double>::of(1.5);
  return facts;
}

FactTree tree(const ContainerFacts& facts, const MemoryMachine& machine = {}) {
  return container_settings(machine, facts, {});
}

TEST(ContainerSettings, RootIsANumberNotAName) {
  ContainerFacts facts = container();
  facts.user_configured = Fact<std::string>::of("app");  // number 0 in the image's passwd
  EXPECT_TRUE(tree(facts).at("runs_as_root").boolean);
  facts.processes = {process(10, 1000)};
  EXPECT_FALSE(tree(facts).at("runs_as_root").boolean);
  facts.processes.push_back(process(11, 0));  // a second process, started with exec --user root
  EXPECT_TRUE(tree(facts).at("runs_as_root").boolean);
}

TEST(ContainerSettings, RootOfAUserNamespaceIsRootInsideAndNobodyOutside) {
  ContainerFacts facts = container();
  facts.host_namespace["user"] = Fact<bool>::of(false);
  facts.processes = {process(10, 100000)};
  MemoryMachine machine;
  machine.add_file("/proc/10/uid_map", "         0     100000      65536\n");
  EXPECT_TRUE(tree(facts, machine).at("runs_as_root").boolean);
  EXPECT_FALSE(tree(facts, machine).at("runs_as_host_root").boolean);
  facts.processes = {process(10, 100033)};
  EXPECT_FALSE(tree(facts, machine).at("runs_as_root").boolean);
  EXPECT_EQ(tree(facts).at("runs_as_root").kind, Kind::unknown);  // no uid_map to be read
}

TEST(ContainerSettings, CapabilitiesBeyondTheUsualOnes) {
  ContainerFacts facts = container();
  EXPECT_TRUE(tree(facts).at("capabilities").at("added").items.empty());
  facts.processes[0].capabilities.value->bounding |= uint64_t{1} << 21;
  ASSERT_EQ(tree(facts).at("capabilities").at("added").items.size(), 1U);
  EXPECT_EQ(tree(facts).at("capabilities").at("added").items[0].text, "SYS_ADMIN");
  facts.processes.push_back(process(11, 0));
  facts.processes[1].capabilities = Fact<CapabilitySets>::missing("refused");
  EXPECT_EQ(tree(facts).at("capabilities").at("added").kind, Kind::unknown);
  EXPECT_EQ(capability_names(uint64_t{1} << 63), std::vector<std::string>{"CAP_63"});
}

TEST(ContainerSettings, ConfinementIsReadFromTheLabel) {
  ContainerFacts facts = container();
  const auto label = [&](const std::string& text) {
    facts.processes[0].lsm_label = Fact<std::string>::of(text);
    return tree(facts).at("confinement");
  };
  EXPECT_FALSE(label("docker-default (enforce)").at("unconfined").boolean);
  EXPECT_TRUE(label("docker-default (complain)").at("unconfined").boolean);
  EXPECT_TRUE(label("unconfined").at("unconfined").boolean);
  EXPECT_EQ(label("unconfined").at("module").text, "apparmor");
  EXPECT_FALSE(label("system_u:system_r:container_t:s0:c1,c2").at("unconfined").boolean);
  EXPECT_EQ(label("system_u:system_r:spc_t:s0").at("module").text, "selinux");
  EXPECT_TRUE(label("system_u:system_r:spc_t:s0").at("unconfined").boolean);
  EXPECT_EQ(label("").at("module").text, "none");
  EXPECT_TRUE(label("").at("unconfined").boolean);
}

TEST(ContainerSettings, ALimitThatIsNotThereIsAbsentAndOneNotReadIsUnknown) {
  const FactTree found = tree(container());
  EXPECT_EQ(found.at("memory_limit").kind, Kind::absent);
  EXPECT_EQ(found.at("pids_limit").integer, 200);
  EXPECT_EQ(found.at("cpu_limit_thousandths").integer, 1500);
  EXPECT_EQ(found.at("shares").at("net").kind, Kind::unknown);
  EXPECT_EQ(found.at("configured").kind, Kind::absent);
}

TEST(ContainerSettings, WithoutAProcessNothingIsSaid) {
  ContainerFacts facts = container();
  facts.processes.clear();
  const FactTree found = tree(facts);
  for (const char* name : {"runs_as_root", "without_seccomp", "may_gain_privileges", "sshd"}) {
    EXPECT_EQ(found.at(name).kind, Kind::unknown) << name;
  }
  EXPECT_EQ(found.at("capabilities").at("granted").kind, Kind::unknown);
  EXPECT_EQ(found.at("confinement").at("module").kind, Kind::unknown);
}

TEST(ContainerSettings, AnSshServerIsToldByItsProgram) {
  ContainerFacts facts = container();
  facts.processes[0].exe = "/usr/sbin/sshd";
  EXPECT_TRUE(tree(facts).at("sshd").boolean);
  facts.processes[0].exe = "/usr/bin/ssh-agent";
  EXPECT_FALSE(tree(facts).at("sshd").boolean);
}

TEST(ContainerSettings, PortsOnEveryAddressAndFilesOfTheRuntime) {
  ContainerFacts facts = container();
  facts.published = Fact<std::vector<PublishedPort>>::of({{Transport::tcp, "0.0.0.0", 80, 80, true},
                                                          {Transport::tcp, "::", 80, 80, true},
                                                          {Transport::udp, "127.0.0.1", 53, 53, false}});
  const auto ports = tree(facts).at("published").items;
  EXPECT_TRUE(ports[0].at("every_address").boolean);
  EXPECT_TRUE(ports[1].at("every_address").boolean);
  EXPECT_FALSE(ports[2].at("every_address").boolean);
  MountFacts hosts;
  hosts.target = "/etc/hosts", hosts.host_path = "/var/lib/docker/containers/" + facts.id.value + "/hosts";
  MountFacts other = hosts;
  other.host_path = "/var/lib/docker/containers/" + std::string(64, 'b') + "/hosts";  // another container's
  facts.mounts = Fact<std::vector<MountFacts>>::of({hosts, other});
  EXPECT_TRUE(tree(facts).at("mounts").items[0].at("of_runtime").boolean);
  EXPECT_FALSE(tree(facts).at("mounts").items[1].at("of_runtime").boolean);
}

MountFacts mount_at(const std::string& target, const std::string& host_path) {
  MountFacts mount;
  mount.target = target;
  mount.host_path = host_path;
  return mount;
}

TEST(ContainerSettings, ThePodIsToldByLabelsElseByWhatTheKubeletMounts) {
  ContainerFacts facts = container();
  facts.mounts = Fact<std::vector<MountFacts>>::of({});
  EXPECT_EQ(tree(facts).at("pod").kind, Kind::absent);
  facts.mounts = Fact<std::vector<MountFacts>>::of(
      {mount_at("/etc/hosts", "/var/lib/kubelet/pods/u-1/etc-hosts"),
       mount_at("/dev/termination-log", "/var/lib/kubelet/pods/u-1/containers/web/0a"),
       mount_at("/other", "/var/lib/kubelet/pods/u-2/volumes/kubernetes.io~secret/s")});
  EXPECT_EQ(tree(facts).at("pod").at("namespace").kind, Kind::unknown);
  MemoryMachine machine;
  machine.add_directory("/var/log/pods/shop_web-0_u-1").add_directory("/var/log/pods/kube-system_dns_u-2");
  const FactTree told = tree(facts, machine);
  EXPECT_EQ(told.at("pod").at("namespace").text, "shop");
  EXPECT_EQ(told.at("pod").at("name").text, "web-0");
  EXPECT_EQ(told.at("pod").at("container").text, "web");
  EXPECT_TRUE(told.at("mounts").items.at(0).at("of_runtime").boolean);
  EXPECT_FALSE(told.at("mounts").items.at(2).at("of_runtime").boolean);  // another pod's
  facts.labels = {{"io.kubernetes.pod.namespace", "default"},
                  {"io.kubernetes.pod.uid", "u-1"},
                  {"io.kubernetes.docker.type", "podsandbox"}};
  EXPECT_EQ(tree(facts).at("pod").at("namespace").text, "default");
  EXPECT_TRUE(tree(facts).at("pod").at("sandbox").boolean);
}

}  // namespace
}  // namespace plimsoll::probe

#include "probe/host/host_probe.h"

#include <gtest/gtest.h>

#include "probe/host/hardware.h"
#include "system/memory_machine.h"

namespace plimsoll::probe {
namespace {

using system::MemoryMachine;

const std::string kMachineId = "0123456789abcdef0123456789abcdef";

void add_namespaces(MemoryMachine& machine, const std::string& process, uint64_t pid_space = 4026531836,
                    uint64_t mnt = 4026531841) {
  const std::vector<std::pair<std::string, uint64_t>> all = {
      {"pid", pid_space}, {"net", 4026531840},  {"ipc", 4026531839},   {"uts", 4026531838},
      {"mnt", mnt},       {"user", 4026531837}, {"cgroup", 4026531835}};
  for (const auto& [name, inode] : all) machine.add_namespace("/proc/" + process + "/ns/" + name, name, inode);
}

void add_host(MemoryMachine& machine) {
  add_namespaces(machine, "1");
  add_namespaces(machine, "self");
  add_namespaces(machine, "50");
  add_namespaces(machine, "60", 4026532300, 4026532301);  // a container's
  const std::string mounts = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n4 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
  machine.add_file("/etc/machine-id", kMachineId + "\n")
      .add_file("/proc/sys/kernel/hostname", "box\n")
      .add_file("/proc/sys/kernel/osrelease", "6.1.0-28-amd64\n")
      .add_file("/proc/sys/kernel/version", "#1 SMP Debian 6.1.119-1\n")
      .add_file("/proc/sys/kernel/arch", "x86_64\n")
      .add_file("/proc/sys/kernel/unprivileged_bpf_disabled", "2\n")
      .add_file("/proc/stat", "cpu 1 2\nbtime 1700000000\n")
      .add_file("/proc/cpuinfo",
                "processor\t: 0\nmodel name\t: Test CPU\nflags\t\t: fpu hypervisor\n\nprocessor\t: 1\n")
      .add_file("/proc/meminfo", "MemTotal:       2048 kB\nMemFree: 1 kB\n")
      .add_file("/proc/modules", "")
      .add_file("/proc/filesystems", "nodev\tsecurityfs\n")
      .add_file("/proc/1/mountinfo", mounts)
      .add_file("/proc/self/mountinfo", mounts)
      .add_file("/proc/1/maps", "1-2 r-xp 0 08:01 1 /usr/lib/systemd/systemd\n")
      .add_file("/proc/50/maps", "1-2 r-xp 0 08:01 1 /usr/sbin/sshd\n")
      .add_file("/proc/60/maps", "1-2 r-xp 0 08:01 1 /container/only\n")
      .add_link("/proc/50/fd/3", "socket:[77]")
      .add_directory("/proc/1/fd")
      .add_directory("/proc/60/fd")
      .add_file("/proc/1/net/tcp",
                "sl\n0: 00000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 77 1\n"
                "1: 020200C0:0016 050200C0:C350 01 0:0 0:0 0 0 0 78 1\n")
      .add_file("/proc/1/net/route", "Iface\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n")
      .add_file("/proc/1/net/fib_trie", "  |-- 192.0.2.2\n     /32 host LOCAL\n")
      .add_file("/sys/class/dmi/id/sys_vendor", "Hetzner\n")
      .add_file("/sys/class/dmi/id/product_name", "vServer\n")
      .add_file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
      .add_file("/sys/kernel/security/lsm", "lockdown,capability,apparmor")
      .add_file("/sys/module/module/parameters/sig_enforce", "Y\n");
}

TEST(HostProbe, ReadsTheHost) {
  MemoryMachine machine;
  add_host(machine);
  const auto probe = probe_host(machine);
  const auto& facts = probe.facts;
  EXPECT_EQ(facts.machine_id, kMachineId);
  EXPECT_EQ(facts.hostname, "box");
  EXPECT_EQ(facts.kernel_release, "6.1.0-28-amd64");
  EXPECT_EQ(facts.kernel_version, "#1 SMP Debian 6.1.119-1");
  EXPECT_EQ(facts.boot_time, Instant(std::chrono::seconds(1700000000)));
  EXPECT_EQ(facts.hardware.cpus, 2U);
  EXPECT_EQ(facts.hardware.cpu_model, "Test CPU");
  EXPECT_EQ(facts.hardware.memory_bytes, 2048U * 1024);
  EXPECT_EQ(facts.hardware.cloud, "Hetzner Cloud");
  EXPECT_EQ(facts.hardware.architecture, "x86_64");
  EXPECT_TRUE(facts.on_host.is(true));
  EXPECT_TRUE(facts.privileged_observer.is(true));
  EXPECT_TRUE(facts.sysctls.at("kernel.unprivileged_bpf_disabled").is("2"));
  EXPECT_FALSE(facts.sysctls.at("kernel.unprivileged_userns_clone").known());
  EXPECT_TRUE(facts.lockdown.is("integrity"));
  EXPECT_TRUE(facts.module_signatures_enforced.is(true));
  EXPECT_TRUE(facts.kernel_modules_supported.is(true));
  EXPECT_EQ(*facts.active_lsms.value, (std::vector<std::string>{"lockdown", "capability", "apparmor"}));
  EXPECT_TRUE(facts.cgroup_version.is(2));
  ASSERT_TRUE(facts.listeners.known());
  ASSERT_EQ(facts.listeners.value->size(), 1U);
  EXPECT_EQ(facts.listeners.value->front(), (Listener{Transport::tcp, "0.0.0.0", 22, 50, false}));
  EXPECT_EQ(facts.addresses, std::vector<std::string>{"192.0.2.2"});
  EXPECT_TRUE(facts.reaches_outside.is(true));
  EXPECT_EQ(probe.mapped, (std::vector<std::string>{"/usr/lib/systemd/systemd", "/usr/sbin/sshd"}));
  EXPECT_TRUE(probe.mapped_complete);
  EXPECT_TRUE(probe.not_assessed.empty());
}

TEST(HostProbe, Connections) {
  MemoryMachine machine;
  add_host(machine);
  const auto connections = host_connections(machine, {"host:x"});
  ASSERT_EQ(connections.established.size(), 1U);
  EXPECT_TRUE(connections.established[0].local_listens);
  EXPECT_EQ(connections.established[0].remote_address, "192.0.2.5");
  EXPECT_TRUE(connections.not_assessed.empty());
  EXPECT_FALSE(host_connections(MemoryMachine(), {"host:x"}).not_assessed.empty());
}

TEST(HostProbe, InsideAContainerItSaysSo) {
  MemoryMachine machine;
  add_host(machine);
  add_namespaces(machine, "self", 4026532300);
  auto probe = probe_host(machine);
  EXPECT_TRUE(probe.facts.on_host.is(false));
  EXPECT_FALSE(probe.not_assessed.empty());
  add_namespaces(machine, "self");  // the host's pid namespace, but a root of its own
  machine.add_file("/proc/self/mountinfo", "1 0 0:99 / / rw - overlay overlay rw\n");
  EXPECT_TRUE(probe_host(machine).facts.on_host.is(false));
}

TEST(HostProbe, AnEmptyMachineIsAllUnknown) {
  const MemoryMachine machine;
  const auto probe = probe_host(machine);
  EXPECT_FALSE(probe.facts.on_host.known());
  EXPECT_FALSE(probe.facts.lockdown.known());
  EXPECT_FALSE(probe.facts.cgroup_version.known());
  EXPECT_FALSE(probe.facts.listeners.known());
  EXPECT_FALSE(probe.facts.kernel_modules_supported.known());
  EXPECT_FALSE(probe.mapped_complete);
  EXPECT_FALSE(probe.not_assessed.empty());
}

TEST(HostProbe, RefusedFilesAreNamedOnce) {
  MemoryMachine machine;
  add_host(machine);
  for (const char* pid : {"1", "50"})
    machine.fail(std::string("/proc/") + pid + "/maps", ErrorKind::denied, "cannot open: Permission denied");
  const auto probe = probe_host(machine);
  EXPECT_FALSE(probe.mapped_complete);
  ASSERT_EQ(probe.not_assessed.size(), 1U);
  EXPECT_EQ(probe.not_assessed[0].remedy, "run as root");
}

TEST(Hardware, RecognisesClouds) {
  Dmi dmi;
  EXPECT_EQ(cloud_of(dmi), "");
  dmi.sys_vendor = "Microsoft Corporation";
  dmi.product_name = "Virtual Machine";
  EXPECT_EQ(cloud_of(dmi), "");
  EXPECT_EQ(virtualisation_of(dmi), "Hyper-V");
  dmi.chassis_asset_tag = "7783-7084-3265-9085-8269-3286-77";
  EXPECT_EQ(cloud_of(dmi), "Azure");
  EXPECT_EQ(cloud_of({.sys_vendor = "Amazon EC2", .product_name = "t3.small"}), "AWS EC2");
  EXPECT_EQ(cloud_of({.sys_vendor = "Xen", .bios_version = "4.11.amazon"}), "AWS EC2");
  EXPECT_EQ(cloud_of({.sys_vendor = "Google", .product_name = "Google Compute Engine"}), "Google Compute Engine");
  EXPECT_EQ(cloud_of({.sys_vendor = "QEMU", .chassis_asset_tag = "OracleCloud.com"}), "Oracle Cloud");
}

TEST(HostProbe, LiveHostKeepsTheInvariants) {
  const auto machine = system::this_machine();
  const auto probe = probe_host(*machine);
  EXPECT_FALSE(probe.facts.machine_id.empty());
  EXPECT_FALSE(probe.facts.kernel_release.empty());
  EXPECT_GT(probe.facts.hardware.cpus, 0U);
  EXPECT_GT(probe.facts.hardware.memory_bytes, 0U);
  EXPECT_FALSE(probe.mapped.empty());
  EXPECT_TRUE(probe.facts.privileged_observer.known());
  for (const auto& [name, fact] : probe.facts.sysctls) EXPECT_TRUE(fact.known() || !fact.unknown.empty()) << name;
  EXPECT_TRUE(probe.mapped_complete || !probe.not_assessed.empty());
  host_connections(*machine, {"host:self"});
}

}  // namespace
}  // namespace plimsoll::probe

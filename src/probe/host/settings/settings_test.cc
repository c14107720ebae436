#include "probe/host/settings/settings.h"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <algorithm>

#include "base/file.h"
#include "probe/host/settings/address_scope.h"
#include "probe/host/settings/os_support.h"
#include "system/memory_machine.h"
#include "system/netlink.h"

namespace plimsoll::probe {
namespace {

using system::MemoryMachine;
using Kind = FactTree::Kind;
using Replies = std::vector<system::Machine::NetlinkReply>;

constexpr uint64_t kPid = 4026531836, kUser = 4026531837, kMnt = 4026531841, kNet = 4026531840;

void add_process(MemoryMachine& machine, const std::string& pid, const std::string& name,
                 const std::string& cgroup = "0::/x") {
  machine.add_file("/proc/" + pid + "/status", "Name:\t" + name + "\nUid:\t0\t0\t0\t0\nSeccomp:\t0\n")
      .add_file("/proc/" + pid + "/cgroup", cgroup)
      .add_file("/proc/" + pid + "/cmdline", std::string("/usr/sbin/") + name)
      .add_file("/proc/" + pid + "/maps", "")
      .add_directory("/proc/" + pid + "/fd");
}

// A Debian host with Docker as it comes, with one container.
void add_host(MemoryMachine& machine) {
  for (const std::string process : {"1", "self"}) {
    machine.add_namespace("/proc/" + process + "/ns/pid", "pid", kPid)
        .add_namespace("/proc/" + process + "/ns/user", "user", kUser)
        .add_namespace("/proc/" + process + "/ns/mnt", "mnt", kMnt)
        .add_namespace("/proc/" + process + "/ns/net", "net", kNet)
        .add_file("/proc/" + process + "/mountinfo",
                  "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 0:30 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw\n"
                  "3 1 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  }
  add_process(machine, "1", "systemd");
  add_process(machine, "50", "sshd");
  add_process(machine, "60", "nginx", "0::/system.slice/docker-0123456789ab.scope");
  machine.add_file("/proc/1/net/tcp", "sl\n0: 00000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 77 1\n")
      .add_link("/proc/50/fd/3", "socket:[77]")
      .add_file("/proc/1/net/route", "Iface\ndocker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n")
      .add_file("/proc/1/net/fib_trie", "  |-- 192.168.1.2\n     /32 host LOCAL\n")
      .add_file("/proc/sys/kernel/randomize_va_space", "2\n")
      .add_file("/etc/sysctl.d/90-x.conf", "kernel.randomize_va_space = 1\n")
      .add_file("/usr/lib/sysctl.d/99-x.conf", "kernel.randomize_va_space = 2\n")
      .add_file("/proc/sys/kernel/core_pattern", "|/var/lib/docker/overlay2/ab/diff/x %p\n")
      .add_file("/proc/sys/net/ipv4/conf/all/accept_redirects", "0\n")
      .add_file("/proc/sys/net/ipv4/conf/eth0/accept_redirects", "1\n")
      .add_file("/proc/sys/net/ipv4/conf/eth0/forwarding", "0\n")
      .add_file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
      .add_file("/etc/passwd", "root:x:0:0::/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/bash\n")
      .add_file("/etc/group", "root:x:0:\nbob:x:1000:\ndocker:x:999:bob\n")
      .add_file("/etc/shadow", "root:*:1::::::\nbob:$6$s$h:1:0:99999:7:::\n", 0640)
      .add_file("/etc/ssh/sshd_config", "PermitRootLogin yes\n")
      .add_file("/etc/sudoers", "%docker ALL=(ALL) NOPASSWD: ALL\n", 0440)
      .add_socket("/run/docker.sock", 0666)
      .add_directory("/var/lib/docker", 0710)
      .add_file("/usr/local/bin/tool", "", 04755)
      .add_file("/var/lib/docker/overlay2/ab/diff/bin/su", "", 04755)
      .set_attribute(
          "/usr/local/bin/tool", "security.capability",
          std::string("\x01\x00\x00\x02\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20))
      .set_clock({true, 5000})
      .set_space("/var/lib/docker", {1000, 40, 100, 90})
      .set_now(*parse_rfc3339("2026-11-24"));
}

const FactTree& at(const FactTree& tree, std::initializer_list<const char*> path) {
  const FactTree* node = &tree;
  for (const char* name : path) node = &node->at(name);
  return *node;
}

TEST(HostSettings, DataRootsThatWereChosen) {
  using namespace std::string_literals;
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, "70", "dockerd");
  machine.add_file("/proc/70/cmdline", "/usr/bin/dockerd\0--data-root\0/srv/images/\0"s)
      .add_file("/etc/containers/storage.conf", "[storage]\ngraphroot = \"/data/podman\"  # big\n")
      .add_file("/etc/containerd/config.toml", "root = '/usr'\n")
      .add_file("/srv/images/overlay2/ab/diff/bin/su", "", 04755)
      .add_file("/data/podman/overlay/ab/diff/bin/su", "", 04755)
      .add_file("/home/bob/.local/share/docker/overlay2/ab/diff/bin/su", "", 04755)
      .add_file("/usr/lib/own", "", 04755);
  const FactTree tree = probe_host_settings(machine);
  std::vector<std::string> roots, found;
  for (const FactTree& root : at(tree, {"mounts", "data_roots"}).items) roots.push_back(root.at("path").text);
  EXPECT_EQ(roots, (std::vector<std::string>{"/data/podman", "/srv/images", "/usr", "/var/lib/docker"}));
  for (const FactTree& file : at(tree, {"walk", "set_id"}).items) found.push_back(file.at("path").text);
  EXPECT_EQ(found, (std::vector<std::string>{"/usr/local/bin/tool", "/usr/lib/own"}))
      << "what lies in a store is its containers'; a store that holds the system itself is no store";
}

TEST(HostSettings, SocketsThatDockerIsToldToListenOn) {
  using namespace std::string_literals;
  MemoryMachine machine;
  add_host(machine);
  add_process(machine, "70", "dockerd");
  machine
      .add_file("/proc/70/cmdline",
                "/usr/bin/dockerd\0-H\0unix:///srv/engine.sock\0--host=unix:///var/run/docker.sock\0"s)
      .add_socket("/srv/engine.sock", 0660);
  const FactTree tree = probe_host_settings(machine);
  const std::vector<FactTree>& sockets = at(tree, {"files", "docker_socket"}).items;
  ASSERT_EQ(sockets.size(), 2u) << "one of the command line beside the usual one, which has two names";
  EXPECT_EQ(sockets[1].at("path").text, "/srv/engine.sock");
  EXPECT_EQ(sockets[1].at("mode").integer, 0660);
}

TEST(HostSettings, AHostAsItComes) {
  MemoryMachine machine;
  add_host(machine);
  const FactTree tree = probe_host_settings(machine);
  const FactTree& aslr = at(tree, {"sysctl", "kernel.randomize_va_space"});
  EXPECT_EQ(aslr.at("running").integer, 2);
  EXPECT_EQ(aslr.at("configured").integer, 2);  // the later base name wins over the directory
  EXPECT_EQ(aslr.at("configured").source, "/usr/lib/sysctl.d/99-x.conf");
  EXPECT_EQ(at(tree, {"kernel", "core_handler", "handler", "in_container_layer"}).boolean, true);
  EXPECT_EQ(at(tree, {"kernel", "core_handler", "handler", "type"}).text, "missing");
  // Not forwarding: redirects are accepted when either says so.
  ASSERT_EQ(tree.at("interfaces").items.size(), 1u);
  EXPECT_EQ(at(tree.at("interfaces").items[0], {"ipv4", "accept_redirects"}).integer, 1);
  EXPECT_EQ(at(tree, {"mounts", "at", "/tmp", "noexec"}).boolean, false);
  EXPECT_EQ(at(tree, {"mounts", "at", "/tmp", "nosuid"}).boolean, true);
  ASSERT_EQ(at(tree, {"mounts", "data_roots"}).items.size(), 1u);
  EXPECT_EQ(at(tree, {"mounts", "data_roots"}).items[0].at("free_percent").integer, 4);
  EXPECT_EQ(at(tree, {"files", "docker_socket"}).items[0].at("mode").integer, 0666);
  EXPECT_EQ(at(tree, {"sshd", "settings", "permitrootlogin"}).text, "yes");
  EXPECT_EQ(at(tree, {"sshd", "settings", "passwordauthentication"}).text, "yes");
  ASSERT_EQ(at(tree, {"sudo", "grants"}).items.size(), 1u);
  const FactTree& grant = at(tree, {"sudo", "grants"}).items[0];
  EXPECT_FALSE(grant.at("password").boolean);
  EXPECT_TRUE(grant.at("login_by_password").boolean);
  ASSERT_EQ(at(tree, {"accounts", "root_equivalent"}).items.size(), 1u);
  EXPECT_EQ(at(tree, {"accounts", "root_equivalent"}).items[0].at("user").text, "bob");
  EXPECT_EQ(at(tree, {"runtimes", "container_processes_without_seccomp"}).integer, 1);
  EXPECT_EQ(at(tree, {"time", "synchronised"}).boolean, true);
  EXPECT_EQ(at(tree, {"updates", "support", "over"}).boolean, false);
  const FactTree& listener = at(tree, {"services", "listeners"}).items[0];
  EXPECT_EQ(listener.at("process").text, "sshd");
  EXPECT_EQ(listener.at("scope").text, "lan");
}

TEST(HostSettings, WhatTheNextBootSets) {
  MemoryMachine machine;
  add_host(machine);
  machine.add_file("/proc/sys/kernel/sysrq", "0\n")
      .add_file("/proc/sys/kernel/modprobe", "/sbin/modprobe\n")
      .add_file("/proc/sys/net/ipv4/conf/all/rp_filter", "1\n")
      .add_file("/proc/sys/net/ipv4/conf/eth0/rp_filter", "1\n")
      .add_file("/proc/sys/net/ipv4/conf/all/log_martians", "1\n")
      .add_file("/proc/sys/net/ipv4/conf/eth0/log_martians", "1\n")
      .add_file("/proc/sys/net/ipv6/conf/eth0/accept_ra", "0\n")
      .add_file("/proc/sys/net/ipv6/conf/eth0/forwarding", "0\n")
      .add_file(
          "/etc/sysctl.d/99-z.conf",
          "kernel.sysrq = 1\nkernel.core_pattern = |/tmp/x\nkernel.modprobe = /tmp/y\n"
          "net.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.*.rp_filter = 0\nnet.ipv6.conf.default.accept_ra = 1\n");
  const FactTree tree = probe_host_settings(machine);
  EXPECT_FALSE(at(tree, {"kernel", "sysrq", "dumps"}).boolean);
  EXPECT_TRUE(at(tree, {"kernel", "sysrq", "at_boot", "dumps"}).boolean);
  EXPECT_EQ(at(tree, {"kernel", "core_handler", "at_boot", "handler", "path"}).text, "/tmp/x");
  const auto& helpers = at(tree, {"kernel", "helpers"}).items;
  ASSERT_EQ(helpers.size(), 2u);
  EXPECT_EQ(helpers[1].at("value").text, "/tmp/y");
  EXPECT_EQ(helpers[1].source, "/etc/sysctl.d/99-z.conf");
  const FactTree& eth0 = tree.at("interfaces").items.at(0);
  EXPECT_EQ(at(eth0, {"ipv4", "rp_filter"}).integer, 1);
  EXPECT_EQ(at(eth0, {"ipv4", "at_boot", "rp_filter"}).integer, 0);
  EXPECT_EQ(at(eth0, {"ipv4", "at_boot", "log_martians"}).kind, Kind::absent);
  EXPECT_EQ(at(eth0, {"ipv6", "accepts_ra"}).integer, 0);
  EXPECT_EQ(at(eth0, {"ipv6", "accepts_ra_at_boot"}).integer, 1);
}

TEST(HostSettings, AFirewallOfProgramsMakesMissingRulesUnknown) {
  MemoryMachine machine;
  add_host(machine);
  for (const int ask : {NFT_MSG_GETCHAIN, NFT_MSG_GETRULE})
    machine.set_netlink(NETLINK_NETFILTER, static_cast<uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | ask),
                        std::vector<system::Machine::NetlinkReply>{});
  EXPECT_EQ(at(probe_host_settings(machine), {"firewall", "input4_closed"}).kind, Kind::boolean);
  machine.add_directory("/sys/class/net/cilium_host");
  EXPECT_EQ(at(probe_host_settings(machine), {"firewall", "input4_closed"}).kind, Kind::unknown);
}

TEST(HostSettings, AmazonsMetadataServiceHasTwoAddresses) {
  // The capture's table `netavark` drops both; without the second rule IPv6 stays open.
  const auto bytes = read_file(PLIMSOLL_SOURCE_DIR "/tests/fuzz/seeds/packet_filter/nft");
  ASSERT_TRUE(bytes.ok());
  std::vector<system::Machine::NetlinkReply> both, by_four;
  ASSERT_TRUE(system::take_netlink_messages(std::string_view(*bytes).substr(1), both).ok());
  const std::string_view six("\xfd\x00\x0e\xc2\0\0\0\0\0\0\0\0\0\0\x02\x54", 16);
  for (const auto& reply : both) {
    if (reply.payload.find(six) == std::string::npos) by_four.push_back(reply);
  }
  ASSERT_LT(by_four.size(), both.size());
  const auto dropped = [](const auto& rules, const char* vendor, bool has_ipv6) {
    MemoryMachine machine;
    add_host(machine);
    for (const int ask : {NFT_MSG_GETCHAIN, NFT_MSG_GETRULE})
      machine.set_netlink(NETLINK_NETFILTER, static_cast<uint16_t>((NFNL_SUBSYS_NFTABLES << 8) | ask), rules);
    machine.add_file("/sys/class/dmi/id/sys_vendor", vendor);
    const char* scope = has_ipv6 ? "00" : "20";
    machine.add_file("/proc/1/net/if_inet6",
                     std::string("20010db8000000000000000000000004 02 40 ") + scope + " 80 eth0\n");
    return at(probe_host_settings(machine), {"firewall", "drops_metadata"});
  };
  EXPECT_TRUE(dropped(both, "Amazon EC2\n", true).boolean);
  EXPECT_FALSE(dropped(by_four, "Amazon EC2\n", true).boolean);
  EXPECT_EQ(dropped(by_four, "Amazon EC2\n", true).kind, Kind::boolean);
  EXPECT_TRUE(dropped(by_four, "Amazon EC2\n", false).boolean);
  EXPECT_TRUE(dropped(by_four, "Hetzner\n", true).boolean);
}

TEST(HostSettings, TheWalkLeavesContainersOutAndSeesCapabilities) {
  MemoryMachine machine;
  add_host(machine);
  const FactTree tree = probe_host_settings(machine);
  ASSERT_EQ(at(tree, {"walk", "set_id"}).items.size(), 1u);
  EXPECT_EQ(at(tree, {"walk", "set_id"}).items[0].at("path").text, "/usr/local/bin/tool");
  EXPECT_FALSE(at(tree, {"walk", "set_id"}).items[0].at("expected").boolean);
  ASSERT_EQ(at(tree, {"walk", "capabilities"}).items.size(), 1u);
  EXPECT_EQ(at(tree, {"walk", "capabilities"}).items[0].at("capabilities").items[0].text, "setuid");
}

TEST(HostSettings, AWalkThatRunsOutOfTimeSaysSo) {
  MemoryMachine machine;
  add_host(machine);
  for (int i = 0; i < 2000; ++i) machine.add_file("/etc/many/" + std::to_string(i), "");
  const FactTree tree = probe_host_settings(machine, {std::chrono::milliseconds(-1)});
  EXPECT_EQ(at(tree, {"walk", "open_files"}).items.back().kind, Kind::unknown);
}

TEST(HostSettings, WhatMayNotBeReadIsUnknown) {
  MemoryMachine machine;
  add_host(machine);
  for (const char* path : {"/etc/shadow", "/etc/sudoers", "/etc/ssh/sshd_config", "/etc/sysctl.d/90-x.conf"})
    machine.fail_reading(path, ErrorKind::denied, "no permission");
  const FactTree tree = probe_host_settings(machine);
  EXPECT_EQ(at(tree, {"accounts", "users"}).items[0].at("password").kind, Kind::unknown);
  EXPECT_EQ(at(tree, {"sudo", "grants"}).items.back().kind, Kind::unknown);
  EXPECT_EQ(tree.at("sshd").kind, Kind::unknown);
  EXPECT_EQ(at(tree, {"sysctl", "kernel.randomize_va_space", "configured"}).kind, Kind::unknown);
  EXPECT_EQ(at(tree, {"audit", "enabled"}).kind, Kind::unknown);  // netlink is not there
}

TEST(HostSettings, WhatIsNotThereIsAbsent) {
  MemoryMachine machine;
  const FactTree tree = probe_host_settings(machine);
  EXPECT_EQ(at(tree, {"sysctl", "kernel.kptr_restrict"}).kind, Kind::absent);
  EXPECT_EQ(tree.at("sshd").kind, Kind::absent);
  EXPECT_EQ(tree.at("sudo").kind, Kind::absent);
  EXPECT_EQ(tree.at("mounts").kind, Kind::unknown);
  EXPECT_EQ(tree.members.size(), 23u);
}

TEST(HostSettings, InAContainerNothingIsKnown) {
  MemoryMachine machine;
  add_host(machine);
  machine.add_namespace("/proc/self/ns/pid", "pid", 4026539999);
  const FactTree tree = probe_host_settings(machine);
  for (const auto& [name, node] : tree.members) EXPECT_EQ(node.kind, Kind::unknown) << name;
}

TEST(HostSettings, LoadedAuditRulesWatchNothingWhereAuditingIsOff) {
  const std::string path = "/usr/bin/runc";
  audit_rule_data rule{};
  rule.flags = AUDIT_FILTER_EXIT;
  rule.action = AUDIT_ALWAYS;
  rule.field_count = 1;
  rule.fields[0] = AUDIT_WATCH;
  rule.values[0] = rule.buflen = static_cast<uint32_t>(path.size());
  const std::string bytes(reinterpret_cast<const char*>(&rule), sizeof rule);
  for (const uint32_t enabled : {0U, 1U}) {
    audit_status status{};
    status.enabled = enabled;
    MemoryMachine machine;
    add_host(machine);
    machine.add_file(path, "").set_netlink(NETLINK_AUDIT, AUDIT_LIST_RULES, Replies{{AUDIT_LIST_RULES, bytes + path}});
    machine.set_netlink(NETLINK_AUDIT, AUDIT_GET,
                        Replies{{AUDIT_GET, std::string(reinterpret_cast<const char*>(&status), sizeof status)}});
    const FactTree tree = probe_host_settings(machine);
    EXPECT_EQ(at(tree, {"audit", "loaded_rules"}).integer, 1);
    const auto& watched = at(tree, {"audit", "runtime_paths"}).items;
    const auto row =
        std::find_if(watched.begin(), watched.end(), [&](const FactTree& one) { return one.at("path").text == path; });
    ASSERT_NE(row, watched.end());
    EXPECT_EQ(row->at("watched").boolean, enabled == 1);
  }
}

TEST(HostSettings, LoopsOfLinksAndBinaryFilesEnd) {
  MemoryMachine machine;
  add_host(machine);
  machine.add_link("/etc/sysctl.d/loop.conf", "/etc/sysctl.d/loop.conf")
      .add_file("/etc/crontab", std::string(100'000, '\xff'))
      .add_file("/etc/audit/rules.d/a.rules", std::string("\0-w\0-p", 6))
      .add_file("/etc/docker/daemon.json", "{\"hosts\": [");
  const FactTree tree = probe_host_settings(machine);
  EXPECT_EQ(at(tree, {"services", "runtime_apis"}).items[0].kind, Kind::unknown);
  EXPECT_EQ(at(tree, {"runtimes", "docker_iptables_off"}).kind, Kind::unknown);
}

TEST(Addresses, ScopesOfWhatIsBound) {
  settings::LocalNetworks networks;
  networks.container_networks = settings::parse_container_networks("docker0 000011AC 0 1 0 0 0 0000FFFF 0\n");
  networks.addresses = {"192.168.1.2"};
  EXPECT_EQ(networks.scope_of("127.0.0.1"), "loopback");
  EXPECT_EQ(networks.scope_of("172.17.0.1"), "container");
  EXPECT_EQ(networks.scope_of("0.0.0.0"), "lan");
  EXPECT_EQ(networks.scope_of("192.168.1.2"), "lan");
  networks.addresses.push_back("2a01:4f8::1");
  EXPECT_EQ(networks.scope_of("::"), "public");
  EXPECT_TRUE(settings::is_public_address("8.8.8.8"));
  EXPECT_FALSE(settings::is_public_address("100.64.0.1"));
}

TEST(Support, KnownAndUnknownReleases) {
  EXPECT_EQ(settings::end_of_support("debian", "12"), parse_rfc3339("2028-06-30"));
  EXPECT_EQ(settings::end_of_support("rhel", "9.4"), parse_rfc3339("2032-05-31"));
  EXPECT_FALSE(settings::end_of_support("rhel", "90"));
  EXPECT_FALSE(settings::end_of_support("other", "1"));
}

}  // namespace
}  // namespace plimsoll::probe

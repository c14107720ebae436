// The escape routes as they are shipped (data/routes), judged over containers.
#include <gtest/gtest.h>

#include <set>

#include "assess/assess.h"
#include "assess/condition_table.h"
#include "assess/host_paths.h"
#include "assess/needs.h"
#include "assess/test_fixture.h"
#include "base/file.h"
#include "base/text.h"
#include "policy/policy.h"

namespace plimsoll::assess {
namespace {

using namespace fixture;

const policy::Policy& shipped() {
  static const policy::Policy value = policy::default_policy().value();
  return value;
}

std::vector<RouteFinding> routes_of(const ContainerFacts& c, const HostFacts& h = plain_host(),
                                    const std::vector<Threat>& threats = {}) {
  return find_routes(c, h, threats, shipped().routes, shipped().cves);
}

// Ids of the findings; those not assessed with a question mark. Without esc.mknod_user, which every container with the
// default capabilities has as an open question (ADefaultContainerOnAPatchedHostHasNone).
std::set<std::string> ids(const std::vector<RouteFinding>& routes) {
  std::set<std::string> out;
  for (const RouteFinding& route : routes)
    if (route.id != "esc.mknod_user")
      out.insert(route.id + (route.threat_id.empty() ? "" : " " + route.threat_id) + (route.assessed ? "" : "?"));
  return out;
}

MountFacts bind(const std::string& host_path, const std::string& target, bool read_only) {
  MountFacts m;
  m.host_path = host_path;
  m.target = target;
  m.fs_type = "ext4";
  m.read_only = read_only;
  return m;
}

ContainerFacts with_mount(MountFacts mount) {
  ContainerFacts c = plain_container("x");
  c.mounts = Fact<std::vector<MountFacts>>::of({std::move(mount)});
  return c;
}

TEST(RoutesData, NamesOnlyConditionsThatAreJudged) {
  std::set<std::string> known;
  for (const Condition& condition : conditions_of({}, {}))
    EXPECT_TRUE(known.insert(condition.name).second) << condition.name << " twice";
  std::set<std::string> used;
  const auto check = [&](const RouteNeed& need, const std::string& where) {
    std::vector<std::string> names;
    names_in(need, names);
    for (const std::string& name : names) {
      EXPECT_EQ(known.count(name), 1U) << where << " names unknown condition " << name;
      used.insert(name);
    }
  };
  for (const RouteRule& rule : shipped().routes) {
    check(rule.needs, rule.id);
    EXPECT_FALSE(rule.needs.needs.empty()) << rule.id;
    for (const std::string& name : rule.clears) EXPECT_EQ(known.count(name), 1U) << rule.id << " clears " << name;
    // Clearing what the remedy clears must close the route.
    std::vector<Condition> yes;
    for (const std::string& name : known) yes.push_back({name, Tristate::yes, ""});
    EXPECT_NE(evaluate(rule.needs, ConditionSet(yes).without(rule.clears)), Tristate::yes) << rule.id;
  }
  for (const CveRule& rule : shipped().cves) check(rule.needs, rule.cve);
  for (const std::string& name : known) {
    EXPECT_TRUE(!is_unknowable(name) || used.count(name) == 1) << name << " is asked by no rule";
  }
}

TEST(RoutesData, AreAllInTheDocument) {
  const auto document = read_file(PLIMSOLL_SOURCE_DIR "/docs/routes.md");
  ASSERT_TRUE(document.ok());
  std::set<std::string> told, wanted;
  for (const std::string_view line : split(*document, '\n')) {
    if (!line.starts_with("| `")) continue;
    const size_t end = line.find('`', 3);
    if (end != std::string_view::npos) told.insert(std::string(line.substr(3, end - 3)));
  }
  for (const ConditionRow& row : condition_table()) wanted.insert(row.name);
  for (const RouteRule& rule : shipped().routes) wanted.insert(rule.id);
  for (const CveRule& rule : shipped().cves) wanted.insert(rule.route);
  EXPECT_EQ(told, wanted);
}

TEST(Routes, ADefaultContainerOnAPatchedHostHasNone) {
  // CAP_MKNOD of the default set leads out only together with a user of the host, which no fact tells.
  EXPECT_EQ(ids(routes_of(plain_container("x"))), std::set<std::string>{});
  ASSERT_EQ(routes_of(plain_container("x")).size(), 1U);
  EXPECT_TRUE(has_route(routes_of(plain_container("x")), "esc.mknod_user", false));
}

TEST(Routes, Privileged) {
  const auto routes = routes_of(privileged_container("x"));
  ASSERT_FALSE(routes.empty());
  EXPECT_EQ(routes[0].certainty, Certainty::sure);
  for (const char* id : {"esc.privileged", "esc.module", "esc.core_pattern", "esc.kernel_helpers", "esc.raw_disk",
                         "esc.bpf", "esc.kexec"}) {
    EXPECT_TRUE(has_route(routes, id)) << id;
  }
  // cgroup v2 only, own pid namespace, nothing mounted.
  for (const char* id : {"esc.release_agent", "esc.hostpid_ptrace", "esc.runtime_socket", "esc.host_path_write"}) {
    EXPECT_FALSE(has_route(routes, id)) << id;
  }
}

TEST(Routes, UserNamespaceCutsThem) {
  ContainerFacts c = privileged_container("x");
  c.host_namespace["user"] = Fact<bool>::of(false);
  c.host_namespace["pid"] = Fact<bool>::of(true);
  c.processes[0].host_uid = Fact<uint32_t>::of(100000);
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{});
}

TEST(Routes, AnUnknownUserNamespaceLeavesThemOpenQuestions) {
  ContainerFacts c = privileged_container("x");
  c.host_namespace["user"] = Fact<bool>::missing("permission denied");
  const auto routes = routes_of(c);
  EXPECT_TRUE(has_route(routes, "esc.privileged", false));
  EXPECT_FALSE(has_route(routes, "esc.privileged", true));
  bool told = false;
  for (const Condition& condition : routes[0].evidence)
    told |= condition.evidence.find("permission denied") != std::string::npos;
  EXPECT_TRUE(told);
}

TEST(Routes, NothingReadIsNothingCleared) {
  // No fact at all: questions, no answer. Only what a known fact rules out may be absent.
  const auto routes = routes_of({}, {});
  EXPECT_FALSE(routes.empty());
  for (const RouteFinding& route : routes) EXPECT_FALSE(route.assessed) << route.id;
  for (const RouteRule& rule : shipped().routes) EXPECT_TRUE(has_route(routes, rule.id, false)) << rule.id;
}

TEST(Routes, TheWorstProcessDecides) {
  // The service dropped everything; somebody ran a privileged shell beside it.
  ContainerFacts c = privileged_container("x");
  ProcessFacts dropped = plain_container("y").processes[0];
  dropped.host_uid = Fact<uint32_t>::of(1000);
  dropped.capabilities = Fact<CapabilitySets>::of({});
  dropped.no_new_privs = Fact<bool>::of(true);
  c.processes.insert(c.processes.begin(), dropped);
  EXPECT_TRUE(has_route(routes_of(c), "esc.privileged"));
  c.processes.pop_back();
  EXPECT_FALSE(has_route(routes_of(c), "esc.privileged"));
}

TEST(Routes, SetuidProgramsReachTheBoundingSet) {
  ContainerFacts c = privileged_container("x");
  c.processes[0].host_uid = Fact<uint32_t>::of(1000);
  c.processes[0].capabilities = Fact<CapabilitySets>::of({0, 0, 0, kAllCaps, 0});
  EXPECT_TRUE(has_route(routes_of(c), "esc.privileged"));
  c.processes[0].no_new_privs = Fact<bool>::of(true);
  EXPECT_FALSE(has_route(routes_of(c), "esc.privileged"));
  c.processes[0].no_new_privs = Fact<bool>::of(false);
  c.setuid_files = Fact<bool>::missing("image not read");
  EXPECT_TRUE(has_route(routes_of(c), "esc.privileged", false));
}

TEST(Routes, RuntimeSocket) {
  ContainerFacts c = plain_container("x");
  c.runtime_sockets =
      Fact<std::vector<RuntimeSocketFacts>>::of({{"/var/run/docker.sock", "docker", Fact<bool>::of(true)}});
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{"esc.runtime_socket"});
  (*c.runtime_sockets.value)[0].usable = Fact<bool>::of(false);
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{});
  (*c.runtime_sockets.value)[0].usable = Fact<bool>::missing("SELinux decides");
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{"esc.runtime_socket?"});
}

TEST(Routes, HostPaths) {
  struct Case {
    const char* path;
    bool read_only;
    std::set<std::string> expected;
  };
  const std::string write = "esc.host_path_write", read = "leak.host_path_read";
  const Case cases[] = {
      {"/", false, {write, read}},
      {"/", true, {read}},
      {"/etc", false, {write, read}},
      {"/etc", true, {read}},
      {"/etc/cron.d", false, {write, read}},
      {"/usr/local/bin", false, {write}},
      {"/usr/local/bin", true, {}},
      {"/var", false, {write, read}},                            // contains /var/lib/docker
      {"/var/lib/docker/volumes/data/_data", false, {}},         // any volume
      {"/var/lib/docker/containers/ab/resolv.conf", false, {}},  // any container
      {"/var/lib/docker/overlay2/ab/diff", false, {write, read}},
      {"/var/lib/kubelet/pods/1/volumes/v", false, {}},
      {"/run/containers/storage/overlay-containers/ab/userdata/hosts", false, {}},
      {"/var/run/systemd/system", false, {write}},
      {"/etc/localtime", true, {}},
      {"/etc/ssl/certs", true, {}},
      {"/srv/data", false, {}},
      {"/etcetera", false, {}},
      {"/root/.ssh", true, {read}},
  };
  for (const Case& c : cases)
    EXPECT_EQ(ids(routes_of(with_mount(bind(c.path, "/mnt", c.read_only)))), c.expected) << c.path;
}

TEST(Routes, KernelFileSystemsAndTheOwnRootAreNoHostPaths) {
  MountFacts cgroup = bind("/sys/fs/cgroup", "/sys/fs/cgroup", false);
  cgroup.fs_type = "cgroup2";
  EXPECT_EQ(ids(routes_of(with_mount(cgroup))), std::set<std::string>{});
  MountFacts own = bind("/var/lib/docker/overlay2/ab/merged", "/", false);
  own.fs_type = "overlay";
  EXPECT_EQ(ids(routes_of(with_mount(own))), std::set<std::string>{});
  MountFacts proc = bind("/proc", "/hostproc", false);
  proc.fs_type = "proc";
  EXPECT_EQ(ids(routes_of(with_mount(proc))), std::set<std::string>{"esc.hostproc"});
}

TEST(Routes, HostPidNamespace) {
  ContainerFacts c = plain_container("x");
  c.host_namespace["pid"] = Fact<bool>::of(true);
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{"leak.hostpid"});
  c.processes[0].capabilities =
      Fact<CapabilitySets>::of({0, kDockerCaps, kDockerCaps, kDockerCaps | (uint64_t{1} << 19), 0});
  EXPECT_EQ(ids(routes_of(c)), (std::set<std::string>{"esc.hostpid_ptrace", "leak.hostpid"}));
}

TEST(Routes, ModulesOnlyWhereTheHostTakesThem) {
  ContainerFacts c = plain_container("x");
  const uint64_t caps = kDockerCaps | (uint64_t{1} << 16);
  c.processes[0].capabilities = Fact<CapabilitySets>::of({0, caps, caps, caps, 0});
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{"esc.module"});
  HostFacts locked = plain_host();
  locked.lockdown = Fact<std::string>::of("integrity");
  EXPECT_EQ(ids(routes_of(c, locked)), std::set<std::string>{});
  HostFacts unread = plain_host();
  unread.module_signatures_enforced = Fact<bool>::missing("not in /sys");
  EXPECT_EQ(ids(routes_of(c, unread)), std::set<std::string>{"esc.module?"});
}

TEST(Routes, DiskNodes) {
  ContainerFacts c = plain_container("x");
  c.device_nodes = Fact<std::vector<DeviceNode>>::of({{"/dev/sda1", 'b', 8, 1, "disk"}});
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{"esc.raw_disk"});
  // The host's /dev merely mounted: the device rules keep it shut.
  MountFacts dev = bind("/dev", "/dev", false);
  dev.fs_type = "devtmpfs";
  c.mounts = Fact<std::vector<MountFacts>>::of({dev});
  EXPECT_EQ(ids(routes_of(c)), std::set<std::string>{});
}

TEST(Routes, ADisksGroupIsEnough) {
  ContainerFacts c = plain_container("x");
  c.host_namespace["user"] = Fact<bool>::of(false);  // no root of the host
  DeviceNode disk{"/dev/sda1", 'b', 8, 1, "disk", Fact<bool>::of(false)};
  c.device_nodes = Fact<std::vector<DeviceNode>>::of({disk});
  EXPECT_EQ(ids(routes_of(c)).count("esc.raw_disk"), 0U);
  disk.by_permission = Fact<bool>::of(true);
  c.device_nodes = Fact<std::vector<DeviceNode>>::of({disk});
  EXPECT_EQ(ids(routes_of(c)).count("esc.raw_disk"), 1U);
  disk.by_permission = Fact<bool>::missing("status not read");
  c.device_nodes = Fact<std::vector<DeviceNode>>::of({disk});
  EXPECT_EQ(ids(routes_of(c)).count("esc.raw_disk?"), 1U);
}

TEST(Routes, KernelMemoryAsAFile) {
  ContainerFacts c = plain_container("x");
  const uint64_t caps = kDockerCaps | (uint64_t{1} << 17);  // SYS_RAWIO
  c.processes[0].capabilities = Fact<CapabilitySets>::of({0, caps, caps, caps, 0});
  EXPECT_EQ(ids(routes_of(c)).count("esc.mem"), 0U);
  c.kernel_memory_visible = Fact<bool>::of(true);
  EXPECT_EQ(ids(routes_of(c)).count("esc.mem"), 1U);
  HostFacts locked = plain_host();
  locked.lockdown = Fact<std::string>::of("integrity");
  EXPECT_EQ(ids(routes_of(c, locked)).count("esc.mem"), 0U);
}

TEST(Routes, KernelFlawsByUpstreamRange) {
  HostFacts h = plain_host();
  h.kernel_release = "5.15.24";
  auto routes = routes_of(plain_container("x"), h);
  EXPECT_TRUE(ids(routes).count("esc.kernel_cve CVE-2022-0847"));
  for (const RouteFinding& route : routes) EXPECT_EQ(route.certainty, Certainty::maybe) << route.threat_id;
  // Fixed in that branch; and unpatched branches in between stay vulnerable.
  h.kernel_release = "5.15.25";
  EXPECT_FALSE(ids(routes_of(plain_container("x"), h)).count("esc.kernel_cve CVE-2022-0847"));
  h.kernel_release = "5.12.19";
  EXPECT_TRUE(ids(routes_of(plain_container("x"), h)).count("esc.kernel_cve CVE-2022-0847"));
  h.kernel_release = "5.7.1";
  EXPECT_FALSE(ids(routes_of(plain_container("x"), h)).count("esc.kernel_cve CVE-2022-0847"));
  // Needs: a filtered default container cannot make a user namespace, an unfiltered one can.
  h.kernel_release = "6.1.50";
  EXPECT_FALSE(ids(routes_of(plain_container("x"), h)).count("esc.kernel_cve CVE-2024-1086"));
  ContainerFacts unfiltered = plain_container("x");
  unfiltered.processes[0].seccomp = Fact<int>::of(0);
  EXPECT_TRUE(ids(routes_of(unfiltered, h)).count("esc.kernel_cve CVE-2024-1086"));
  // Debian names an ABI in the release; the version stands in uname -v.
  h.kernel_release = "6.1.0-18-amd64";
  h.kernel_version = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)";
  EXPECT_FALSE(ids(routes_of(unfiltered, h)).count("esc.kernel_cve CVE-2024-1086"));
  h.kernel_release = "custom";
  h.kernel_version = "";
  EXPECT_TRUE(ids(routes_of(plain_container("x"), h)).count("esc.kernel_cve?"));
}

TEST(Routes, AdvisoriesDecideBeforeRanges) {
  HostFacts h = plain_host();
  h.kernel_release = "5.15.0-91-generic";
  const ContainerFacts c = plain_container("x");
  EXPECT_TRUE(ids(routes_of(c, h)).count("esc.kernel_cve CVE-2022-0847"));
  // The distribution lists another flaw of its kernel, so this one is fixed there.
  EXPECT_FALSE(ids(routes_of(c, h, {threat("CVE-2023-9999", 7, AttackVector::local, {}, "linux")}))
                   .count("esc.kernel_cve CVE-2022-0847"));
  const auto routes = routes_of(c, h, {threat("CVE-2022-0847", 7, AttackVector::local, {}, "linux")});
  ASSERT_TRUE(ids(routes).count("esc.kernel_cve CVE-2022-0847"));
  EXPECT_EQ(routes[0].certainty, Certainty::likely);
}

TEST(Routes, RuntimeFlaws) {
  HostFacts h = plain_host();
  h.runtimes[0].component_versions["runc"] = "1.1.5+ds1";
  auto found = ids(routes_of(plain_container("x"), h));
  EXPECT_TRUE(found.count("esc.fd_leak CVE-2024-21626"));
  EXPECT_FALSE(found.count("esc.runtime_cve CVE-2019-5736"));
  EXPECT_TRUE(found.count("esc.core_pattern CVE-2025-31133?"));  // hangs on who chooses the image
  h.runtimes[0].component_versions["runc"] = "1.0.0-rc92";
  EXPECT_FALSE(ids(routes_of(plain_container("x"), h)).count("esc.fd_leak CVE-2024-21626"));
  h.runtimes[0].component_versions["runc"] = "1.0.0~rc93+ds1";
  EXPECT_TRUE(ids(routes_of(plain_container("x"), h)).count("esc.fd_leak CVE-2024-21626"));
  h.runtimes[0].component_versions.erase("runc");
  EXPECT_TRUE(ids(routes_of(plain_container("x"), h)).count("esc.runtime_cve?"));
}

// Only where a container has a device of NVIDIA's is the toolkit asked about; whose image it is nobody knows.
TEST(Routes, FlawsOfTheGpuToolkitWhereItsDevicesAre) {
  HostFacts h = plain_host();
  h.runtimes[0].component_versions["nvidia-container-toolkit"] = "1.17.4-1";
  ContainerFacts c = plain_container("x");
  EXPECT_EQ(ids(routes_of(c, h)).count("esc.runtime_cve CVE-2025-23266?"), 0U);
  c.device_nodes = Fact<std::vector<DeviceNode>>::of({{"/dev/nvidia0", 'c', 195, 0, "nvidia"}});
  EXPECT_EQ(ids(routes_of(c, h)).count("esc.runtime_cve CVE-2025-23266?"), 1U);
  EXPECT_EQ(ids(routes_of(c, h)).count("esc.runtime_cve CVE-2024-0132?"), 0U) << "mended in 1.16.2";
  h.runtimes[0].component_versions["nvidia-container-toolkit"] = "1.17.8-1";
  EXPECT_EQ(ids(routes_of(c, h)).count("esc.runtime_cve CVE-2025-23266?"), 0U);
}

TEST(SideRoutes, PlainTcpOfTheRuntime) {
  HostFacts h = plain_host();
  ContainerFacts c = plain_container("x");
  h.listeners = Fact<std::vector<Listener>>::of({{Transport::tcp, "0.0.0.0", 2375, 0, false}});
  EXPECT_FALSE(has_route(routes_of(c, h), "esc.runtime_tcp"));  // on no network
  c.networks = Fact<std::vector<NetworkAttachment>>::of({{"n1", "bridge", "172.17.0.2", "", false}});
  EXPECT_TRUE(has_route(routes_of(c, h), "esc.runtime_tcp"));
  h.listeners.value->front().loopback_only = true;
  EXPECT_FALSE(has_route(routes_of(c, h), "esc.runtime_tcp"));
  c.host_namespace["net"] = Fact<bool>::of(true);
  EXPECT_TRUE(has_route(routes_of(c, h), "esc.runtime_tcp"));
  EXPECT_TRUE(has_route(routes_of(c, h), "lat.host_services"));
  h.listeners = Fact<std::vector<Listener>>::missing("permission denied");
  EXPECT_EQ(ids(routes_of(c, h)).count("esc.runtime_tcp?"), 1U);
}

TEST(SideRoutes, MetadataServiceIsPossibleNotAssessed) {
  HostFacts h = plain_host();
  ContainerFacts c = plain_container("x");
  c.reaches_outside = Fact<bool>::of(true);
  h.hardware.vendor = "Some Maker";
  EXPECT_EQ(ids(routes_of(c, h)).count("lat.imds?"), 0U);
  h.hardware.vendor = "Amazon EC2";
  h.hardware.cloud = "AWS EC2";
  EXPECT_EQ(ids(routes_of(c, h)).count("lat.imds?"), 1U);
}

TEST(SideRoutes, MetadataServiceBehindARuleOrWithoutOne) {
  HostFacts h = plain_host();
  h.hardware.vendor = "Amazon EC2";
  h.hardware.cloud = "AWS EC2";
  h.metadata_dropped = Fact<bool>::of(false);
  ContainerFacts c = plain_container("x");
  c.reaches_outside = Fact<bool>::of(true);
  EXPECT_EQ(ids(routes_of(c, h)).count("lat.imds?"), 1U) << "a limit of hops is not asked for";
  c.host_namespace["net"] = Fact<bool>::of(true);
  EXPECT_TRUE(has_route(routes_of(c, h), "lat.imds")) << "as near as the host itself: no limit of hops helps";
  h.metadata_dropped = Fact<bool>::of(true);
  EXPECT_EQ(ids(routes_of(c, h)).count("lat.imds"), 0U);
  EXPECT_EQ(ids(routes_of(c, h)).count("lat.imds?"), 0U);
}

TEST(SideRoutes, RuntimesThatListenOnAnyPort) {
  HostFacts h = plain_host();
  ContainerFacts c = plain_container("x");
  c.networks = Fact<std::vector<NetworkAttachment>>::of({{"n1", "bridge", "172.17.0.2", "", false}});
  h.runtime_apis = Fact<std::vector<RuntimeApi>>::of({{"podman", "tcp://0.0.0.0:8888", false, false}});
  EXPECT_TRUE(has_route(routes_of(c, h), "esc.runtime_tcp"));
  h.runtime_apis.value->front().verified = true;
  EXPECT_FALSE(has_route(routes_of(c, h), "esc.runtime_tcp")) << "asks for client certificates";
  h.runtime_apis.value->front() = {"dockerd", "tcp://127.0.0.1:2376", false, true};
  EXPECT_FALSE(has_route(routes_of(c, h), "esc.runtime_tcp"));
  h.runtime_apis = Fact<std::vector<RuntimeApi>>::missing("permission denied");
  EXPECT_EQ(ids(routes_of(c, h)).count("esc.runtime_tcp?"), 1U);
}

// A process that is not root, and cannot become it.
ContainerFacts user_with_mount(uint32_t uid, MountFacts mount, std::optional<uint32_t> owner, uint32_t mode) {
  if (owner) mount.owner = Fact<uint32_t>::of(*owner);
  if (owner) mount.mode = Fact<uint32_t>::of(mode);
  ContainerFacts c = with_mount(mount);
  c.setuid_files = Fact<bool>::of(false);
  c.processes[0].host_uid = Fact<uint32_t>::of(uid);
  c.processes[0].capabilities = Fact<CapabilitySets>::of({});
  return c;
}

TEST(Routes, HostPathsOfWhoIsNotRoot) {
  constexpr uint32_t directory = 0040000, file = 0100000;
  const MountFacts home = bind("/home/ann", "/data", false), read_only = bind("/home/ann", "/data", true);
  const auto routes = [](uint32_t uid, const MountFacts& mount, std::optional<uint32_t> owner, uint32_t mode) {
    return ids(routes_of(user_with_mount(uid, mount, owner, mode)));
  };
  using Ids = std::set<std::string>;
  EXPECT_EQ(routes(1000, home, 1000, directory | 0750), (Ids{"esc.host_path_write", "leak.host_path_read"}));
  EXPECT_EQ(routes(1001, home, 1000, directory | 0755), Ids{});
  EXPECT_EQ(routes(1001, home, 1000, directory | 0777), Ids{"esc.host_path_write"})
      << "what lies in it has modes of its own";
  EXPECT_EQ(routes(1000, read_only, 1000, directory | 0750), Ids{"leak.host_path_read"});
  EXPECT_EQ(routes(1001, bind("/home/ann/.netrc", "/n", true), 1000, file | 0644), Ids{"leak.host_path_read"});
  EXPECT_EQ(routes(1001, bind("/home/ann/.netrc", "/n", true), 1000, file | 0600), Ids{});
  EXPECT_EQ(routes(1001, home, {}, 0), (Ids{"esc.host_path_write?", "leak.host_path_read?"}))
      << "who owns it is not known";
}

TEST(SideRoutes, MountsAndNeighbours) {
  EXPECT_TRUE(has_route(routes_of(with_mount(bind("/etc/cni/net.d", "/host/cni", false))), "esc.cni_cdi"));
  EXPECT_FALSE(has_route(routes_of(with_mount(bind("/etc/cni/net.d", "/host/cni", true))), "esc.cni_cdi"));
  EXPECT_TRUE(has_route(routes_of(with_mount(bind("/var/lib/kubelet", "/k", false))), "esc.kubelet_dir"));
  EXPECT_FALSE(has_route(routes_of(with_mount(bind("/var/lib/kubelet/pods/1/etc-hosts", "/etc/hosts", false))),
                         "esc.kubelet_dir"));
  EXPECT_TRUE(has_route(routes_of(with_mount(bind("/etc/kubernetes", "/k", false))), "esc.static_pod"));
  EXPECT_TRUE(has_route(routes_of(with_mount(bind("/root/.docker", "/creds", true))), "lat.registry_creds"));
  EXPECT_TRUE(has_route(routes_of(with_mount(bind("/var/lib/kubelet/pods/1/volumes/x",
                                                  "/run/secrets/kubernetes.io/serviceaccount", true))),
                        "lat.sa_token"));
  ContainerFacts c = plain_container("x");
  c.network_neighbours = Fact<uint32_t>::of(2);
  EXPECT_TRUE(has_route(routes_of(c), "lat.spoof"));
  c.processes[0].capabilities.value->bounding = c.processes[0].capabilities.value->effective =
      c.processes[0].capabilities.value->permitted = 0;
  EXPECT_FALSE(has_route(routes_of(c), "lat.spoof"));
  c.pids_limit = Fact<uint64_t>::of(UINT64_MAX);
  EXPECT_TRUE(has_route(routes_of(c), "dos.host"));
}

// The joined container's way is taken over, one that leads elsewhere opens no edge, and a lone container has neither.
TEST(SideRoutes, JoiningAContainerInheritsItsWay) {
  Report report;
  const auto add = [&](ContainerFacts facts) {
    AssetReport asset;
    asset.asset.id.value = "docker:" + facts.name;
    asset.asset.kind = AssetKind::container;
    asset.asset.name = facts.name;
    asset.asset.node = "box";
    asset.container = std::move(facts);
    report.assets.push_back(std::move(asset));
  };
  ContainerFacts side = plain_container("side");
  side.joined_pid_namespace_of = "main";
  ContainerFacts main = plain_container("main");
  main.runtime_sockets = Fact<std::vector<RuntimeSocketFacts>>::of({{"/s", "docker", Fact<bool>::of(true)}});
  ContainerFacts noisy = plain_container("noisy");
  noisy.pids_limit = Fact<uint64_t>::of(UINT64_MAX);
  add(side), add(main), add(noisy);
  AssetReport host;
  host.asset.id.value = "host:1";
  host.asset.kind = AssetKind::host;
  host.asset.name = host.asset.node = "box";
  host.host = plain_host();
  report.assets.push_back(host);
  assess(report, {shipped().scoring, shipped().routes, shipped().cves});
  for (const AssetReport& asset : report.assets) {
    if (asset.asset.name == "side") {
      EXPECT_TRUE(has_route(asset.assessment.routes, "esc.joined"));
    }
    if (asset.asset.name == "noisy") {
      EXPECT_TRUE(has_route(asset.assessment.routes, "dos.host"));
      EXPECT_TRUE(asset.assessment.additions.empty());
      EXPECT_TRUE(asset.assessment.not_assessed.empty());
    }
  }
}

}  // namespace
}  // namespace plimsoll::assess

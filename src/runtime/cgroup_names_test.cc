#include "runtime/cgroup_names.h"

#include <gtest/gtest.h>

namespace plimsoll::runtime {
namespace {

const std::string id(64, 'a');
const std::string inner(64, 'b');

void expect(const std::string& path, const std::string& runtime, const std::string& name, const std::string& cgroup) {
  const auto found = container_of_cgroup(path);
  ASSERT_TRUE(found.has_value()) << path;
  EXPECT_EQ(*found, (CgroupName{runtime, name, cgroup})) << path;
}

TEST(CgroupNames, EveryRuntime) {
  const auto same = [](const std::string& path, const std::string& runtime) { expect(path, runtime, id, path); };
  same("/system.slice/docker-" + id + ".scope", "docker");
  same("/docker/" + id, "docker");
  same("/machine.slice/libpod-" + id + ".scope", "podman");
  same("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id + ".scope", "podman");
  same("/libpod_parent/libpod-" + id, "podman");
  same("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope", "containerd");
  same("/kubepods.slice/kubepods-besteffort.slice/crio-" + id + ".scope", "cri-o");
  same("/kubepods/burstable/pod1b2c-3d/" + id, "kubernetes");
  same("/system.slice/nerdctl-" + id + ".scope", "containerd");
  same("/default/" + id, "containerd");
  same("/custom-parent/" + id, "unmanaged");
  expect("/default/redis", "containerd", "redis", "/default/redis");
  expect("/lxc.payload.box/system.slice/ssh.service", "lxc", "box", "/lxc.payload.box");
  expect("/machine.slice/machine-deb12.scope/payload", "systemd-nspawn", "deb12", "/machine.slice/machine-deb12.scope");
  expect("/machine.slice/systemd-nspawn@deb.service", "systemd-nspawn", "deb",
         "/machine.slice/systemd-nspawn@deb.service");
}

TEST(CgroupNames, TheInnermostOneAndWhatIsBelowIt) {
  expect("/docker/" + id + "/init.scope", "docker", id, "/docker/" + id);
  expect("/docker/" + id + "/docker/" + inner + "/x", "docker", inner, "/docker/" + id + "/docker/" + inner);
  expect("/machine.slice/libpod-" + id + ".scope/container", "podman", id, "/machine.slice/libpod-" + id + ".scope");
}

TEST(CgroupNames, TheHostIsNoContainer) {
  for (const std::string& path :
       {std::string("/"), std::string(""), std::string("/system.slice/docker.service"),
        "/machine.slice/libpod-conmon-" + id + ".scope", "/crio-conmon-" + id + ".scope",
        std::string("/user.slice/user-0.slice/session-1.scope"), "/docker/" + id.substr(1),
        "/docker/" + std::string(64, 'Z'), std::string("/machine.slice/machine-qemu\\x2d1\\x2dvm.scope"),
        std::string("/default"), std::string("/docker"), std::string("//")}) {
    EXPECT_FALSE(container_of_cgroup(path).has_value()) << path;
  }
}

TEST(CgroupNames, WholeFile) {
  EXPECT_EQ(container_of_cgroup_file("12:cpu:/\n5:memory:/docker/" + id + "\n0::/\n")->id, id);
  EXPECT_FALSE(container_of_cgroup_file("0::/init.scope\n").has_value());
  EXPECT_FALSE(container_of_cgroup_file("garbage").has_value());
}

TEST(CgroupNames, AnEmptyNameNamesNoContainer) {
  EXPECT_EQ(container_of_cgroup("/machine.slice/machine-.scope"), std::nullopt);
  EXPECT_EQ(container_of_cgroup("/machine.slice/systemd-nspawn@.service"), std::nullopt);
}

}  // namespace
}  // namespace plimsoll::runtime

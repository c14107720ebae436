#include "probe/runtime/engine_config.h"

#include <gtest/gtest.h>

#include "probe/runtime/registries.h"
#include "system/memory_machine.h"

namespace plimsoll::probe {
namespace {

using Kind = FactTree::Kind;
using system::Files;
using system::MemoryMachine;

std::vector<std::string> texts(const FactTree& list) {
  std::vector<std::string> out;
  for (const FactTree& item : list.items) out.push_back(item.text);
  return out;
}

using Texts = std::vector<std::string>;

TEST(PodmanConfig, LaterFilesAreLaidOverEarlierOnes) {
  MemoryMachine machine;
  machine.add_file("/usr/share/containers/containers.conf", "[containers]\npids_limit = 2048\nlabel = true\n")
      .add_file("/etc/containers/containers.conf", "[containers]\npids_limit = 0\n")
      .add_file("/etc/containers/containers.conf.d/10-a.conf", "[containers]\nseccomp_profile = \"unconfined\"\n")
      .add_file("/home/ann/.config/containers/containers.conf", "[containers]\nprivileged = true\n");
  const Files files(machine);
  const FactTree root = podman_config(files, "").at("containers");
  EXPECT_EQ(root.at("pids_limit").integer, 0);
  EXPECT_TRUE(root.at("label").boolean);
  EXPECT_EQ(root.at("seccomp_profile").text, "unconfined");
  EXPECT_EQ(root.at("privileged").kind, Kind::absent);
  EXPECT_TRUE(podman_config(files, "/home/ann").at("containers").at("privileged").boolean);
}

TEST(PodmanConfig, AFileThatIsNoTomlMakesItsSettingsUnknown) {
  MemoryMachine machine;
  machine.add_file("/etc/containers/containers.conf", "[containers\n");
  const FactTree config = podman_config(Files(machine), "");
  EXPECT_EQ(config.at("containers").kind, Kind::unknown);
  EXPECT_NE(config.at("containers").text.find("/etc/containers/containers.conf"), std::string::npos);
  EXPECT_EQ(config.at("registries").kind, Kind::map);
}

TEST(Registries, InsecureOnesByRegistryMirrorAndTheOldFormat) {
  MemoryMachine machine;
  machine
      .add_file("/etc/containers/registries.conf",
                "unqualified-search-registries = [\"docker.io\", \"quay.io\"]\nshort-name-mode = \"permissive\"\n"
                "[[registry]]\nprefix = \"a.example\"\nlocation = \"a.example\"\ninsecure = true\n"
                "[[registry]]\nlocation = \"b.example\"\n[[registry.mirror]]\nlocation = \"mirror.example\"\n"
                "insecure = true\n[[registry]]\nlocation = \"localhost:5000\"\ninsecure = true\n")
      .add_file("/etc/containers/registries.conf.d/50-mend.conf",
                "[[registry]]\nprefix = \"a.example\"\nlocation = \"a.example\"\ninsecure = false\n");
  const FactTree found = registries_of(Files(machine), "");
  EXPECT_EQ(texts(found.at("insecure")), Texts{"mirror.example"});
  EXPECT_EQ(texts(found.at("unqualified_search")), (Texts{"docker.io", "quay.io"}));
  EXPECT_EQ(found.at("short_names").text, "permissive");

  MemoryMachine old;
  old.add_file("/etc/containers/registries.conf", "[registries.insecure]\nregistries = ['old.example']\n");
  EXPECT_EQ(texts(registries_of(Files(old), "").at("insecure")), Texts{"old.example"});
}

TEST(Registries, AUsersOwnFileTakesThePlaceOfTheSystems) {
  MemoryMachine machine;
  machine.add_file("/etc/containers/registries.conf", "[[registry]]\nlocation = \"a.example\"\ninsecure = true\n")
      .add_file("/home/ann/.config/containers/registries.conf", "unqualified-search-registries = []\n");
  EXPECT_EQ(texts(registries_of(Files(machine), "").at("insecure")), Texts{"a.example"});
  EXPECT_EQ(texts(registries_of(Files(machine), "/home/ann").at("insecure")), Texts{});
}

TEST(ImagePolicy, TheFirstRequirementByDefault) {
  MemoryMachine machine;
  machine.add_file("/etc/containers/policy.json", R"({"default": [{"type": "insecureAcceptAnything"}]})");
  EXPECT_EQ(image_policy_of(Files(machine), "").at("default").text, "insecureAcceptAnything");
  machine.add_file("/home/ann/.config/containers/policy.json", R"({"default": []})");
  EXPECT_EQ(image_policy_of(Files(machine), "/home/ann").kind, Kind::unknown);
  EXPECT_EQ(image_policy_of(Files(MemoryMachine()), "").kind, Kind::absent);
}

TEST(CrioConfig, DropInsCountAndSettingsStandByTable) {
  MemoryMachine machine;
  machine.add_file("/etc/crio/crio.conf", "[crio.runtime]\nselinux = false\nlog_level = \"debug\"\n")
      .add_file("/etc/crio/crio.conf.d/10-x.conf",
                "[crio.runtime]\nselinux = true\n[crio.image]\ninsecure_registries = [\"c.example\"]\n");
  const FactTree config = crio_config(Files(machine));
  EXPECT_TRUE(config.at("runtime").at("selinux").boolean);
  EXPECT_EQ(config.at("runtime").at("log_level").text, "debug");
  EXPECT_EQ(texts(config.at("image").at("insecure_registries")), Texts{"c.example"});
  EXPECT_EQ(config.at("api").kind, Kind::map);
}

TEST(ContainerdConfig, TheSameOfEachVersionOfTheFormat) {
  const std::string two = R"(version = 2
[plugins."io.containerd.grpc.v1.cri"]
enable_selinux = true
stream_server_address = "0.0.0.0"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
privileged_without_host_devices = true
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."m.example"]
endpoint = ["http://m.example:5000", "https://x"]
[plugins."io.containerd.grpc.v1.cri".registry.configs."v.example".tls]
insecure_skip_verify = true
[debug]
level = "debug"
)";
  const std::string three = R"(version = 3
[plugins."io.containerd.cri.v1.runtime"]
enable_selinux = true
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
privileged_without_host_devices = true
[plugins."io.containerd.cri.v1.images".registry.mirrors."m.example"]
endpoint = ["http://m.example:5000"]
[plugins."io.containerd.cri.v1.images".registry.configs."v.example".tls]
insecure_skip_verify = true
[plugins."io.containerd.grpc.v1.cri"]
stream_server_address = "0.0.0.0"
[debug]
level = "debug"
)";
  for (const std::string& text : {two, three}) {
    MemoryMachine machine;
    machine.add_file("/etc/containerd/config.toml", text);
    const FactTree config = containerd_config(Files(machine), "/etc/containerd/config.toml");
    EXPECT_TRUE(config.at("cri").boolean);
    EXPECT_TRUE(config.at("selinux").boolean);
    EXPECT_FALSE(config.at("apparmor_disabled").boolean);
    EXPECT_EQ(config.at("stream_address").text, "0.0.0.0");
    EXPECT_TRUE(config.at("privileged_without_host_devices").boolean);
    EXPECT_EQ(texts(config.at("insecure_registries")), (Texts{"m.example", "v.example"}));
    EXPECT_EQ(config.at("log_level").text, "debug");
  }
}

TEST(ContainerdConfig, ImportsAndHostFiles) {
  MemoryMachine machine;
  machine
      .add_file("/etc/containerd/config.toml",
                "version = 2\nimports = [\"conf.d/*.toml\"]\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n"
                "config_path = \"/etc/containerd/certs.d\"\n")
      .add_file("/etc/containerd/conf.d/a.toml", "[plugins.\"io.containerd.grpc.v1.cri\"]\ndisable_apparmor = true\n")
      .add_file("/etc/containerd/conf.d/readme.txt", "no TOML")
      .add_file("/etc/containerd/certs.d/a.example/hosts.toml",
                "server = \"https://a.example\"\n[host.\"https://m.example\"]\nskip_verify = true\n")
      .add_file("/etc/containerd/certs.d/b.example/hosts.toml", "server = \"https://b.example\"\n");
  const FactTree config = containerd_config(Files(machine), "/etc/containerd/config.toml");
  EXPECT_TRUE(config.at("apparmor_disabled").boolean);
  EXPECT_EQ(texts(config.at("insecure_registries")), Texts{"a.example"});
}

// What such a file might set nobody knows then.
TEST(ContainerdConfig, AnImportThatIsNotFollowedMakesItUnknown) {
  MemoryMachine machine;
  machine.add_file("/etc/containerd/config.toml", "imports = [\"/etc/*/more.toml\"]\n");
  const FactTree config = containerd_config(Files(machine), "/etc/containerd/config.toml");
  EXPECT_EQ(config.kind, Kind::unknown);
  EXPECT_NE(config.text.find("/etc/*/more.toml"), std::string::npos) << config.text;
}

TEST(ContainerdConfig, WithoutTheCriPluginItsSettingsAreAbsent) {
  MemoryMachine machine;
  machine.add_file("/etc/containerd/config.toml", "disabled_plugins = [\"cri\"]\n");
  const FactTree config = containerd_config(Files(machine), "/etc/containerd/config.toml");
  EXPECT_FALSE(config.at("cri").boolean);
  EXPECT_EQ(config.at("insecure_registries").kind, Kind::absent);
  EXPECT_TRUE(containerd_config(Files(MemoryMachine()), "/etc/containerd/config.toml").at("cri").boolean);
}

TEST(ContainerdConfig, ItsPathIsThatOfTheCommandLine) {
  EXPECT_EQ(containerd_config_path({"containerd"}), "/etc/containerd/config.toml");
  EXPECT_EQ(containerd_config_path({"containerd", "--config", "/a"}), "/a");
  EXPECT_EQ(containerd_config_path({"containerd", "-c=/b"}), "/b");
}

}  // namespace
}  // namespace plimsoll::probe

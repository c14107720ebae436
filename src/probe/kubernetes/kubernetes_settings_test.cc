#include "probe/kubernetes/kubernetes_settings.h"

#include <gtest/gtest.h>

#include "probe/kubernetes/control_plane.h"
#include "probe/kubernetes/document.h"
#include "probe/kubernetes/node_for_tests.h"

namespace plimsoll::probe {
namespace {

using namespace std::string_literals;
using namespace kubernetes;
using Kind = FactTree::Kind;
using system::MemoryMachine;

MemoryMachine& kubeadm(MemoryMachine& machine) {
  add_kubeadm(machine);
  return machine;
}

FactTree kubelet(const MemoryMachine& machine, const char* setting) {
  return kubernetes_settings(machine).at("kubelet").at("settings").at(setting);
}

TEST(Kubernetes, IsAbsentWhereThereIsNone) {
  MemoryMachine machine;
  machine.add_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n").add_directory("/proc");
  EXPECT_EQ(kubernetes_settings(machine).kind, Kind::absent);
}

TEST(Kubelet, ASettingComesFromFlagFileOrDefault) {
  MemoryMachine machine;
  kubeadm(machine);
  const FactTree settings = kubernetes_settings(machine).at("kubelet").at("settings");
  EXPECT_FALSE(settings.at("authentication.anonymous.enabled").boolean);
  EXPECT_EQ(settings.at("authentication.anonymous.enabled").source, "/var/lib/kubelet/config.yaml");
  EXPECT_EQ(settings.at("readOnlyPort").integer, 0);
  EXPECT_EQ(settings.at("readOnlyPort").source, "kubelet's default");
  EXPECT_EQ(settings.at("streamingConnectionIdleTimeout").integer, 14400);  // 0 in the file is the default
  EXPECT_EQ(settings.at("podPidsLimit").integer, -1);
  EXPECT_EQ(settings.at("tlsCipherSuites").kind, Kind::absent);
  add_process(machine, 700,
              {"/usr/bin/kubelet", "--config", "/var/lib/kubelet/config.yaml", "--read-only-port=0",
               "--read_only_port=10255", "--streaming-connection-idle-timeout=0", "--seccomp-default", "--v=2"});
  EXPECT_EQ(kubelet(machine, "readOnlyPort").integer, 10255);  // the last one, "_" or "-"
  EXPECT_EQ(kubelet(machine, "readOnlyPort").source, "/proc/700/cmdline --read-only-port");
  EXPECT_EQ(kubelet(machine, "streamingConnectionIdleTimeout").integer, 0);  // as a flag it is never
  EXPECT_TRUE(kubelet(machine, "seccompDefault").boolean);
}

TEST(Kubelet, WithoutAnyFileTheOldDefaultsHold) {
  MemoryMachine machine;
  kubeadm(machine);
  add_process(machine, 700, {"/usr/bin/kubelet", "--kubeconfig=/etc/kubernetes/kubelet.conf"});
  EXPECT_TRUE(kubelet(machine, "authentication.anonymous.enabled").boolean);
  EXPECT_EQ(kubelet(machine, "authorization.mode").text, "AlwaysAllow");
  EXPECT_EQ(kubelet(machine, "readOnlyPort").integer, 10255);
}

TEST(Kubelet, AFileThatCannotBeReadLeavesItsSettingsUnknown) {
  for (const bool denied : {true, false}) {
    MemoryMachine machine;
    kubeadm(machine);
    if (denied) {
      machine.fail_reading("/var/lib/kubelet/config.yaml", ErrorKind::denied, "permission denied");
    } else {
      machine.add_file("/var/lib/kubelet/config.yaml", "a: &x 1\nb: *x\n");
    }
    EXPECT_EQ(kubelet(machine, "authentication.anonymous.enabled").kind, Kind::unknown);
    EXPECT_EQ(kubelet(machine, "readOnlyPort").kind, Kind::unknown);
    EXPECT_EQ(kubelet(machine, "hostname-override").kind, Kind::absent);  // a flag alone
  }
  MemoryMachine machine;
  kubeadm(machine);
  machine.fail("/proc/700/cmdline", ErrorKind::denied, "permission denied");
  EXPECT_EQ(kubelet(machine, "seccompDefault").kind, Kind::unknown);
}

TEST(Kubelet, DropInsLieOverTheFileInTheOrderOfTheirNames) {
  MemoryMachine machine;
  kubeadm(machine);
  machine.add_file("/etc/kubelet.d/20.conf", "podPidsLimit: 200\ntlsCipherSuites: [B]\n")
      .add_file("/etc/kubelet.d/10.conf",
                "podPidsLimit: 100\ntlsCipherSuites: [A, C]\nauthentication: {webhook: {enabled: false}}\n")
      .add_file("/etc/kubelet.d/30.yaml", "podPidsLimit: 300\n");  // not a drop-in by its name
  add_process(machine, 700,
              {"/usr/bin/kubelet", "--config=/var/lib/kubelet/config.yaml", "--config-dir=/etc/kubelet.d"});
  EXPECT_EQ(kubelet(machine, "podPidsLimit").integer, 200);
  EXPECT_EQ(kubelet(machine, "podPidsLimit").source, "/etc/kubelet.d/20.conf");
  EXPECT_EQ(kubelet(machine, "tlsCipherSuites").items.size(), 1U);             // replaced, not joined
  EXPECT_FALSE(kubelet(machine, "authentication.anonymous.enabled").boolean);  // the map below is kept
  EXPECT_FALSE(kubelet(machine, "authentication.webhook.enabled").boolean);
  EXPECT_EQ(kubernetes_settings(machine).at("kubelet").at("files").at("drop_ins").items.size(), 2U);
}

TEST(Kubelet, WhatK3sKeepsToItselfIsUnknown) {
  MemoryMachine machine;
  kubeadm(machine);
  machine.fail("/proc/700/status", ErrorKind::not_found);
  add_process(
      machine, 900,
      {"/usr/local/bin/k3s", "server", "--kubelet-arg=pod-max-pids=100", "--kube-apiserver-arg", "profiling=false"}, {},
      kHostNetwork, "k3s-server");
  machine.add_file("/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s.conf",
                   "authentication: {anonymous: {enabled: false}}\n");
  machine.fail("/var/lib/kubelet/config.yaml", ErrorKind::not_found);
  const FactTree tree = kubernetes_settings(machine);
  EXPECT_EQ(tree.at("distribution").text, "k3s");
  EXPECT_EQ(tree.at("kubelet").at("settings").at("podPidsLimit").integer, 100);
  EXPECT_EQ(tree.at("kubelet").at("settings").at("authentication.anonymous.enabled").kind, Kind::boolean);
  EXPECT_EQ(tree.at("kubelet").at("settings").at("readOnlyPort").kind, Kind::unknown);
}

TEST(Kubelet, OfMicroK8sAndOfHyperkube) {
  MemoryMachine machine;
  kubeadm(machine);
  machine.fail("/proc/700/status", ErrorKind::not_found);
  add_process(machine, 900, {"/snap/microk8s/1/kubelite", "--scheduler-args-file=x"});
  machine.add_file("/var/snap/microk8s/current/args/kubelet", "# ours\n--pod-max-pids=77 --seccomp-default\n");
  EXPECT_EQ(kubelet(machine, "podPidsLimit").integer, 77);
  EXPECT_EQ(kubelet(machine, "podPidsLimit").source, "/var/snap/microk8s/current/args/kubelet --pod-max-pids");
  machine.fail("/proc/900/status", ErrorKind::not_found);
  add_process(machine, 901, {"/hyperkube", "kubelet", "--pod-max-pids=88"});
  EXPECT_EQ(kubelet(machine, "podPidsLimit").integer, 88);
}

TEST(ApiServer, IsReadFromItsProcessAndItsFilesBelowItsOwnRoot) {
  MemoryMachine machine;
  kubeadm(machine);
  FactTree server = kubernetes_settings(machine).at("api_server");
  EXPECT_TRUE(server.at("settings").at("profiling").boolean);
  EXPECT_EQ(server.at("settings").at("profiling").source, "kube-apiserver's default");
  ASSERT_EQ(server.at("authorizers").items.size(), 2U);
  EXPECT_EQ(server.at("plugins").items.back().text, "NodeRestriction");
  EXPECT_EQ(server.at("version").text, "1.34.1");
  EXPECT_EQ(server.at("files").at("manifest").at("mode").integer, 0600);
  add_process(machine, 800,
              {"kube-apiserver", "--authorization-config=/etc/kubernetes/authz.yaml", "--audit-policy-file=/p.yaml",
               "--encryption-provider-config=/e.yaml", "--authentication-config=/authn.yaml"},
              std::string(64, 'a'));
  machine
      .add_file("/proc/800/root/etc/kubernetes/authz.yaml",
                "authorizers: [{type: Node}, {type: RBAC}, {type: Webhook}]\n")
      .add_file("/etc/kubernetes/authz.yaml", "authorizers: [{type: AlwaysAllow}]\n")  // the host's is another
      .add_file("/proc/800/root/p.yaml", "rules: [{level: None}]\n")
      .add_link("/proc/800/root/authn.yaml", "/elsewhere.yaml")
      .add_file("/proc/800/root/elsewhere.yaml", "anonymous: {enabled: true, conditions: [{path: /livez}]}\n")
      .add_file("/elsewhere.yaml", "anonymous: {enabled: false}\n");
  server = kubernetes_settings(machine).at("api_server");
  EXPECT_EQ(server.at("authorizers").items.size(), 3U);
  EXPECT_FALSE(server.at("audit_policy").at("records").boolean);
  EXPECT_TRUE(server.at("anonymous").at("limited").boolean);
  EXPECT_EQ(server.at("provider_of_secrets").kind, Kind::unknown);  // named, and not there
}

TEST(ApiServer, OfAClusterHostedHereIsNotThisNodes) {
  MemoryMachine machine;
  kubeadm(machine);
  machine.fail("/proc/800/status", ErrorKind::not_found);
  machine.fail("/etc/kubernetes/manifests/kube-apiserver.yaml", ErrorKind::not_found);
  add_process(machine, 810, {"kube-apiserver", "--anonymous-auth=true"}, std::string(64, 'c'), kPodNetwork);
  const FactTree tree = kubernetes_settings(machine);
  EXPECT_EQ(tree.at("api_server").kind, Kind::absent);
  EXPECT_FALSE(tree.at("control_plane").boolean);
}

TEST(ApiServer, ThatDoesNotRunIsReadFromItsManifest) {
  MemoryMachine machine;
  kubeadm(machine);
  machine.fail("/proc/800/status", ErrorKind::not_found);
  const FactTree server = kubernetes_settings(machine).at("api_server");
  EXPECT_FALSE(server.at("running").boolean);
  EXPECT_EQ(server.at("settings").at("profiling").source, "/etc/kubernetes/manifests/kube-apiserver.yaml --profiling");
  EXPECT_EQ(server.at("authorizers").items.at(0).text, "AlwaysAllow");
}

TEST(Etcd, SettingsByFlagEnvironmentOrFile) {
  MemoryMachine machine;
  kubeadm(machine);
  FactTree etcd = kubernetes_settings(machine).at("etcd");
  EXPECT_TRUE(etcd.at("settings").at("client-cert-auth").boolean);
  EXPECT_FALSE(etcd.at("shares_client_ca").boolean);
  EXPECT_EQ(etcd.at("settings").at("listen-client-urls").items.size(), 2U);
  machine.add_file("/proc/801/root/etc/kubernetes/pki/etcd/ca.crt", "the cluster's\n");  // the same under another name
  EXPECT_TRUE(kubernetes_settings(machine).at("etcd").at("shares_client_ca").boolean);
  machine.add_file("/proc/801/environ", "ETCD_AUTO_TLS=true\0ETCD_CLIENT_CERT_AUTH=false\0"s);
  etcd = kubernetes_settings(machine).at("etcd");
  EXPECT_TRUE(etcd.at("settings").at("auto-tls").boolean);
  EXPECT_TRUE(etcd.at("settings").at("client-cert-auth").boolean);  // the flag wins
  machine.fail("/proc/801/environ", ErrorKind::denied, "permission denied");
  EXPECT_EQ(kubernetes_settings(machine).at("etcd").at("settings").at("auto-tls").kind, Kind::unknown);
  add_process(machine, 801, {"etcd", "--config-file=/etc/etcd.yaml", "--client-cert-auth=true"}, std::string(64, 'b'));
  machine.add_file("/proc/801/root/etc/etcd.yaml", "client-transport-security: {cert-file: /a.crt, auto-tls: true}\n");
  etcd = kubernetes_settings(machine).at("etcd");
  EXPECT_FALSE(etcd.at("settings").at("client-cert-auth").boolean);  // flags do not count beside a file
  EXPECT_TRUE(etcd.at("settings").at("auto-tls").boolean);
}

TEST(Etcd, EnvironmentNamesBecomeFlags) {
  const auto words = with_etcd_environment("ETCD_DATA_DIR=/d\0ETCD_=x\0PATH=/bin\0ETCD_DEBUG\0"s, {"--name=a"});
  EXPECT_EQ(words, (std::vector<std::string>{"--data-dir=/d", "--name=a"}));
}

TEST(StaticPods, AreReadOneByOne) {
  MemoryMachine machine;
  kubeadm(machine);
  machine
      .add_file("/etc/kubernetes/manifests/web.yaml",
                "kind: Pod\nmetadata: {name: web}\nspec: {hostPID: true, containers: [{name: a, securityContext: "
                "{privileged: true}}]}\n")
      .add_file("/etc/kubernetes/manifests/broken.yaml", "{{\n")
      .add_file("/etc/kubernetes/manifests/.hidden.yaml", "kind: Pod\n");
  const FactTree pods = kubernetes_settings(machine).at("static_pods");
  ASSERT_EQ(pods.at("pods").items.size(), 3U);
  EXPECT_EQ(pods.at("pods").items[0].kind, Kind::unknown);
  EXPECT_EQ(pods.at("pods").items[1].at("component").text, "kube-apiserver");
  EXPECT_EQ(pods.at("pods").items[2].at("component").text, "");
  EXPECT_TRUE(pods.at("pods").items[2].at("privileged").boolean);
  EXPECT_EQ(pods.at("pods").items[2].at("level").text, "privileged");
  EXPECT_EQ(pods.at("files").items.size(), 3U);
}

TEST(NodeFiles, OwnersModesAndTheContainerNetwork) {
  MemoryMachine machine;
  kubeadm(machine);
  machine.add_file("/etc/kubernetes/pki/ca.key", "k", 0640)
      .add_file("/etc/kubernetes/pki/etcd/server.crt", "c", 0644)
      .add_file("/etc/kubernetes/admin.conf", "users: []\n", 0644, 1000)
      .add_file("/root/.kube/config", "users: [{name: a, user: {token: abcdef.0123456789abcdef}}]\n", 0600)
      .add_file("/etc/cni/net.d/05-first.conflist",
                R"({"name": "n", "plugins": [{"type": "calico"}, {"type": "portmap"}]})")
      .add_file("/etc/cni/net.d/10-second.conf", R"({"type": "flannel"})")
      .add_file("/usr/lib/systemd/system/kubelet.service", "[Service]\n", 0644)
      .add_file("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", "[Service]\n", 0666)
      .add_file(
          "/var/lib/dpkg/status",
          "Package: kubectl\nVersion: 1.2-1\n\nPackage: kubelet\nStatus: install ok installed\nVersion: 1.30.2-1.1\n");
  const FactTree tree = kubernetes_settings(machine);
  const FactTree& files = tree.at("files");
  EXPECT_EQ(files.at("keys").items.at(0).at("mode").integer, 0640);
  EXPECT_EQ(files.at("certificates").items.size(), 1U);
  EXPECT_EQ(files.at("pki").items.size(), 4U);  // two files, and the two directories
  EXPECT_EQ(files.at("admin_conf").at("uid").integer, 1000);
  EXPECT_TRUE(tree.at("cni").at("enforces_policies").boolean);
  EXPECT_EQ(tree.at("cni").at("types").items.size(), 2U);  // of the first by name: it is the one in use
  EXPECT_EQ(tree.at("kubelet").at("units").items.size(), 2U);
  EXPECT_EQ(tree.at("kubelet").at("version").text, "1.30.2");
  EXPECT_EQ(tree.at("kubelet_minors_behind").integer, 4);  // the API server is 1.34.1
  EXPECT_TRUE(tree.at("kubeconfigs").items.back().at("bootstrap_token").boolean);
  machine.set_now(*parse_rfc3339("2025-06-28T23:00:00Z"));
  EXPECT_TRUE(kubernetes_settings(machine).at("supported").at("is").boolean);
  machine.set_now(*parse_rfc3339("2025-06-29"));
  EXPECT_FALSE(kubernetes_settings(machine).at("supported").at("is").boolean);
}

}  // namespace
}  // namespace plimsoll::probe

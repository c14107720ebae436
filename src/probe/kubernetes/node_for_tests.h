#pragma once
#include <initializer_list>
#include <string>

#include "system/memory_machine.h"

namespace plimsoll::probe::kubernetes {

constexpr uint64_t kHostNetwork = 4026531840, kPodNetwork = 4026532999;

// A process with the command line `words`; its id names its container, empty on the host.
inline void add_process(system::MemoryMachine& machine, int pid, std::initializer_list<std::string> words,
                        const std::string& container = {}, uint64_t network = kHostNetwork,
                        const std::string& name = {}) {
  const std::string directory = "/proc/" + std::to_string(pid) + "/";
  std::string line, comm = name;
  for (const std::string& word : words) line += word + '\0';
  if (comm.empty()) comm = words.begin()->substr(words.begin()->rfind('/') + 1);
  std::string stat = std::to_string(pid) + " (x) S 1";
  for (int field = 5; field < 22; ++field) stat += " 0";
  machine.add_file(directory + "status", "Name:\t" + comm.substr(0, 15) + "\nState:\tS\nPPid:\t1\nUid:\t0\t0\t0\t0\n")
      .add_file(directory + "stat", stat + " " + std::to_string(100 + pid) + " 0 0\n")
      .add_file(directory + "cgroup",
                container.empty() ? "0::/system.slice/x.service\n"
                                  : "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + container + ".scope\n")
      .add_file(directory + "cmdline", line)
      .add_file(directory + "environ", "PATH=/bin\0")
      .add_namespace(directory + "ns/net", "net", network);
}

// A control plane as kubeadm sets it up.
inline void add_kubeadm(system::MemoryMachine& machine) {
  const std::string id(64, 'a');
  machine.add_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n").add_file("/etc/group", "root:x:0:\n");
  for (const char* space : {"pid", "net", "ipc", "uts", "cgroup", "mnt", "user"}) {
    machine.add_namespace(std::string("/proc/1/ns/") + space, space, kHostNetwork);
  }
  machine.add_file(
      "/var/lib/kubelet/config.yaml",
      "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
      "authentication:\n  anonymous:\n    enabled: false\n  x509:\n    clientCAFile: /etc/kubernetes/pki/ca.crt\n"
      "authorization: {mode: Webhook}\nrotateCertificates: true\nstaticPodPath: /etc/kubernetes/manifests\n"
      "streamingConnectionIdleTimeout: 0s\nvolumeStatsAggPeriod: 0s\n",
      0644);
  add_process(machine, 700,
              {"/usr/bin/kubelet", "--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf",
               "--kubeconfig=/etc/kubernetes/kubelet.conf", "--config=/var/lib/kubelet/config.yaml"});
  add_process(machine, 800,
              {"kube-apiserver", "--advertise-address=10.0.0.2", "--authorization-mode=Node,RBAC",
               "--client-ca-file=/etc/kubernetes/pki/ca.crt", "--enable-admission-plugins=NodeRestriction",
               "--etcd-servers=https://127.0.0.1:2379", "--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt"},
              id);
  add_process(machine, 801,
              {"etcd", "--cert-file=/etc/kubernetes/pki/etcd/server.crt", "--client-cert-auth=true",
               "--data-dir=/var/lib/etcd", "--key-file=/etc/kubernetes/pki/etcd/server.key",
               "--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.2:2379",
               "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt"},
              std::string(64, 'b'));
  machine.add_file("/proc/800/root/etc/kubernetes/pki/ca.crt", "the cluster's\n")
      .add_file("/proc/801/root/etc/kubernetes/pki/etcd/ca.crt", "etcd's own\n")
      .add_file("/etc/kubernetes/manifests/kube-apiserver.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver, namespace: kube-system}\nspec:\n"
                "  hostNetwork: true\n  containers:\n  - name: kube-apiserver\n"
                "    image: registry.k8s.io/kube-apiserver:v1.34.1\n    command: [kube-apiserver, --profiling=true]\n"
                "  volumes:\n  - {name: certs, hostPath: {path: /etc/kubernetes/pki}}\n",
                0600)
      .add_file("/etc/kubernetes/kubelet.conf", "apiVersion: v1\n", 0600);
}

}  // namespace plimsoll::probe::kubernetes

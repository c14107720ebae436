#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/fact.h"
#include "model/flow.h"
#include "model/ids.h"

namespace plimsoll {

// Facts of containers, runtimes and hosts, as CONTAINER_FACTS sections 1 and 2 define them (docs/facts.md).
// All strings taken from the machine are raw: renderers escape them.

struct CapabilitySets {  // bit n = capability number n
  uint64_t inheritable = 0, permitted = 0, effective = 0, bounding = 0, ambient = 0;
  bool operator==(const CapabilitySets&) const = default;
};

struct ProcessFacts {
  int pid = 0, parent_pid = 0;
  std::string name;         // comm
  std::string exe;          // /proc/PID/exe as seen inside the container; empty when unreadable
  Fact<uint32_t> host_uid;  // effective uid as the host sees it
  Fact<CapabilitySets> capabilities;
  Fact<bool> no_new_privs;
  Fact<int> seccomp;            // 0 none, 1 strict, 2 filter
  Fact<std::string> lsm_label;  // "docker-default (enforce)", "unconfined"; empty text when no LSM labels it
  bool operator==(const ProcessFacts&) const = default;
};

struct MountFacts {
  std::string target;  // inside the container
  std::string fs_type;
  std::string host_path;  // resolved on the host; empty when not from a host file system or not found
  bool read_only = false;
  bool shared_with_host = false;  // mount propagation shared:N
  bool is_socket = false;
  Fact<uint32_t> owner;  // of what is mounted, as the host numbers users; asked only of what has a host path
  Fact<uint32_t> mode;   // its type and permission bits, as st_mode
  bool operator==(const MountFacts&) const = default;
};

struct RuntimeSocketFacts {  // a runtime's listening socket reachable inside the container, by device and inode
  std::string path;          // inside the container
  std::string runtime;       // "docker", "containerd", ...
  Fact<bool> usable;         // the container's processes may connect
  bool operator==(const RuntimeSocketFacts&) const = default;
};

struct Listener {
  Transport transport = Transport::tcp;
  std::string address;  // "0.0.0.0", "::", "127.0.0.1"
  uint16_t port = 0;
  int pid = 0;  // 0 unknown
  bool loopback_only = false;
  auto operator<=>(const Listener&) const = default;
};

struct PublishedPort {
  Transport transport = Transport::tcp;
  std::string host_address;
  uint16_t host_port = 0;
  uint16_t container_port = 0;
  bool outside = false;  // the host address is a wildcard or not loopback: can be reached from other machines
  auto operator<=>(const PublishedPort&) const = default;
};

struct NetworkAttachment {
  std::string network_id;  // runtime's id of the network; equal ids share a segment
  std::string name;
  std::string address4, address6;
  bool internal = false;  // no route out
  bool operator==(const NetworkAttachment&) const = default;
};

struct DeviceNode {
  std::string path;
  char type = 'c';  // 'b' or 'c'
  uint32_t major = 0, minor = 0;
  std::string meaning;       // "disk", "mem", "kvm"...; empty for the runtime's default set
  Fact<bool> by_permission;  // the node's owner, group or everybody's bits let a process of the container write it
  bool operator==(const DeviceNode&) const = default;
};

struct ContainerFacts {
  ContainerId id;
  std::string name;
  std::string runtime;  // "docker", "podman", "containerd", "unmanaged"
  std::string image_ref;
  ImageDigest image;
  std::string status;  // "running", "paused"
  Instant created{};
  std::map<std::string, std::string> labels;
  int pid = 0;  // first process on the host
  std::vector<ProcessFacts> processes;
  std::map<std::string, Fact<bool>>
      host_namespace;  // "pid","net","ipc","uts","cgroup","mnt","user" -> shared with host
  std::map<std::string, uint64_t> namespace_inode;
  std::string joined_pid_namespace_of;  // container id whose pid namespace it joined; else empty
  Fact<bool> privileged;  // asked for at start (configuration); the kernel's view is in processes and devices
  Fact<bool> rootless_runtime;
  Fact<std::string> user_configured;  // image/run user
  Fact<std::vector<MountFacts>> mounts;
  Fact<std::vector<RuntimeSocketFacts>> runtime_sockets;
  std::map<std::string, Fact<bool>> kernel_path_writable;  // "/proc/sys/kernel/core_pattern" -> writable from inside
  Fact<bool> cgroup_v1_writable_at_top;
  Fact<bool> kernel_memory_visible;  // /proc/kcore, not hidden by a mount
  Fact<bool> all_devices_allowed;
  Fact<std::vector<DeviceNode>> device_nodes;  // beyond the runtime's default set
  Fact<bool> setuid_files;                     // image has a setuid-root file or file capabilities
  Fact<bool> host_directory_fd;                // holds a descriptor, cwd or root outside its own mounts
  Fact<uint64_t> memory_limit, pids_limit;     // effective over all ancestors; UINT64_MAX = none
  Fact<double> cpu_limit;                      // CPUs; 0 = none
  Fact<bool> read_only_root;
  Fact<std::vector<Listener>> listeners;
  Fact<std::vector<PublishedPort>> published;
  Fact<std::vector<NetworkAttachment>> networks;
  Fact<uint32_t> network_neighbours;               // other containers on the same networks
  Fact<bool> reaches_outside;                      // a default route out of the machine exists in its network namespace
  std::vector<std::string> secret_variable_names;  // names only, never values
  bool operator==(const ContainerFacts&) const = default;
};

struct RuntimeFacts {
  std::string name;  // "docker"
  std::string version, api_version;
  std::string socket;
  std::map<std::string, std::string> component_versions;  // "runc" -> "1.1.5"
  std::map<std::string, Fact<std::string>> settings;      // "userns-remap", "live-restore", "icc", "cgroup-driver"...
  Fact<bool> rootless;
  bool operator==(const RuntimeFacts&) const = default;
};

struct HardwareFacts {
  std::string cpu_model;
  uint32_t cpus = 0;
  uint64_t memory_bytes = 0;
  std::string vendor, product;  // DMI
  std::string cloud;            // "AWS EC2", "Google Compute Engine"...; empty when none is recognised
  std::string architecture;     // "x86_64"
  bool operator==(const HardwareFacts&) const = default;
};

struct RuntimeApi {       // of a container runtime that listens on TCP
  std::string program;    // "dockerd"
  std::string address;    // "tcp://0.0.0.0:2375"
  bool verified = false;  // asks for client certificates
  bool loopback = false;
  bool operator==(const RuntimeApi&) const = default;
};

struct HostFacts {
  std::string machine_id, hostname;
  std::string kernel_release, kernel_version;  // uname -r, uname -v
  HardwareFacts hardware;
  Fact<bool> on_host;              // we are in the initial namespaces, not inside a container ourselves
  Fact<bool> privileged_observer;  // may read other users' processes
  std::map<std::string, Fact<std::string>> sysctls;  // dotted names
  Fact<std::string> lockdown;                        // "none", "integrity", "confidentiality"
  Fact<bool> module_signatures_enforced;
  Fact<bool> kernel_modules_supported;
  Fact<std::vector<std::string>> active_lsms;
  Fact<int> cgroup_version;  // 1 (pure or hybrid, v1 mountable) or 2
  Fact<std::vector<Listener>> listeners;
  std::vector<std::string> addresses;
  Fact<bool> reaches_outside;
  Fact<bool> metadata_dropped;  // a firewall rule drops what goes to a cloud's metadata service
  Fact<std::vector<RuntimeApi>> runtime_apis;
  Fact<uint64_t> capability_bound;  // capabilities the first process may ever hold: what "all" means here
  Instant boot_time{};
  std::vector<RuntimeFacts> runtimes;
  bool operator==(const HostFacts&) const = default;
};

}  // namespace plimsoll

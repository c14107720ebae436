#include "assess/side_conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assess/host_paths.h"
#include "assess/judge.h"
#include "base/text.h"

namespace plimsoll::assess {
namespace {

using C = ContainerFacts;
using H = HostFacts;

std::string why(const std::string& unknown) { return unknown.empty() ? "not read" : printable(unknown, 160); }

// dockerd's own number for unencrypted TCP (IANA: docker, 2375). Podman and containerd have none.
constexpr uint16_t docker_plain_port = 2375;

Judged own_network_namespace(const C& c) {
  return from_map(c.host_namespace, "net", "shares the host's network namespace", "has a network namespace of its own");
}

// Whether packets of the container arrive at an address of the host: by its namespace, or over any network it has.
Judged reaches_host(const C& c) {
  const Judged shared = own_network_namespace(c);
  if (shared.state == Tristate::yes) return shared;
  if (!c.networks.known()) return {Tristate::unknown, "networks: " + why(c.networks.unknown)};
  return c.networks.value->empty()
             ? Judged{Tristate::no, "is on no network"}
             : Judged{Tristate::yes, "is on network " + printable(c.networks.value->front().name, 80)};
}

// A way to an API of a runtime that asks nobody who he is, at its address on the host.
Judged open_api(const C& c, const std::string& what, bool loopback_only) {
  const Judged way = loopback_only ? own_network_namespace(c) : reaches_host(c);
  return both({Tristate::yes, what}, way);
}

// By what the runtimes are told to listen on; by dockerd's own port whoever listens there.
Judged runtime_tcp(const C& c, const H& h) {
  Judged worst{Tristate::no, fmt::format("no runtime listens on TCP, and nothing on port {}", docker_plain_port)};
  if (!h.listeners.known()) worst = {Tristate::unknown, "listening ports of the host: " + why(h.listeners.unknown)};
  if (!h.runtime_apis.known()) {
    worst = {Tristate::unknown, "what runtimes listen on: " + why(h.runtime_apis.unknown)};
  } else {
    for (const RuntimeApi& api : *h.runtime_apis.value) {
      if (api.verified) continue;
      const std::string what = fmt::format("{} listens on {}", printable(api.program, 40), printable(api.address, 80));
      worst = either(worst, open_api(c, what, api.loopback));
    }
  }
  if (h.listeners.known()) {
    for (const Listener& listener : *h.listeners.value) {
      if (listener.port != docker_plain_port || listener.transport != Transport::tcp) continue;
      const std::string what =
          fmt::format("port {} of the host is open on {}", listener.port, printable(listener.address, 60));
      worst = either(worst, open_api(c, what, listener.loopback_only));
    }
  }
  return worst;
}

Judged loopback_services(const C&, const H& h) {
  if (!h.listeners.known()) return {Tristate::unknown, "listening ports of the host: " + why(h.listeners.unknown)};
  for (const Listener& listener : *h.listeners.value) {
    if (listener.loopback_only) {
      return {Tristate::yes,
              fmt::format("port {} listens on {} of the host", listener.port, printable(listener.address, 60))};
    }
  }
  return {Tristate::no, "no service listens on the host's loopback address alone"};
}

Judged metadata_service(const C& c, const H& h) {
  if (h.hardware.vendor.empty() && h.hardware.cloud.empty())
    return {Tristate::unknown, "the machine's maker was not read"};
  if (h.hardware.cloud.empty()) return {Tristate::no, "the machine shows no cloud platform"};
  const Judged route = from_fact(c.reaches_outside, "has a route out of the machine", "has no route out of the machine",
                                 "routes of the container");
  return both({Tristate::yes, "runs on " + printable(h.hardware.cloud, 80)}, route);
}

// A rule on the host, or the service's own limit of hops, keeps containers away. The limit is not asked for; where the
// container shares the host's network it would not help.
Judged metadata_guard(const C& c, const H& h) {
  if (h.metadata_dropped.is(true)) return from_fact(h.metadata_dropped, "a rule of the firewall drops it", "", "");
  const Judged shared = own_network_namespace(c);
  if (shared.state == Tristate::yes && h.metadata_dropped.known())
    return {Tristate::no, "no rule drops it, and a limit of hops does not hold in the host's network namespace"};
  return {Tristate::unknown, "whether the service limits the hops of its answers is not asked"};
}

// A host path of one of these endings holds the credentials of a registry (docker login, podman login).
Judged registry_credentials(const C& c, const H&) {
  constexpr std::array<std::string_view, 3> names = {"/.docker", "/.docker/config.json", "/auth.json"};
  if (!c.mounts.known()) return {Tristate::unknown, "mounts: " + why(c.mounts.unknown)};
  for (const MountFacts& mount : *c.mounts.value) {
    if (mount.target == "/" || is_kernel_filesystem(mount.fs_type)) continue;
    if (std::any_of(names.begin(), names.end(), [&](std::string_view n) { return mount.host_path.ends_with(n); })) {
      return {Tristate::yes, printable(mount.host_path, 160) + " is mounted at " + printable(mount.target, 160)};
    }
  }
  return {Tristate::no, "no registry credentials are mounted"};
}

Judged service_account(const C& c, const H&) {
  if (!c.mounts.known()) return {Tristate::unknown, "mounts: " + why(c.mounts.unknown)};
  for (const MountFacts& mount : *c.mounts.value) {
    for (const std::string_view base : {"/var/run/secrets/kubernetes.io", "/run/secrets/kubernetes.io"}) {
      if (path_within(mount.target, base))
        return {Tristate::yes, "a token is mounted at " + printable(mount.target, 160)};
    }
  }
  return {Tristate::no, "no service account token is mounted"};
}

Judged neighbours(const C& c, const H&) {
  if (!c.network_neighbours.known()) {
    return {Tristate::unknown, "other containers on its networks: " + why(c.network_neighbours.unknown)};
  }
  const uint32_t others = *c.network_neighbours.value;
  return others == 0 ? Judged{Tristate::no, "is alone on its networks"}
                     : Judged{Tristate::yes, fmt::format("shares a network with {} other container{}", others,
                                                         others == 1 ? "" : "s")};
}

// Same user id as a process of the host: root always is.
Judged uid_of_host_process(const C& c, const H&) {
  const Judged same_ids =
      from_map(c.host_namespace, "user", "in the host's user namespace", "in a user namespace of its own");
  return both(same_ids, any_process(c, [](const ProcessFacts& p) -> Judged {
                if (p.host_uid.is(0)) return {Tristate::yes, "host uid 0, as the host's own daemons"};
                if (!p.host_uid.known()) return {Tristate::unknown, "uid: " + why(p.host_uid.unknown)};
                return {Tristate::unknown,
                        fmt::format("whether the host runs processes as uid {} is not known", *p.host_uid.value)};
              }));
}

Judged no_limit(const Fact<uint64_t>& limit, const char* what) {
  if (!limit.known()) return {Tristate::unknown, fmt::format("{} limit: {}", what, why(limit.unknown))};
  return *limit.value == UINT64_MAX ? Judged{Tristate::yes, fmt::format("no {} limit at any level", what)}
                                    : Judged{Tristate::no, fmt::format("{} limit {}", what, *limit.value)};
}

// Mounted writable: one of the directories `whole` itself, or anything at or below one of `parts`. What contains them
// is esc.host_path_write's.
Judged host_mount_rw(const C& c, std::initializer_list<std::string_view> whole,
                     std::initializer_list<std::string_view> parts, const char* none) {
  if (!c.mounts.known()) return {Tristate::unknown, "mounts: " + why(c.mounts.unknown)};
  for (const MountFacts& mount : *c.mounts.value) {
    if (mount.read_only || mount.target == "/" || is_kernel_filesystem(mount.fs_type)) continue;
    const auto is = [&](std::string_view path) { return mount.host_path == path; };
    const auto below = [&](std::string_view path) { return path_within(mount.host_path, path); };
    if (std::any_of(whole.begin(), whole.end(), is) || std::any_of(parts.begin(), parts.end(), below)) {
      return {Tristate::yes,
              printable(mount.host_path, 160) + " of the host is mounted writable at " + printable(mount.target, 160)};
    }
  }
  return {Tristate::no, none};
}

}  // namespace

std::vector<ConditionRow> side_conditions() {
  return {
      {"mount.kubelet_rw", "the kubelet's directory, or its device plug-in or plug-in sockets, are mounted writable",
       [](const C& c, const H&) {
         return host_mount_rw(c, {"/var/lib/kubelet"},
                              {"/var/lib/kubelet/pki", "/var/lib/kubelet/plugins", "/var/lib/kubelet/plugins_registry",
                               "/var/lib/kubelet/device-plugins"},
                              "no directory of the kubelet is mounted writable");
       }},
      {"mount.static_pods_rw", "the directory of static pods is mounted writable",
       [](const C& c, const H&) {
         return host_mount_rw(c, {"/etc/kubernetes"},
                              {"/etc/kubernetes/manifests", "/var/lib/rancher/rke2/agent/pod-manifests"},
                              "no directory of static pods is mounted writable");
       }},
      {"mount.cni_cdi_rw", "a directory of network plug-ins, device descriptions or hooks is mounted writable",
       [](const C& c, const H&) {
         return host_mount_rw(c, {"/opt/cni"},
                              {"/etc/cni", "/opt/cni/bin", "/etc/cdi", "/run/cdi", "/usr/share/containers/oci/hooks.d",
                               "/usr/lib/docker/cli-plugins"},
                              "no plug-in or hook directory is mounted writable");
       }},
      {"mount.registry_credentials", "credentials of an image registry are mounted", registry_credentials},
      {"mount.service_account", "a Kubernetes service account token is mounted", service_account},
      {"net.runtime_tcp", "a runtime listens on plain TCP where the container reaches it", runtime_tcp},
      {"net.host_loopback", "services of the host listen on its loopback address", loopback_services},
      {"net.metadata_service", "runs in a cloud and has a route to its metadata service", metadata_service},
      {"feature.metadata_guard",
       "a firewall rule, or a limit of hops that is never asked for, keeps the container from the metadata service",
       metadata_guard},
      {"net.neighbours", "other containers are on the same network", neighbours},
      {"uid.host_process", "a process has the user id of processes of the host", uid_of_host_process},
      {joined_container_has_route, "the container whose pid namespace it joined has a way to the host",
       [](const C& c, const H&) -> Judged {
         if (c.joined_pid_namespace_of.empty() && !c.host_namespace.empty())
           return {Tristate::no, "joined no other container"};
         return {Tristate::unknown, "the joined container is not part of this report"};
       }},
      {"limit.no_memory", "no memory limit holds",
       [](const C& c, const H&) { return no_limit(c.memory_limit, "memory"); }},
      {"limit.no_pids", "no limit of processes holds",
       [](const C& c, const H&) { return no_limit(c.pids_limit, "process"); }},
  };
}

}  // namespace plimsoll::assess

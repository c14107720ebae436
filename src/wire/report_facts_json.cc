#include "wire/report_facts_json.h"

#include "model/names.h"
#include "wire/report_pieces.h"

namespace plimsoll::wire {
namespace {

void write_listener(JsonWriter& out, const Listener& listener) {
  out.begin_object();
  out.member("transport", name_of(listener.transport))
      .member("address", listener.address)
      .member("port", listener.port);
  out.member("pid", listener.pid).member("loopback_only", listener.loopback_only);
  out.end_object();
}

void write_published(JsonWriter& out, const PublishedPort& port) {
  out.begin_object();
  out.member("transport", name_of(port.transport)).member("host_address", port.host_address);
  out.member("host_port", port.host_port).member("container_port", port.container_port).member("outside", port.outside);
  out.end_object();
}

void write_network(JsonWriter& out, const NetworkAttachment& network) {
  out.begin_object();
  out.member("id", network.network_id).member("name", network.name).member("address4", network.address4);
  out.member("address6", network.address6).member("internal", network.internal);
  out.end_object();
}

// Only what comes from the host or through a socket: a container's own file systems are no news.
void write_mounts(JsonWriter& out, const std::vector<MountFacts>& mounts) {
  out.begin_array();
  for (const MountFacts& mount : mounts) {
    if (mount.host_path.empty() && !mount.is_socket) continue;
    out.begin_object();
    out.member("target", mount.target).member("host_path", mount.host_path).member("fs_type", mount.fs_type);
    out.member("read_only", mount.read_only).member("shared_with_host", mount.shared_with_host);
    out.member("is_socket", mount.is_socket).end_object();
  }
  out.end_array();
}

void write_process(JsonWriter& out, const ProcessFacts& process) {
  out.begin_object().member("pid", process.pid).member("name", process.name).member("exe", process.exe);
  out.key("host_uid");
  write_fact(out, process.host_uid);
  out.key("effective_capabilities");  // sixteen hexadecimal digits, as in /proc/PID/status
  write_fact(out, process.capabilities, [](JsonWriter& w, const CapabilitySets& sets) {
    constexpr char hex[] = "0123456789abcdef";
    std::string text(16, '0');
    for (size_t i = 0; i < text.size(); ++i) text[i] = hex[(sets.effective >> (60 - 4 * i)) & 15];
    w.value(text);
  });
  out.end_object();
}

void write_runtime(JsonWriter& out, const RuntimeFacts& runtime) {
  out.begin_object();
  out.member("name", runtime.name).member("version", runtime.version).member("api_version", runtime.api_version);
  out.member("socket", runtime.socket);
  out.key("component_versions").begin_object();
  for (const auto& [name, version] : runtime.component_versions) out.member(name, version);
  out.end_object().key("settings").begin_object();
  for (const auto& [name, setting] : runtime.settings) {
    out.key(name);
    write_fact(out, setting);
  }
  out.end_object().key("rootless");
  write_fact(out, runtime.rootless);
  out.end_object();
}

// UINT64_MAX means that there is none.
void write_limit(JsonWriter& out, const Fact<uint64_t>& limit) {
  write_fact(out, limit, [](JsonWriter& w, uint64_t v) {
    if (v == UINT64_MAX)
      w.value("none");
    else
      w.value(v);
  });
}

}  // namespace

void write_container(JsonWriter& out, const ContainerFacts& facts) {
  out.begin_object();
  out.member("runtime", facts.runtime).member("id", facts.id.value).member("image_digest", facts.image.value);
  out.member("pid", facts.pid).key("created");
  write_instant(out, facts.created);
  out.key("privileged");
  write_fact(out, facts.privileged);
  out.key("rootless_runtime");
  write_fact(out, facts.rootless_runtime);
  out.key("user_configured");
  write_fact(out, facts.user_configured);
  out.key("read_only_root");
  write_fact(out, facts.read_only_root);
  out.key("host_namespaces").begin_object();
  for (const auto& [name, shared] : facts.host_namespace) {
    out.key(name);
    write_fact(out, shared);
  }
  out.end_object().member("joined_pid_namespace_of", facts.joined_pid_namespace_of);
  out.key("memory_limit");
  write_limit(out, facts.memory_limit);
  out.key("pids_limit");
  write_limit(out, facts.pids_limit);
  out.key("cpu_limit");
  write_fact(out, facts.cpu_limit);
  out.key("processes");
  write_array(out, facts.processes, write_process);
  out.key("mounts");
  write_fact(out, facts.mounts, write_mounts);
  out.key("listeners");
  write_fact(out, facts.listeners, [](JsonWriter& w, const auto& list) { write_array(w, list, write_listener); });
  out.key("published");
  write_fact(out, facts.published, [](JsonWriter& w, const auto& list) { write_array(w, list, write_published); });
  out.key("networks");
  write_fact(out, facts.networks, [](JsonWriter& w, const auto& list) { write_array(w, list, write_network); });
  out.key("reaches_outside");
  write_fact(out, facts.reaches_outside);
  out.key("secret_variable_names");
  write_strings(out, facts.secret_variable_names);
  out.end_object();
}

void write_host(JsonWriter& out, const HostFacts& facts) {
  out.begin_object();
  out.member("machine_id", facts.machine_id).member("hostname", facts.hostname);
  out.member("kernel_release", facts.kernel_release).member("kernel_version", facts.kernel_version).key("boot_time");
  write_instant(out, facts.boot_time);
  out.key("on_host");
  write_fact(out, facts.on_host);
  out.key("privileged_observer");
  write_fact(out, facts.privileged_observer);
  out.key("lockdown");
  write_fact(out, facts.lockdown);
  out.key("active_lsms");
  write_fact(out, facts.active_lsms, write_strings);
  out.key("cgroup_version");
  write_fact(out, facts.cgroup_version);
  out.key("reaches_outside");
  write_fact(out, facts.reaches_outside);
  out.key("addresses");
  write_strings(out, facts.addresses);
  out.key("listeners");
  write_fact(out, facts.listeners, [](JsonWriter& w, const auto& list) { write_array(w, list, write_listener); });
  out.key("runtimes");
  write_array(out, facts.runtimes, write_runtime);
  out.end_object();
}

void write_hardware(JsonWriter& out, const HardwareFacts& facts) {
  out.begin_object();
  out.member("cpu_model", facts.cpu_model).member("cpus", facts.cpus).member("memory_bytes", facts.memory_bytes);
  out.member("vendor", facts.vendor).member("product", facts.product).member("cloud", facts.cloud);
  out.member("architecture", facts.architecture).end_object();
}

}  // namespace plimsoll::wire

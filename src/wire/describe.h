#pragma once
#include <concepts>
#include <type_traits>

#include "model/report.h"

namespace plimsoll::wire {

// The members of every value that a recording holds, each named once: `describe(archive, value)` calls
// archive.member(name, value.member) for each. A writer, a reader and a test that fills in random values share these
// lists, so none can forget a member; recording_test.cc counts them.
template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

template <class A, Is<CapabilitySets> T>
void describe(A& a, T& v) {
  a.member("inheritable", v.inheritable);
  a.member("permitted", v.permitted);
  a.member("effective", v.effective);
  a.member("bounding", v.bounding);
  a.member("ambient", v.ambient);
}

template <class A, Is<ProcessFacts> T>
void describe(A& a, T& v) {
  a.member("pid", v.pid);
  a.member("parent_pid", v.parent_pid);
  a.member("name", v.name);
  a.member("exe", v.exe);
  a.member("host_uid", v.host_uid);
  a.member("capabilities", v.capabilities);
  a.member("no_new_privs", v.no_new_privs);
  a.member("seccomp", v.seccomp);
  a.member("lsm_label", v.lsm_label);
}

template <class A, Is<MountFacts> T>
void describe(A& a, T& v) {
  a.member("target", v.target);
  a.member("fs_type", v.fs_type);
  a.member("host_path", v.host_path);
  a.member("read_only", v.read_only);
  a.member("shared_with_host", v.shared_with_host);
  a.member("is_socket", v.is_socket);
  a.member("owner", v.owner);
  a.member("mode", v.mode);
}

template <class A, Is<RuntimeApi> T>
void describe(A& a, T& v) {
  a.member("program", v.program);
  a.member("address", v.address);
  a.member("verified", v.verified);
  a.member("loopback", v.loopback);
}

template <class A, Is<RuntimeSocketFacts> T>
void describe(A& a, T& v) {
  a.member("path", v.path);
  a.member("runtime", v.runtime);
  a.member("usable", v.usable);
}

template <class A, Is<Listener> T>
void describe(A& a, T& v) {
  a.member("transport", v.transport);
  a.member("address", v.address);
  a.member("port", v.port);
  a.member("pid", v.pid);
  a.member("loopback_only", v.loopback_only);
}

template <class A, Is<PublishedPort> T>
void describe(A& a, T& v) {
  a.member("transport", v.transport);
  a.member("host_address", v.host_address);
  a.member("host_port", v.host_port);
  a.member("container_port", v.container_port);
  a.member("outside", v.outside);
}

template <class A, Is<NetworkAttachment> T>
void describe(A& a, T& v) {
  a.member("network_id", v.network_id);
  a.member("name", v.name);
  a.member("address4", v.address4);
  a.member("address6", v.address6);
  a.member("internal", v.internal);
}

template <class A, Is<DeviceNode> T>
void describe(A& a, T& v) {
  a.member("path", v.path);
  a.member("type", v.type);
  a.member("major", v.major);
  a.member("minor", v.minor);
  a.member("meaning", v.meaning);
  a.member("by_permission", v.by_permission);
}

template <class A, Is<ContainerFacts> T>
void describe(A& a, T& v) {
  a.member("id", v.id);
  a.member("name", v.name);
  a.member("runtime", v.runtime);
  a.member("image_ref", v.image_ref);
  a.member("image", v.image);
  a.member("status", v.status);
  a.member("created", v.created);
  a.member("labels", v.labels);
  a.member("pid", v.pid);
  a.member("processes", v.processes);
  a.member("host_namespace", v.host_namespace);
  a.member("namespace_inode", v.namespace_inode);
  a.member("joined_pid_namespace_of", v.joined_pid_namespace_of);
  a.member("privileged", v.privileged);
  a.member("rootless_runtime", v.rootless_runtime);
  a.member("user_configured", v.user_configured);
  a.member("mounts", v.mounts);
  a.member("runtime_sockets", v.runtime_sockets);
  a.member("kernel_path_writable", v.kernel_path_writable);
  a.member("cgroup_v1_writable_at_top", v.cgroup_v1_writable_at_top);
  a.member("kernel_memory_visible", v.kernel_memory_visible);
  a.member("all_devices_allowed", v.all_devices_allowed);
  a.member("device_nodes", v.device_nodes);
  a.member("setuid_files", v.setuid_files);
  a.member("host_directory_fd", v.host_directory_fd);
  a.member("memory_limit", v.memory_limit);
  a.member("pids_limit", v.pids_limit);
  a.member("cpu_limit", v.cpu_limit);
  a.member("read_only_root", v.read_only_root);
  a.member("listeners", v.listeners);
  a.member("published", v.published);
  a.member("networks", v.networks);
  a.member("network_neighbours", v.network_neighbours);
  a.member("reaches_outside", v.reaches_outside);
  a.member("secret_variable_names", v.secret_variable_names);
}

template <class A, Is<RuntimeFacts> T>
void describe(A& a, T& v) {
  a.member("name", v.name);
  a.member("version", v.version);
  a.member("api_version", v.api_version);
  a.member("socket", v.socket);
  a.member("component_versions", v.component_versions);
  a.member("settings", v.settings);
  a.member("rootless", v.rootless);
}

template <class A, Is<HardwareFacts> T>
void describe(A& a, T& v) {
  a.member("cpu_model", v.cpu_model);
  a.member("cpus", v.cpus);
  a.member("memory_bytes", v.memory_bytes);
  a.member("vendor", v.vendor);
  a.member("product", v.product);
  a.member("cloud", v.cloud);
  a.member("architecture", v.architecture);
}

template <class A, Is<HostFacts> T>
void describe(A& a, T& v) {
  a.member("machine_id", v.machine_id);
  a.member("hostname", v.hostname);
  a.member("kernel_release", v.kernel_release);
  a.member("kernel_version", v.kernel_version);
  a.member("hardware", v.hardware);
  a.member("on_host", v.on_host);
  a.member("privileged_observer", v.privileged_observer);
  a.member("sysctls", v.sysctls);
  a.member("lockdown", v.lockdown);
  a.member("module_signatures_enforced", v.module_signatures_enforced);
  a.member("kernel_modules_supported", v.kernel_modules_supported);
  a.member("active_lsms", v.active_lsms);
  a.member("cgroup_version", v.cgroup_version);
  a.member("listeners", v.listeners);
  a.member("addresses", v.addresses);
  a.member("reaches_outside", v.reaches_outside);
  a.member("metadata_dropped", v.metadata_dropped);
  a.member("runtime_apis", v.runtime_apis);
  a.member("capability_bound", v.capability_bound);
  a.member("boot_time", v.boot_time);
  a.member("runtimes", v.runtimes);
}

template <class A, Is<Package> T>
void describe(A& a, T& v) {
  a.member("type", v.type);
  a.member("ecosystem", v.ecosystem);
  a.member("name", v.name);
  a.member("version", v.version);
  a.member("arch", v.arch);
  a.member("source_name", v.source_name);
  a.member("source_version", v.source_version);
  a.member("module", v.module);
  a.member("purl", v.purl);
  a.member("locations", v.locations);
  a.member("layer", v.layer);
  a.member("loaded", v.loaded);
  a.member("owned_by", v.owned_by);
}

template <class A, Is<OsRelease> T>
void describe(A& a, T& v) {
  a.member("id", v.id);
  a.member("version_id", v.version_id);
  a.member("codename", v.codename);
  a.member("pretty_name", v.pretty_name);
  a.member("id_like", v.id_like);
}

template <class A, Is<FlowEnd> T>
void describe(A& a, T& v) {
  a.member("asset", v.asset);
  a.member("address", v.address);
  a.member("port", v.port);
  a.member("wan", v.wan);
}

template <class A, Is<Flow> T>
void describe(A& a, T& v) {
  a.member("from", v.from);
  a.member("to", v.to);
  a.member("transport", v.transport);
  a.member("application", v.application);
  a.member("application_seen", v.application_seen);
  a.member("application_version", v.application_version);
  a.member("software", v.software);
  a.member("software_version", v.software_version);
  a.member("server_name", v.server_name);
  a.member("looked_up_as", v.looked_up_as);
  a.member("from_process", v.from_process);
  a.member("to_process", v.to_process);
  a.member("seen", v.seen);
  a.member("opener_seen", v.opener_seen);
  a.member("connections", v.connections);
  a.member("refused", v.refused);
  a.member("unanswered", v.unanswered);
  a.member("reset", v.reset);
  a.member("bytes", v.bytes);
  a.member("bytes_to_server", v.bytes_to_server);
  a.member("bytes_to_client", v.bytes_to_client);
  a.member("packets_to_server", v.packets_to_server);
  a.member("packets_to_client", v.packets_to_client);
  a.member("first_seen", v.first_seen);
  a.member("last_seen", v.last_seen);
}

template <class A, Is<NetworkSource> T>
void describe(A& a, T& v) {
  a.member("name", v.name);
  a.member("in_use", v.in_use);
  a.member("why_not", v.why_not);
}

template <class A, Is<NetworkEvent> T>
void describe(A& a, T& v) {
  a.member("detector", v.detector);
  a.member("severity", v.severity);
  a.member("technique", v.technique);
  a.member("cves", v.cves);
  a.member("title", v.title);
  a.member("evidence", v.evidence);
  a.member("outcome", v.outcome);
  a.member("source", v.source);
  a.member("target", v.target);
  a.member("on_source", v.on_source);
  a.member("from_outside_only", v.from_outside_only);
  a.member("count", v.count);
  a.member("first_seen", v.first_seen);
  a.member("last_seen", v.last_seen);
}

template <class A, Is<AssetBehaviour> T>
void describe(A& a, T& v) {
  a.member("asset", v.asset);
  a.member("group", v.group);
  a.member("learned", v.learned);
  a.member("weight", v.weight);
  a.member("anomalies", v.anomalies);
}

template <class A, Is<NetworkView> T>
void describe(A& a, T& v) {
  a.member("observed_ms", v.observed_ms);
  a.member("sources", v.sources);
  a.member("events", v.events);
  a.member("behaviour", v.behaviour);
}

template <class A, Is<Incomplete> T>
void describe(A& a, T& v) {
  a.member("what", v.what);
  a.member("reason", v.reason);
  a.member("remedy", v.remedy);
}

template <class A, Is<Asset> T>
void describe(A& a, T& v) {
  a.member("id", v.id);
  a.member("kind", v.kind);
  a.member("name", v.name);
  a.member("node", v.node);
  a.member("image", v.image);
  a.member("platform", v.platform);
  a.member("status", v.status);
  a.member("labels", v.labels);
}

template <class A, Is<OfferedList> T>
void describe(A& a, T& v) {
  a.member("uri", v.uri);
  a.member("origin", v.origin);
  a.member("label", v.label);
  a.member("suite", v.suite);
  a.member("codename", v.codename);
  a.member("found_in", v.found_in);
  a.member("date", v.date);
  a.member("valid_until", v.valid_until);
  a.member("security", v.security);
  a.member("verified", v.verified);
  a.member("unverified", v.unverified);
}

template <class A, Is<OfferedVersion> T>
void describe(A& a, T& v) {
  a.member("package", v.package);
  a.member("arch", v.arch);
  a.member("installed", v.installed);
  a.member("version", v.version);
  a.member("source_name", v.source_name);
  a.member("source_version", v.source_version);
  a.member("list", v.list);
  a.member("priority", v.priority);
  a.member("new_packages", v.new_packages);
  a.member("advisories", v.advisories);
  a.member("cves", v.cves);
  a.member("severity", v.severity);
}

template <class A, Is<Offered> T>
void describe(A& a, T& v) {
  a.member("lists", v.lists);
  a.member("versions", v.versions);
  a.member("held", v.held);
  a.member("not_assessed", v.not_assessed);
}

// The members that its kind has; `kind` comes first, so that a reader knows which to ask for.
template <class A, Is<FactTree> T>
void describe(A& a, T& v) {
  a.member("kind", v.kind);
  switch (v.kind) {
    case FactTree::Kind::absent:
      break;
    case FactTree::Kind::boolean:
      a.member("boolean", v.boolean);
      break;
    case FactTree::Kind::integer:
      a.member("integer", v.integer);
      break;
    case FactTree::Kind::unknown:
    case FactTree::Kind::text:
      a.member("text", v.text);
      break;
    case FactTree::Kind::list:
      a.member("items", v.items);
      break;
    case FactTree::Kind::map:
      a.member("members", v.members);
      break;
  }
  a.member("source", v.source);
}

// Of an asset's report, what was gathered; the rest is judgement.
template <class A, Is<AssetReport> T>
void describe(A& a, T& v) {
  a.member("asset", v.asset);
  a.member("container", v.container);
  a.member("host", v.host);
  a.member("settings", v.settings);
  a.member("os", v.os);
  a.member("packages", v.packages);
  a.member("offered", v.offered);
  a.member("not_assessed", v.assessment.not_assessed);
  a.member("scanned_at", v.scanned_at);
}

template <class A, Is<Report> T>
void describe(A& a, T& v) {
  a.member("generated_at", v.generated_at);
  a.member("tool_version", v.tool_version);
  a.member("assets", v.assets);
  a.member("flows", v.flows);
  a.member("network", v.network);
  a.member("incomplete", v.incomplete);
}

}  // namespace plimsoll::wire

#include <sys/stat.h>

#include <array>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "system/audit_rules.h"

namespace plimsoll::probe::settings {
namespace {

using system::AuditRule;
using system::AuditRules;
using system::is_watched;

// What a container runtime is made of; only those that exist are asked about. Programs are watched for execution too.
constexpr std::array kRuntimePaths = {"/var/lib/docker",
                                      "/etc/docker",
                                      "/etc/docker/daemon.json",
                                      "/etc/default/docker",
                                      "/etc/sysconfig/docker",
                                      "/usr/lib/systemd/system/docker.service",
                                      "/usr/lib/systemd/system/docker.socket",
                                      "/run/docker.sock",
                                      "/run/containerd/containerd.sock",
                                      "/run/containerd",
                                      "/etc/containerd/config.toml",
                                      "/var/lib/containerd",
                                      "/var/lib/containers",
                                      "/etc/containers",
                                      "/run/podman/podman.sock",
                                      "/etc/crio",
                                      "/run/crio/crio.sock",
                                      "/etc/kubernetes",
                                      "/var/lib/kubelet",
                                      "/etc/cni/net.d"};
constexpr std::array kRuntimePrograms = {"/usr/bin/dockerd",
                                         "/usr/bin/containerd",
                                         "/usr/bin/containerd-shim",
                                         "/usr/bin/containerd-shim-runc-v1",
                                         "/usr/bin/containerd-shim-runc-v2",
                                         "/usr/bin/runc",
                                         "/usr/sbin/runc",
                                         "/usr/bin/crun",
                                         "/usr/bin/podman",
                                         "/usr/bin/conmon",
                                         "/usr/bin/crio",
                                         "/usr/bin/kubelet"};

// What the rules should see, by the system calls (or paths) that do it.
struct Topic {
  const char* name;
  std::vector<std::string> syscalls;
  std::vector<std::string> paths;  // any of them watched for w,a does too
};
const std::vector<Topic>& topics() {
  static const std::vector<Topic> list = {
      {"time", {"adjtimex", "settimeofday", "clock_settime"}, {}},
      {"users", {}, {"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"}},
      {"sudoers", {}, {"/etc/sudoers", "/etc/sudoers.d"}},
      {"modules", {"init_module", "finit_module", "delete_module", "create_module"}, {}},
      {"mount", {"mount"}, {}},
      {"setuid", {"execve"}, {}},
      {"ptrace", {"ptrace"}, {}},
      {"bpf", {"bpf"}, {}},
      {"namespaces", {"unshare", "setns"}, {}},
  };
  return list;
}

// One number of what the kernel says of its auditing.
FactTree told(const Result<system::AuditStatus>& status, uint32_t system::AuditStatus::* what) {
  if (!status.ok()) return FactTree::unknown_because(status.error().message, "AUDIT_GET");
  return number((*status).*what, "AUDIT_GET");
}

struct Configured {
  AuditRules rules;
  std::string unknown;
};

Configured read_configured(const Context& context) {
  Configured out;
  auto files = files_in(context.machine, "/etc/audit/rules.d", ".rules");
  if (files.ok() && files->empty() && context.machine.stat("/etc/audit/audit.rules", true).ok())
    files->push_back("/etc/audit/audit.rules");
  if (!files.ok()) out.unknown = files.error().to_string();
  for (const std::string& file : files.ok() ? *files : std::vector<std::string>{}) {
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    if (text.ok())
      system::parse_audit_rules(*text, out.rules);
    else
      out.unknown = text.error().to_string();
  }
  // auditctl watches a directory, and all below it, however the rule names it.
  for (AuditRule& rule : out.rules.rules) {
    const auto stat = rule.path.empty() ? Result<system::FileStat>(Error{}) : context.machine.stat(rule.path, true);
    rule.directory |= stat.ok() && S_ISDIR(stat->mode);
  }
  return out;
}

FactTree watched_paths(const Context& context, const std::vector<AuditRule>& rules, const std::string& unknown) {
  std::vector<FactTree> out;
  const auto add = [&](const char* path, const char* permissions) {
    if (!context.machine.stat(path, true).ok()) return;
    const bool watched =
        is_watched(rules, path, permissions) || is_watched(rules, resolve(context.machine, path), permissions);
    out.push_back(FactTree::map_of(
        {{"path", FactTree::of(path)},
         {"watched", watched || unknown.empty() ? FactTree::of(watched) : FactTree::unknown_because(unknown)}}));
  };
  for (const char* path : kRuntimePaths) add(path, "wa");
  for (const char* path : kRuntimePrograms) add(path, "wax");
  return FactTree::list_of(std::move(out));
}

bool has_topic(const AuditRules& rules, const Topic& topic, bool both_arches) {
  for (const std::string& path : topic.paths) {
    if (is_watched(rules.rules, path, "wa")) return true;
  }
  if (topic.syscalls.empty()) return false;
  for (const std::string& name : topic.syscalls) {
    bool in64 = false, in32 = false;
    for (const AuditRule& rule : rules.rules) {
      if (!rule.syscalls.contains(name) && !rule.syscalls.contains("all")) continue;
      const bool any = !rule.arch64 && !rule.arch32;
      in64 |= rule.arch64 || any;
      in32 |= rule.arch32 || any;
    }
    const bool optional = name == "create_module" || name == "clock_settime";  // gone, or under another name
    if (!optional && !(in64 && (in32 || !both_arches))) return false;
  }
  return true;
}

FactTree read_topics(const Context& context, const Configured& configured) {
  const auto arch = context.machine.read_file("/proc/sys/kernel/arch", 64);
  const bool both = !arch.ok() || trim(*arch) == "x86_64";
  std::vector<std::string> missing;
  for (const Topic& topic : topics()) {
    if (!has_topic(configured.rules, topic, both)) missing.emplace_back(topic.name);
  }
  if (!configured.unknown.empty()) return FactTree::unknown_because(configured.unknown);
  return FactTree::texts_of(missing, "/etc/audit/rules.d");
}

FactTree read_retention(const Context& context) {
  const std::string path = "/etc/audit/auditd.conf";
  const auto text = read_following(context.machine, path, 65'536);
  if (!text.ok()) return from_error(text.error(), path);
  Members out;
  for (const auto& [key, value] : parse_assignments(*text)) {
    for (const char* wanted : {"max_log_file", "max_log_file_action", "num_logs", "space_left_action",
                               "admin_space_left_action", "disk_full_action", "disk_error_action"}) {
      if (lower(key) == wanted) out[wanted] = value_of(lower(value), path);
    }
  }
  return FactTree::map_of(std::move(out), path);
}

}  // namespace

FactTree read_audit(const Context& context) {
  const auto status = system::read_audit_status(context.machine);
  const Configured configured = read_configured(context);
  const auto loaded = system::read_loaded_audit_rules(context.machine);
  const FactTree daemon = runs(context, {"auditd"});
  Members out = {{"enabled", told(status, &system::AuditStatus::enabled)},
                 {"daemon_pid", told(status, &system::AuditStatus::pid)},
                 {"lost", told(status, &system::AuditStatus::lost)},
                 {"backlog_limit", told(status, &system::AuditStatus::backlog_limit)},
                 {"daemon_runs", daemon},
                 {"unit", unit_state(context, "auditd.service")},
                 {"other_collector", runs(context, {"falco", "tetragon", "osqueryd", "wazuh-agentd"})},
                 {"missing_topics", read_topics(context, configured)},
                 {"immutable_configured", FactTree::of(configured.rules.immutable, "/etc/audit/rules.d")},
                 {"retention", read_retention(context)}};
  out["configured_rules"] = configured.unknown.empty() ? number(configured.rules.rules.size(), "/etc/audit/rules.d")
                                                       : FactTree::unknown_because(configured.unknown);
  out["installed"] = FactTree::of(context.machine.stat("/etc/audit/auditd.conf", true).ok());
  if (loaded.ok()) {
    out["loaded_rules"] = number(loaded->size(), "AUDIT_LIST_RULES");
    const bool switched_off = status.ok() && status->enabled == 0;  // then no loaded rule watches anything
    out["runtime_paths"] = watched_paths(context, switched_off ? std::vector<AuditRule>{} : *loaded, {});
  } else {
    out["loaded_rules"] = FactTree::unknown_because(loaded.error().message, "AUDIT_LIST_RULES");
    // The configured rules tell less than the loaded ones: what they leave out is sure, what they name is not.
    out["runtime_paths"] = watched_paths(context, configured.rules.rules, configured.unknown);
  }
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe::settings

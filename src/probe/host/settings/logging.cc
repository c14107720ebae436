#include <array>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "runtime/json_tree.h"

namespace plimsoll::probe::settings {
namespace {

struct Rsyslog {
  bool found = false, sends = false, receives = false;
  std::string unknown;
};

// rsyslog.conf(5), both notations: "*.* @@host", action(type="omfwd"), module(load="imtcp").
void look_at(std::string_view line, Rsyslog& out) {
  const auto words = split_words(line);
  if (words.size() >= 2 && words.back().starts_with("@")) out.sends = true;
  for (const std::string_view part : {"omfwd", "omrelp", "omelasticsearch", "omkafka"}) {
    if (line.find(part) != std::string_view::npos) out.sends = true;
  }
  for (const std::string_view part : {"load=\"imtcp\"", "load=\"imudp\"", "load=\"imrelp\"", "$InputTCPServerRun",
                                      "$UDPServerRun", "type=\"imtcp\"", "type=\"imudp\""}) {
    if (line.find(part) != std::string_view::npos) out.receives = true;
  }
}

Rsyslog read_rsyslog(const Context& context) {
  Rsyslog out;
  std::vector<std::string> files = {"/etc/rsyslog.conf"};
  const auto more = files_in(context.machine, "/etc/rsyslog.d", ".conf");
  if (!more.ok()) out.unknown = more.error().to_string();
  if (more.ok()) files.insert(files.end(), more->begin(), more->end());
  for (const std::string& file : files) {
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    if (!text.ok()) {
      out.unknown = text.error().to_string();
      continue;
    }
    out.found = true;
    for (const std::string_view line : config_lines(*text)) look_at(line, out);
  }
  return out;
}

FactTree known(bool value, const std::string& unknown, const std::string& source) {
  return value || unknown.empty() ? FactTree::of(value, source) : FactTree::unknown_because(unknown, source);
}

FactTree read_journal(const Context& context) {
  if (!context.machine.stat("/usr/lib/systemd/systemd-journald", true).ok() &&
      !context.machine.stat("/lib/systemd/systemd-journald", true).ok())
    return {};
  const Layered config = read_systemd_config(context.machine, "journald");
  if (!config.unknown.empty()) return FactTree::unknown_because(config.unknown);
  const auto value = [&](const char* key) {
    const auto found = config.values.find(std::string("Journal.") + key);
    return found == config.values.end() ? std::string() : found->second;
  };
  const std::string storage = value("Storage").empty() ? "auto" : lower(value("Storage"));
  const bool kept = context.machine.stat("/var/log/journal", true).ok();
  Members out = {{"storage", FactTree::of(storage)},
                 {"persistent", FactTree::of(storage == "persistent" || (storage == "auto" && kept))},
                 {"forwards_to_syslog", FactTree::of(lower(value("ForwardToSyslog")) == "yes")}};
  if (!value("SystemMaxUse").empty()) out["system_max_use"] = FactTree::of(value("SystemMaxUse"));
  return FactTree::map_of(std::move(out), "/etc/systemd/journald.conf");
}

// Whether Docker's default log driver writes files without a bound.
FactTree docker_logs_unbounded(const Context& context) {
  if (!context.machine.stat("/var/lib/docker", true).ok()) return {};
  const std::string path = "/etc/docker/daemon.json";
  const auto text = read_following(context.machine, path, size_t{1} << 20);
  if (!text.ok() && text.error().kind != ErrorKind::not_found) return from_error(text.error(), path);
  if (!text.ok()) return FactTree::of(true, path + ": not there");
  const auto config = runtime::tree_from_text(*text, path);
  if (!config.ok()) return FactTree::unknown_because(config.error().message, path);
  const std::string driver = config->at("log-driver").text;
  const bool bounded = config->at("log-opts").at("max-size").kind == FactTree::Kind::text;
  return FactTree::of((driver.empty() || driver == "json-file") && !bounded, path);
}

// Files below /var/log that are gone but still held open by processes of the host.
FactTree deleted_open(const Context& context) {
  std::vector<FactTree> out;
  for (const Process& process : context.processes) {
    if (process.in_container) continue;
    const std::string base = "/proc/" + std::to_string(process.pid) + "/fd";
    const auto names = context.machine.list_directory(base, 65'536);
    for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
      const auto link = context.machine.read_link(base + "/" + name);
      if (!link.ok() || !link->starts_with("/var/log/") || !link->ends_with(" (deleted)") || out.size() > 100) continue;
      out.push_back(FactTree::map_of({{"path", FactTree::of(*link)}, {"process", FactTree::of(process.name)}}, base));
    }
  }
  return FactTree::list_of(std::move(out), "/proc/*/fd");
}

FactTree read_integrity(const Context& context) {
  std::vector<std::string> out;
  for (const char* path : {"/usr/bin/aide", "/usr/sbin/aide", "/usr/sbin/tripwire", "/usr/sbin/samhain",
                           "/var/ossec/bin/wazuh-syscheckd", "/usr/bin/osqueryd", "/opt/osquery/bin/osqueryd"}) {
    if (context.machine.stat(path, true).ok()) out.emplace_back(path);
  }
  const auto ima = context.machine.read_file("/sys/kernel/security/ima/policy", size_t{1} << 20);
  if (ima.ok() && !trim(*ima).empty()) out.emplace_back("IMA policy");
  const system::Mount* root = system::covering_mount(context.mounts, "/");
  if (root != nullptr) {
    const auto uuid = context.machine.read_file("/sys/dev/block/" + root->device + "/dm/uuid", 4096);
    if (uuid.ok() && uuid->starts_with("CRYPT-VERITY")) out.emplace_back("dm-verity root");
  }
  return FactTree::texts_of(out);
}

}  // namespace

FactTree read_logging(const Context& context) {
  const Rsyslog rsyslog = read_rsyslog(context);
  const FactTree shipper = runs(context, {"fluent-bit", "fluentd", "filebeat", "promtail", "vector", "journalbeat",
                                          "alloy", "otelcol", "splunkd", "systemd-journal-upload", "google_cloud_ops"});
  return FactTree::map_of(
      {{"daemon_runs", runs(context, {"systemd-journald", "rsyslogd", "syslog-ng", "syslogd"})},
       {"journal", read_journal(context)},
       {"rsyslog_sends", known(rsyslog.sends, rsyslog.unknown, "/etc/rsyslog.conf")},
       {"rsyslog_receives", known(rsyslog.receives, rsyslog.unknown, "/etc/rsyslog.conf")},
       {"shipper_runs", shipper},
       {"journal_upload", unit_state(context, "systemd-journal-upload.service")},
       {"journal_remote", unit_state(context, "systemd-journal-remote.socket")},
       {"logrotate", FactTree::of(context.machine.stat("/etc/logrotate.conf", true).ok(), "/etc/logrotate.conf")},
       {"docker_unbounded", docker_logs_unbounded(context)},
       {"deleted_open", deleted_open(context)},
       {"integrity_tools", read_integrity(context)}});
}

}  // namespace plimsoll::probe::settings

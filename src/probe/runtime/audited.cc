#include "probe/runtime/audited.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMaxText = size_t{4} << 20;

// Links are resolved here, so that paths can be compared as text.
void take(const system::Files& files, std::vector<system::AuditRule> rules, std::vector<system::AuditRule>& into) {
  for (system::AuditRule& rule : rules) {
    if (rule.path.empty()) continue;
    rule.path = files.resolve(rule.path);
    into.push_back(std::move(rule));
  }
}

}  // namespace

AuditedPaths::AuditedPaths(const system::Files& files) : files_(files), running_source_("the kernel's audit rules") {
  ask_kernel();
  std::vector<std::string> paths = {"/etc/audit/audit.rules"};
  const auto names = files.machine().list_directory("/etc/audit/rules.d", 1000);
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
    if (name.ends_with(".rules")) paths.push_back("/etc/audit/rules.d/" + name);
  }
  if (!names.ok() && names.error().kind != ErrorKind::not_found) kept_unknown_ = names.error().to_string();
  for (const std::string& path : paths) {
    const auto text = files.read(path, kMaxText);
    if (text.ok()) {
      system::AuditRules rules;
      system::parse_audit_rules(*text, rules);
      take(files, std::move(rules.rules), kept_);
    } else if (text.error().kind != ErrorKind::not_found) {
      kept_unknown_ = text.error().to_string();
    }
  }
}

// Rules can be loaded and followed by nobody: then none counts.
void AuditedPaths::ask_kernel() {
  const auto loaded = system::read_loaded_audit_rules(files_.machine());
  if (!loaded.ok() && loaded.error().kind == ErrorKind::unsupported) {
    running_source_ = "this kernel has no auditing";
    return;
  }
  const auto status = system::read_audit_status(files_.machine());
  if (!loaded.ok() || !status.ok()) {
    running_unknown_ =
        "the kernel's audit rules cannot be listed: " + (loaded.ok() ? status.error() : loaded.error()).message;
  } else if (status->enabled == 0) {
    running_source_ = "auditing is switched off in the kernel";
  } else {
    take(files_, *loaded, running_);
  }
}

FactTree AuditedPaths::of(const FactTree& file) const {
  if (file.kind != FactTree::Kind::map) return file;
  const std::string path = files_.resolve(file.at("path").text);
  const bool running = system::is_watched(running_, path, {}), kept = system::is_watched(kept_, path, {});
  return FactTree::map_of(
      {{"path", file.at("path")},
       {"running", running || running_unknown_.empty() ? FactTree::of(running, running_source_)
                                                       : FactTree::unknown_because(running_unknown_)},
       {"kept", kept || kept_unknown_.empty() ? FactTree::of(kept, "/etc/audit")
                                              : FactTree::unknown_because(kept_unknown_, "/etc/audit")}});
}

}  // namespace plimsoll::probe

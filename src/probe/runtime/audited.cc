#include "probe/runtime/audited.h"

#include <algorithm>

#include "system/mountinfo.h"

namespace plimsoll::probe {
namespace {

constexpr int kNetlinkAudit = 9;            // include/uapi/linux/netlink.h
constexpr uint16_t kAuditListRules = 1013;  // include/uapi/linux/audit.h
constexpr size_t kMaxText = size_t{4} << 20;

}  // namespace

AuditRules::AuditRules(const system::Files& files) : files_(files), running_source_("the kernel's audit rules") {
  const auto listed = files.machine().netlink(kNetlinkAudit, kAuditListRules, 0, "");
  if (listed.ok()) {
    for (const auto& reply : *listed) {
      if (reply.type != kAuditListRules) continue;
      if (auto watch = system::parse_audit_rule(reply.payload)) running_.push_back(std::move(*watch));
    }
  } else if (listed.error().kind == ErrorKind::unsupported) {
    running_source_ = "this kernel has no auditing";
  } else {
    running_unknown_ = "the kernel's audit rules cannot be listed: " + listed.error().message;
  }
  std::vector<std::string> paths = {"/etc/audit/audit.rules"};
  const auto names = files.machine().list_directory("/etc/audit/rules.d", 1000);
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
    if (name.ends_with(".rules")) paths.push_back("/etc/audit/rules.d/" + name);
  }
  if (!names.ok() && names.error().kind != ErrorKind::not_found) kept_unknown_ = names.error().to_string();
  for (const std::string& path : paths) {
    const auto text = files.machine().read_file(files.resolve(path), kMaxText);
    if (text.ok()) {
      const auto rules = system::parse_audit_rules(*text);
      kept_.insert(kept_.end(), rules.begin(), rules.end());
    } else if (text.error().kind != ErrorKind::not_found) {
      kept_unknown_ = text.error().to_string();
    }
  }
}

bool AuditRules::covers(const std::vector<system::AuditWatch>& rules, const std::string& path) const {
  return std::any_of(rules.begin(), rules.end(), [&](const system::AuditWatch& rule) {
    const std::string watched = files_.resolve(rule.path);
    return watched == path || (rule.below && system::is_at_or_below(path, watched));
  });
}

FactTree AuditRules::of(const FactTree& file) const {
  if (file.kind != FactTree::Kind::map) return file;
  const std::string path = files_.resolve(file.at("path").text);
  const bool running = covers(running_, path), kept = covers(kept_, path);
  return FactTree::map_of(
      {{"path", file.at("path")},
       {"running", running || running_unknown_.empty() ? FactTree::of(running, running_source_)
                                                       : FactTree::unknown_because(running_unknown_)},
       {"kept", kept || kept_unknown_.empty() ? FactTree::of(kept, "/etc/audit")
                                              : FactTree::unknown_because(kept_unknown_, "/etc/audit")}});
}

}  // namespace plimsoll::probe

#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::system {

// One rule of the kernel's audit system.
struct AuditRule {
  std::string path;                // watched file or directory; empty: none named
  bool directory = false;          // what is below it too (dir=, and -w, should it be a directory)
  std::string permissions;         // of "rwxa"; all four when a rule names none
  std::set<std::string> syscalls;  // by name
  bool arch64 = false, arch32 = false;
};

struct AuditRules {
  std::vector<AuditRule> rules;
  bool immutable = false;  // -e 2
};

// Pure: lines of rules.d files (auditctl(8)): -w, -a, -e; -D drops the
// rules before it; others (-b, -f...) are settings.
void parse_audit_rules(std::string_view text, AuditRules& out);

// Pure: a reply to AUDIT_LIST_RULES, struct audit_rule_data of linux/audit.h. Only paths and permissions are taken.
std::vector<AuditRule> parse_kernel_rules(const std::vector<Machine::NetlinkReply>& replies);

// What the kernel says of its auditing (AUDIT_GET).
struct AuditStatus {
  uint32_t enabled = 0;                  // 0: no rule is followed, whatever is loaded; 2: until the next start
  uint32_t pid = 0;                      // of who takes the records; 0: nobody
  uint32_t lost = 0, backlog_limit = 0;  // records
};

// Both need CAP_AUDIT_CONTROL in the initial namespaces; `unsupported` by a kernel without auditing.
Result<AuditStatus> read_audit_status(const Machine& machine);
Result<std::vector<AuditRule>> read_loaded_audit_rules(const Machine& machine);

// Whether one of `rules` watches `path` for all of `permissions`: by itself, or by a directory above it.
bool is_watched(const std::vector<AuditRule>& rules, std::string_view path, std::string_view permissions);

}  // namespace plimsoll::system

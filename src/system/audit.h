#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::system {

// A rule of the kernel's audit system that watches a file, or everything below a directory.
struct AuditWatch {
  std::string path;
  bool below = false;  // a directory with all below it
  bool operator==(const AuditWatch&) const = default;
};

// One struct audit_rule_data as the kernel lists it (include/uapi/linux/audit.h); nothing for a rule that watches no
// path, or that says never to record.
std::optional<AuditWatch> parse_audit_rule(std::string_view payload);

// The lines of a rules file (auditctl(8)): "-w PATH ..." and "-a always,exit -F path=PATH" or "-F dir=PATH". A watch on
// a path takes in what is below it, should it be a directory. "-D" drops the rules before it.
std::vector<AuditWatch> parse_audit_rules(std::string_view text);

}  // namespace plimsoll::system

#include "system/audit_rules.h"

#include <linux/audit.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "system/mountinfo.h"

namespace plimsoll::system {
namespace {

constexpr size_t kMaxRules = 20'000;

std::string without_slash(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

void take_field(std::string_view field, AuditRule& rule) {
  const auto value = [&](std::string_view key) -> std::string_view {
    return field.starts_with(key) ? field.substr(key.size()) : std::string_view();
  };
  if (!value("path=").empty()) rule.path = without_slash(value("path="));
  if (!value("dir=").empty()) {
    rule.path = without_slash(value("dir="));
    rule.directory = true;
  }
  if (!value("perm=").empty()) rule.permissions = value("perm=");
  if (value("arch=") == "b64" || value("arch=") == "aarch64" || value("arch=") == "x86_64") rule.arch64 = true;
  if (value("arch=") == "b32" || value("arch=") == "i386") rule.arch32 = true;
}

void take_words(const std::vector<std::string_view>& words, AuditRules& out) {
  AuditRule rule;
  bool is_rule = false;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    const std::string_view value = words[i + 1];
    if (words[i] == "-w") {
      rule.path = without_slash(value);
      rule.directory = true;
      is_rule = true;
    } else if (words[i] == "-p") {
      rule.permissions = value;
    } else if (words[i] == "-a" || words[i] == "-A") {
      is_rule = value.find("always") != std::string_view::npos;
    } else if (words[i] == "-F") {
      take_field(value, rule);
    } else if (words[i] == "-S") {
      for (const std::string_view name : split(value, ',')) rule.syscalls.insert(std::string(name));
    } else if (words[i] == "-e") {
      out.immutable = value == "2";
    }
  }
  if (rule.permissions.empty()) rule.permissions = "rwxa";
  if (is_rule && out.rules.size() < kMaxRules) out.rules.push_back(std::move(rule));
}

std::string permission_letters(uint32_t bits) {
  std::string out;
  if ((bits & AUDIT_PERM_READ) != 0) out += 'r';
  if ((bits & AUDIT_PERM_WRITE) != 0) out += 'w';
  if ((bits & AUDIT_PERM_EXEC) != 0) out += 'x';
  if ((bits & AUDIT_PERM_ATTR) != 0) out += 'a';
  return out;
}

bool parse_one(std::string_view payload, AuditRule& rule) {
  constexpr size_t header = sizeof(audit_rule_data);
  if (payload.size() < header) return false;
  audit_rule_data data{};
  std::memcpy(&data, payload.data(), header);
  if (data.field_count > AUDIT_MAX_FIELDS || data.action != AUDIT_ALWAYS) return false;
  std::string_view strings = payload.substr(header);
  strings = strings.substr(0, std::min<size_t>(strings.size(), data.buflen));
  for (uint32_t i = 0; i < data.field_count; ++i) {
    const uint32_t field = data.fields[i], value = data.values[i];
    if (field == AUDIT_PERM) rule.permissions = permission_letters(value);
    const bool named = field == AUDIT_WATCH || field == AUDIT_DIR || field == AUDIT_FILTERKEY || field == AUDIT_EXE ||
                       (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR) ||
                       (field >= AUDIT_OBJ_USER && field <= AUDIT_OBJ_LEV_HIGH);
    if (!named) continue;
    if (value > strings.size()) return false;
    if (field == AUDIT_WATCH || field == AUDIT_DIR) {
      rule.path = without_slash(strings.substr(0, value));
      rule.directory = field == AUDIT_DIR;
    }
    strings.remove_prefix(value);
  }
  if (rule.permissions.empty()) rule.permissions = "rwxa";
  return true;
}

}  // namespace

void parse_audit_rules(std::string_view text, AuditRules& out) {
  for (const std::string_view line : split(text, '\n')) {
    const auto words = split_words(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words[0] == "-D") out.rules.clear();
    take_words(words, out);
  }
}

std::vector<AuditRule> parse_kernel_rules(const std::vector<Machine::NetlinkReply>& replies) {
  std::vector<AuditRule> out;
  for (const auto& reply : replies) {
    AuditRule rule;
    if (reply.type == AUDIT_LIST_RULES && parse_one(reply.payload, rule) && out.size() < kMaxRules)
      out.push_back(std::move(rule));
  }
  return out;
}

Result<AuditStatus> read_audit_status(const Machine& machine) {
  PLIMSOLL_TRY(replies, machine.netlink(NETLINK_AUDIT, AUDIT_GET, 0, {}));
  if (replies.empty() || replies.front().payload.size() < offsetof(audit_status, backlog))
    return Error{ErrorKind::malformed, "the kernel's answer is too short", "AUDIT_GET"};
  audit_status said{};
  std::memcpy(&said, replies.front().payload.data(), std::min(sizeof said, replies.front().payload.size()));
  return AuditStatus{said.enabled, said.pid, said.lost, said.backlog_limit};
}

Result<std::vector<AuditRule>> read_loaded_audit_rules(const Machine& machine) {
  // Each rule comes as a message of its own.
  PLIMSOLL_TRY(replies, machine.netlink(NETLINK_AUDIT, AUDIT_LIST_RULES, NLM_F_DUMP, {}));
  return parse_kernel_rules(replies);
}

bool is_watched(const std::vector<AuditRule>& rules, std::string_view path, std::string_view permissions) {
  return std::any_of(rules.begin(), rules.end(), [&](const AuditRule& rule) {
    if (rule.path.empty()) return false;
    const bool covers = rule.path == path || (rule.directory && is_at_or_below(path, rule.path));
    return covers && std::all_of(permissions.begin(), permissions.end(),
                                 [&](char c) { return rule.permissions.find(c) != std::string::npos; });
  });
}

}  // namespace plimsoll::system

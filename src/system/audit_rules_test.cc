#include "system/audit_rules.h"

#include <gtest/gtest.h>
#include <linux/audit.h>

#include <cstring>

namespace plimsoll::system {
namespace {

struct Field {
  uint32_t field, value;
};

std::string rule(uint32_t action, const std::vector<Field>& fields, const std::string& texts) {
  audit_rule_data data{};
  data.flags = AUDIT_FILTER_EXIT;
  data.action = action;
  data.field_count = static_cast<uint32_t>(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) data.fields[i] = fields[i].field, data.values[i] = fields[i].value;
  data.buflen = static_cast<uint32_t>(texts.size());
  std::string out(sizeof data, '\0');
  std::memcpy(out.data(), &data, sizeof data);
  return out + texts;
}

std::vector<AuditRule> listed(const std::string& payload) { return parse_kernel_rules({{AUDIT_LIST_RULES, payload}}); }

TEST(AuditRules, AsTheKernelListsThem) {
  const std::string path = "/usr/bin/dockerd";
  const auto length = static_cast<uint32_t>(path.size());
  const auto file =
      listed(rule(AUDIT_ALWAYS, {{AUDIT_WATCH, length}, {AUDIT_PERM, 6}, {AUDIT_FILTERKEY, 6}}, path + "docker"));
  ASSERT_EQ(file.size(), 1u);
  EXPECT_TRUE(is_watched(file, path, "rw"));
  EXPECT_FALSE(is_watched(file, path, "wa"));
  EXPECT_FALSE(is_watched(file, path + "/below", "w"));
  // A text before the path moves the path in the buffer.
  const auto below = listed(rule(AUDIT_ALWAYS, {{AUDIT_FILTERKEY, 6}, {AUDIT_DIR, 12}}, "docker/etc/docker/"));
  EXPECT_TRUE(is_watched(below, "/etc/docker", "rwxa"));
  EXPECT_TRUE(is_watched(below, "/etc/docker/daemon.json", "rwxa"));
  EXPECT_FALSE(is_watched(below, "/etc/docker-other", "w"));  // paths, not parts of texts
  EXPECT_FALSE(is_watched(listed(rule(AUDIT_ALWAYS, {{AUDIT_UID, 0}}, "")), "/", "r"));
  EXPECT_TRUE(listed(rule(AUDIT_NEVER, {{AUDIT_WATCH, length}}, path)).empty());
  EXPECT_TRUE(listed(rule(AUDIT_ALWAYS, {{AUDIT_WATCH, 400}}, path)).empty());
  EXPECT_TRUE(listed("short").empty());
}

TEST(AuditRules, AsFilesWriteThem) {
  AuditRules rules;
  parse_audit_rules(
      "-w /gone -p wa\n-D\n# -w /commented\n-w /etc/docker -p wa -k docker\n"
      "-a always,exit -F path=/usr/bin/runc -F perm=x -k docker\n-a exit,always -F dir=/run/containerd/\n"
      "-a never,exit -F path=/usr/bin/dockerd\n-a always,exit -F arch=b64 -S execve,openat\n-w\n-e 2\n",
      rules);
  EXPECT_TRUE(rules.immutable);
  ASSERT_EQ(rules.rules.size(), 4u);
  EXPECT_FALSE(is_watched(rules.rules, "/gone", "wa"));
  EXPECT_TRUE(is_watched(rules.rules, "/etc/docker/daemon.json", "wa"));  // of a -w on a directory
  EXPECT_TRUE(is_watched(rules.rules, "/usr/bin/runc", "x"));
  EXPECT_FALSE(is_watched(rules.rules, "/usr/bin/runc", "wax"));
  EXPECT_TRUE(is_watched(rules.rules, "/run/containerd/x", "rwxa"));
  EXPECT_FALSE(is_watched(rules.rules, "/usr/bin/dockerd", "x"));
  EXPECT_EQ(rules.rules[3].syscalls, (std::set<std::string>{"execve", "openat"}));
  EXPECT_TRUE(rules.rules[3].arch64);
}

}  // namespace
}  // namespace plimsoll::system

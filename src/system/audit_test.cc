#include "system/audit.h"

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

TEST(Audit, RulesAsTheKernelListsThem) {
  const std::string path = "/usr/bin/dockerd";
  const auto length = static_cast<uint32_t>(path.size());
  EXPECT_EQ(parse_audit_rule(
                rule(AUDIT_ALWAYS, {{AUDIT_WATCH, length}, {AUDIT_PERM, 15}, {AUDIT_FILTERKEY, 6}}, path + "docker")),
            (AuditWatch{path, false}));
  // A text before the path moves the path in the buffer.
  EXPECT_EQ(parse_audit_rule(rule(AUDIT_ALWAYS, {{AUDIT_FILTERKEY, 6}, {AUDIT_DIR, 12}}, "docker/etc/docker/")),
            (AuditWatch{"/etc/docker", true}));
  EXPECT_EQ(parse_audit_rule(rule(AUDIT_NEVER, {{AUDIT_WATCH, length}}, path)), std::nullopt);
  EXPECT_EQ(parse_audit_rule(rule(AUDIT_ALWAYS, {{AUDIT_UID, 0}}, "")), std::nullopt);
  EXPECT_EQ(parse_audit_rule(rule(AUDIT_ALWAYS, {{AUDIT_WATCH, 400}}, path)), std::nullopt);
  EXPECT_EQ(parse_audit_rule("short"), std::nullopt);
}

TEST(Audit, RulesAsFilesWriteThem) {
  const auto rules = parse_audit_rules(
      "-w /gone -p wa\n-D\n# -w /commented\n-w /etc/docker/ -p wa -k docker\n"
      "-a always,exit -F path=/usr/bin/runc -F perm=x -k docker\n-a exit,always -F dir=/run/containerd\n"
      "-a never,exit -F path=/usr/bin/dockerd\n-a always,exit -S execve\n-w\n");
  EXPECT_EQ(rules,
            (std::vector<AuditWatch>{{"/etc/docker", true}, {"/usr/bin/runc", false}, {"/run/containerd", true}}));
}

}  // namespace
}  // namespace plimsoll::system

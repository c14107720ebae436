#include "policy/fault_lines.h"

#include <gtest/gtest.h>

#include <map>

#include "policy/policy_files.h"

namespace plimsoll::policy {
namespace {

TEST(FaultLines, AreThoseOfEveryFile) {
  const std::vector<std::pair<std::string, std::string>> files = {
      {"/etc/a.yaml", "schema: plimsoll.policy/1\nresponses: {rules: [{id: x, mode: sometimes}]}\n"},
      {"/etc/a.yaml.yaml", "schema: plimsoll.policy/1\n  broken\n: [\n"},
      {"b:c.yaml", "schema: plimsoll.policy/1\nnothing: 1\n"}};
  const auto policy = parse_policies(files);
  ASSERT_FALSE(policy.ok());
  const auto faults = fault_lines(policy.error(), {files[0].first, files[1].first, files[2].first});
  std::map<std::string, int> of;
  for (const FaultLine& fault : faults) {
    ++of[fault.file];
    EXPECT_GT(fault.line, 0) << fault.what;
    EXPECT_GT(fault.column, 0) << fault.what;
    EXPECT_FALSE(fault.what.empty());
    EXPECT_EQ(fault.what.find("yaml:"), std::string::npos) << fault.what;
  }
  EXPECT_EQ(of.size(), 3u);
  EXPECT_GE(of["/etc/a.yaml"], 1);
  EXPECT_EQ(of["b:c.yaml"], 1);
}

TEST(FaultLines, WhatHasNoPlaceIsToldWhole) {
  const auto faults = fault_lines({ErrorKind::limit, "a.yaml: and 7 more faults\nelse: x"}, {"a.yaml"});
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].file, "a.yaml");
  EXPECT_EQ(faults[0].line, 0);
  EXPECT_EQ(faults[0].what, "and 7 more faults");
  EXPECT_EQ(faults[1].file, "");
  EXPECT_EQ(faults[1].what, "else: x");
}

}  // namespace
}  // namespace plimsoll::policy

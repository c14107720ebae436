#include "respond/guard.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plimsoll::respond {
namespace {

using std::chrono::seconds;
const Instant start{seconds{1'700'000'000}};

ResponseRule rule_of(ResponseMode mode = ResponseMode::enforce) {
  ResponseRule out;
  out.id = "a";
  out.mode = mode;
  out.cooldown = seconds{600};
  out.limit = {2, seconds{3600}};
  return out;
}

ResponseRecord record_of(const std::string& asset, Instant at, ResponsePhase phase) {
  ResponseRecord out;
  out.rule = "a";
  out.asset = {asset};
  out.phase = phase;
  out.changes = {{phase, at, "", ""}};
  return out;
}

ErrorKind kind_of(const Status& status) { return status.ok() ? ErrorKind::bug : status.error().kind; }

TEST(GuardPast, WhatARuleDidKeepsItFromDoingMore) {
  const ResponseRule rule = rule_of();
  EXPECT_TRUE(check_past(rule, {"docker:x"}, {}, start).ok());
  EXPECT_EQ(kind_of(check_past(rule_of(ResponseMode::observe), {"docker:x"}, {}, start)), ErrorKind::denied);
  const auto open = record_of("docker:x", start - seconds{9000}, ResponsePhase::verified);
  EXPECT_EQ(kind_of(check_past(rule, {"docker:x"}, {open}, start)), ErrorKind::conflict);
  const auto done = record_of("docker:x", start - seconds{599}, ResponsePhase::done);
  EXPECT_EQ(kind_of(check_past(rule, {"docker:x"}, {done}, start)), ErrorKind::timeout);
  EXPECT_TRUE(check_past(rule, {"docker:x"}, {done}, start + seconds{1}).ok());
  const auto y = record_of("docker:y", start - seconds{700}, ResponsePhase::done);
  const auto z = record_of("docker:z", start - seconds{700}, ResponsePhase::verified);
  EXPECT_TRUE(check_past(rule, {"docker:x"}, {y}, start).ok());
  EXPECT_EQ(kind_of(check_past(rule, {"docker:x"}, {y, z}, start)), ErrorKind::limit);
  EXPECT_TRUE(check_past(rule, {"docker:y"}, {y, z}, start).ok());  // no more assets than before
  EXPECT_TRUE(check_past(rule, {"docker:x"}, {y, z}, start + seconds{3600}).ok());
  ResponseRecord others = z;
  others.rule = "b";
  EXPECT_TRUE(check_past(rule, {"docker:x"}, {y, others}, start).ok());
}

Target target_of(const std::string& name, std::map<std::string, std::string> labels = {}) {
  Target out;
  out.id = {"docker:" + name};
  out.state.id = {name};
  out.state.name = name;
  out.state.image = "shop/web:1";
  out.state.running = true;
  out.state.labels = std::move(labels);
  return out;
}

std::vector<ResponseAction> pausing() {
  std::vector<ResponseAction> out(1);
  out[0].kind = ActionKind::pause;
  return out;
}

TEST(GuardTarget, ProtectedOnesAndPlimsollItselfAreNotActedOn) {
  Surroundings around;
  around.protected_labels = {"keep", "tier=db"};
  around.own_container = "self";
  around.running = [] { return std::vector<Target>{}; };
  EXPECT_TRUE(check_target(target_of("web"), pausing(), nullptr, around).ok());
  EXPECT_FALSE(check_target(target_of("self"), pausing(), nullptr, around).ok());
  EXPECT_FALSE(check_target(target_of("web", {{"keep", ""}}), pausing(), nullptr, around).ok());
  EXPECT_FALSE(check_target(target_of("web", {{"tier", "db"}}), pausing(), nullptr, around).ok());
  EXPECT_TRUE(check_target(target_of("web", {{"tier", "web"}}), pausing(), nullptr, around).ok());
  // Telling of it is no harm.
  EXPECT_TRUE(check_target(target_of("web", {{"keep", ""}}), std::vector<ResponseAction>(1), nullptr, around).ok());
}

TEST(GuardTarget, PlimsollKnowsItselfByItsMountsWhereNoCgroupNamesIt) {
  Surroundings around;
  around.running = [] { return std::vector<Target>{}; };
  Target target = target_of("shop/web");
  target.state.pid = ::getpid();
  EXPECT_TRUE(check_target(target, pausing(), nullptr, around).ok());
  struct stat status{};
  ASSERT_EQ(::stat("/proc/self/ns/mnt", &status), 0);
  around.own_mounts = status.st_ino;
  EXPECT_FALSE(check_target(target, pausing(), nullptr, around).ok());
  target.state.pid = 0;
  EXPECT_TRUE(check_target(target, pausing(), nullptr, around).ok());
}

TEST(GuardTarget, ARuleActsOnWhatItSelectsOnly) {
  Surroundings around;
  around.running = [] { return std::vector<Target>{}; };
  ResponseRule rule = rule_of();
  rule.when.on.images = {"shop/*"};
  EXPECT_TRUE(check_target(target_of("web"), pausing(), &rule, around).ok());
  rule.when.on.images = {"other/*"};
  EXPECT_FALSE(check_target(target_of("web"), pausing(), &rule, around).ok());
}

TEST(GuardTarget, TheLastInServiceOfAGroupIsSpared) {
  Surroundings around;
  ResponseRule rule = rule_of();
  rule.spare_last_replica = true;
  around.running = [] { return std::vector<Target>{target_of("web1"), target_of("web2")}; };
  EXPECT_TRUE(check_target(target_of("web1"), pausing(), &rule, around).ok());
  ResponseRecord record = record_of("docker:web2", start, ResponsePhase::verified);
  record.steps.resize(1);
  record.steps[0].action.kind = ActionKind::quarantine;
  around.records = {record};
  EXPECT_FALSE(check_target(target_of("web1"), pausing(), &rule, around).ok());
  around.records[0].phase = ResponsePhase::done;
  EXPECT_TRUE(check_target(target_of("web1"), pausing(), &rule, around).ok());
  around.running = [] { return std::vector<Target>{target_of("web1")}; };
  EXPECT_FALSE(check_target(target_of("web1"), pausing(), &rule, around).ok());
  rule.spare_last_replica = false;
  EXPECT_TRUE(check_target(target_of("web1"), pausing(), &rule, around).ok());
}

}  // namespace
}  // namespace plimsoll::respond

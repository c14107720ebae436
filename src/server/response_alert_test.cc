#include "server/response_alert.h"

#include <gtest/gtest.h>

namespace plimsoll::server {
namespace {

ResponseRecord record(ResponsePhase phase) {
  ResponseRecord out;
  out.id = "20261128-1";
  out.rule = "miner";
  out.asset_name = "web";
  out.why = "a miner was seen";
  out.phase = phase;
  out.changes.resize(1);
  out.changes[0].phase = phase;
  out.steps.resize(1);
  out.steps[0].action.kind = ActionKind::pause;
  return out;
}

TEST(ResponseAlert, SaysWhatBecameOfIt) {
  const auto failed = alert_of("20261128-1-3", record(ResponsePhase::failed), "box", {});
  EXPECT_EQ(failed.title, "web: a response failed");
  EXPECT_EQ(failed.urgency, notify::Urgency::critical);
  EXPECT_EQ(failed.purpose, notify::Purpose::alert);
  EXPECT_EQ(failed.node, "box");
  const auto done = alert_of("20261128-1-4", record(ResponsePhase::done), "box", {});
  EXPECT_EQ(done.purpose, notify::Purpose::resolved);
  EXPECT_EQ(done.group, failed.group);
}

TEST(ResponseAlert, TheSameNewsHasTheSameId) {
  const ResponseRecord about = record(ResponsePhase::verified);
  EXPECT_EQ(alert_of("a-1", about, "box", {}).id, alert_of("a-1", about, "box", {}).id);
  EXPECT_NE(alert_of("a-1", about, "box", {}).id, alert_of("a-2", about, "box", {}).id);
  EXPECT_EQ(alert_of("a-1", about, "box", {}).id.size(), 32U);
}

TEST(ResponseAlert, WhatWasHeldBackIsTold) {
  ResponseRecord about;
  about.rule = "all";
  about.why = "held back: the rule would act on 40 assets at once";
  EXPECT_EQ(alert_of("held-all", about, "box", {}).title, "rule all is held back");
  EXPECT_EQ(alert_of("held-all", about, "box", {}).text, about.why);
}

}  // namespace
}  // namespace plimsoll::server

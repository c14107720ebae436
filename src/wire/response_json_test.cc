#include "wire/response_json.h"

#include <gtest/gtest.h>

namespace plimsoll::wire {
namespace {

using std::chrono::seconds;

ResponseRecord whole() {
  ResponseRecord out;
  out.id = "r-1";
  out.rule = "cut";
  out.asset = {"docker:abc"};
  out.asset_name = "web\n\xff";
  out.why = "score 93";
  out.phase = ResponsePhase::verified;
  out.on_stop = OnStop::release;
  out.expires = seconds{60};
  out.until = Instant{seconds{1'700'000'060}};
  out.ask_until = Instant{seconds{1'700'000'000}};
  for (int i = 0; i <= static_cast<int>(ActionKind::disconnect); ++i) {
    ResponseStep step;
    step.action.kind = static_cast<ActionKind>(i);
    step.what = describe_action(step.action);
    step.state = StepState::applied;
    step.before = "{\"paused\":false}";
    out.steps.push_back(step);
  }
  out.steps[6].action.allow = {*parse_prefix("10.0.0.0/8"), *parse_prefix("fd00::/8")};
  out.steps[7].action.peer = *parse_prefix("10.1.2.3");
  out.steps[7].action.port = 22;
  out.steps[7].action.transport = Transport::udp;
  out.steps[3].action.lasts = seconds{7};
  out.steps[12].action.network = "front";
  out.changes = {{ResponsePhase::planned, Instant{seconds{1'700'000'000}}, "rule:cut", "because"},
                 {ResponsePhase::verified, Instant{seconds{1'700'000'001}}, "rule:cut", ""}};
  return out;
}

TEST(ResponseJson, GoesThereAndBack) {
  ResponseRecord record = whole();
  record.asset_name = "web";
  const auto back = response_from_json(response_to_json(record));
  ASSERT_TRUE(back.ok()) << back.error().to_string();
  EXPECT_EQ(*back, record);
  EXPECT_TRUE(response_from_json(response_to_json(whole())).ok());  // a name that is not UTF-8
  ResponseRequest request{ResponseRequest::Kind::plan, 7, "cut", {"docker:abc"}, "r-1", "user:anna", "x\"y"};
  EXPECT_EQ(*request_from_json(request_to_json(request)), request);
  PlanAnswer answer{9, "", record};
  EXPECT_EQ(*answer_from_json(answer_to_json(answer)), answer);
  answer = {9, "no such asset", {}};
  EXPECT_EQ(*answer_from_json(answer_to_json(answer)), answer);
}

TEST(ResponseJson, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "[]", "{}", "{\"id\":1}", "{\"id\":\"a\",\"phase\":\"x\"}", "{\"id\":\"a\",\"until\":\"soon\"}",
        "{\"id\":\"a\",\"expires\":-1}", "{\"id\":\"a\",\"steps\":[{}]}",
        "{\"id\":\"a\",\"steps\":[{\"do\":{\"action\":\"block\",\"port\":70000}}]}",
        "{\"id\":\"a\",\"steps\":[{\"do\":{\"action\":\"quarantine\",\"allow\":[\"x\"]}}]}"}) {
    EXPECT_FALSE(response_from_json(text).ok()) << text;
  }
  EXPECT_FALSE(response_from_json("{\"id\":\"" + std::string(1 << 20, 'a') + "\"}").ok());
  EXPECT_FALSE(request_from_json("{\"kind\":\"run\"}").ok());
  const std::string text = response_to_json(whole());
  for (size_t length = 0; length < text.size(); length += 7)
    EXPECT_FALSE(response_from_json(text.substr(0, length)).ok());
}

}  // namespace
}  // namespace plimsoll::wire

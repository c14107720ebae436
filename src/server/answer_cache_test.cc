#include "server/answer_cache.h"

#include <gtest/gtest.h>

#include "server/test_api.h"

namespace plimsoll::server {
namespace {

std::shared_ptr<const Response> answer_of(size_t bytes) {
  return std::make_shared<const Response>(json_response(std::string(bytes, 'x')));
}

TEST(AnswerCache, KeepsAnAnswerUntilItsVersionIsOver) {
  AnswerCache cache;
  cache.keep("/a?", {1, 1, 0}, 100, answer_of(3));
  ASSERT_NE(cache.find("/a?", {1, 1, 0}, 105), nullptr);
  EXPECT_EQ(cache.find("/a?", {1, 1, 0}, 105)->body, "xxx");
  EXPECT_EQ(cache.find("/a?x=1", {1, 1, 0}, 105), nullptr);
  EXPECT_EQ(cache.find("/a?", {2, 1, 0}, 105), nullptr);
  EXPECT_EQ(cache.find("/a?", {1, 2, 0}, 105), nullptr);
  EXPECT_EQ(cache.find("/a?", {1, 1, 1}, 105), nullptr);
  cache.keep("/b?", {2, 1, 0}, 105, answer_of(3));
  EXPECT_EQ(cache.find("/a?", {2, 1, 0}, 105), nullptr) << "of another version";
  cache.keep("/a?", {1, 1, 0}, 106, answer_of(3));
  EXPECT_EQ(cache.find("/a?", {1, 1, 0}, 106), nullptr) << "a late answer of before came in";
  EXPECT_NE(cache.find("/b?", {2, 1, 0}, 106), nullptr);
}

TEST(AnswerCache, AnAnswerGrowsOld) {
  AnswerCache cache;
  cache.keep("/a?", {1, 1, 0}, 100, answer_of(3));
  EXPECT_NE(cache.find("/a?", {1, 1, 0}, 110), nullptr);
  EXPECT_EQ(cache.find("/a?", {1, 1, 0}, 111), nullptr);
}

TEST(AnswerCache, IsBoundedAndForgetsWhatNobodyAsksFor) {
  AnswerCache cache;
  cache.keep("/often?", {1, 1, 0}, 100, answer_of(1 << 20));
  for (int i = 0; i < 400; ++i) {
    cache.keep("/" + std::to_string(i) + "?", {1, 1, 0}, 100, answer_of(200'000));
    EXPECT_NE(cache.find("/often?", {1, 1, 0}, 100), nullptr) << i;
  }
  size_t there = 0;
  for (int i = 0; i < 400; ++i) there += cache.find("/" + std::to_string(i) + "?", {1, 1, 0}, 100) != nullptr;
  EXPECT_LE(there * 200'000, size_t{16} << 20);
  EXPECT_GE(there, 10u);
  cache.keep("/huge?", {1, 1, 0}, 100, answer_of(size_t{5} << 20));
  EXPECT_EQ(cache.find("/huge?", {1, 1, 0}, 100), nullptr);
}

// What was just changed is in the next answer; what was not is not worked out again, and has the same tag.
TEST_F(ApiTest, AnAnswerIsNeverOlderThanTheWorld) {
  add("v", journal::Role::viewer);
  const Browser browser = log_in("v");
  const auto record = [&](int score) {
    Report report;
    report.generated_at = now_;
    report.assets = {container("web", score)};
    ASSERT_TRUE(journal_->record(report, {}).ok());
  };
  const auto score = [&] {
    return json::parse(call(browser, "GET", "/api/v1/assets").body)["items"][0]["score"].get<int>();
  };
  for (const int each : {40, 50, 91}) {
    record(each);
    EXPECT_EQ(score(), each);
    EXPECT_EQ(score(), each);
  }
  journal_->on_events([&](journal::Sequence) {
    EXPECT_EQ(journal_->world_version(), 4u) << "it is another one before anybody is told";
  });
  record(70);
  journal_->on_events({});
  EXPECT_EQ(score(), 70);
  EXPECT_EQ(call(Browser{}, "GET", "/api/v1/assets").status, 401) << "nobody is answered from what others asked";
}

}  // namespace
}  // namespace plimsoll::server

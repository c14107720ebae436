#include "server/policy_log.h"

#include <gtest/gtest.h>

#include "system/test_directory.h"

namespace plimsoll::server {
namespace {

TEST(PolicyLog, EachVersionIsJournalledOnce) {
  const system::TestDirectory directory;
  auto journal = journal::open_journal(directory / "journal.db");
  ASSERT_TRUE(journal.ok()) << journal.error().to_string();
  const auto told = [&] {
    journal::EventQuery query;
    query.kind = "policy.changed";
    return *(*journal)->events(query);
  };
  const auto log = [&](const std::vector<std::pair<std::string, std::string>>& files) {
    EXPECT_TRUE(log_policy(**journal, files, Instant{std::chrono::seconds{1'700'000'000}}).ok());
    return told().size();
  };
  EXPECT_EQ(log({}), 0u) << "the built-in one alone is no change";
  EXPECT_EQ(log({{"a.yaml", "x: 1\n"}}), 1u);
  EXPECT_EQ(log({{"a.yaml", "x: 1\n"}}), 1u);
  EXPECT_EQ(log({{"b.yaml", "x: 1\n"}}), 2u);
  EXPECT_EQ(log({}), 3u);
  EXPECT_NE(told()[0].body.find("\"text\": \"x: 1\\n\""), std::string::npos) << told()[0].body;
  EXPECT_EQ(log({{"a.yaml", std::string(300'000, 'x')}}), 4u);
  EXPECT_EQ(told()[3].body.find("\"text\""), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::server

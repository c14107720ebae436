#include "server/policy_change.h"

#include <gtest/gtest.h>

#include "policy/policy_files.h"
#include "server/channel.h"
#include "system/test_directory.h"

namespace plimsoll::server {
namespace {

const std::string head = "schema: plimsoll.policy/1\n";

class PolicyChangeTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = journal::open_journal(directory_ / "journal.db");
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    journal_ = std::move(*opened);
  }
  void take(const std::string& text) { change().take(to_payload(PolicyFiles{{"mine.yaml", text}})); }
  PolicyChange& change() {
    if (!change_)
      change_.emplace(PolicyChange::Ground{*journal_, world_, in_force_,
                                           [](const PolicyFiles& files) -> Result<InForce> {
                                             PLIMSOLL_TRY(policy, policy::parse_policies(files));
                                             return InForce{files, std::move(policy), {}, {}};
                                           },
                                           [this](const InForce& now) { high_ = now.policy.scoring.level_high; },
                                           [] { return Instant{std::chrono::seconds{1'800'000'000}}; }});
    return *change_;
  }
  std::vector<journal::Event> events(const std::string& kind) {
    journal::EventQuery query;
    query.kind = kind;
    return *journal_->events(query);
  }
  int high() const { return in_force_.now()->policy.scoring.level_high; }

  system::TestDirectory directory_;
  std::unique_ptr<journal::Journal> journal_;
  World world_;
  PolicyInForce in_force_{InForce{}};
  int high_ = 0;  // as whoever hears of it was told
  std::optional<PolicyChange> change_;
};

TEST_F(PolicyChangeTest, GoodFilesComeIntoForce) {
  const std::shared_ptr<const InForce> before = in_force_.now();
  take(head + "levels: {high: 75}\n");
  EXPECT_EQ(high(), 75);
  EXPECT_EQ(high_, 75);
  EXPECT_EQ(before->policy.scoring.level_high, 70) << "who has it goes on with it";
  EXPECT_EQ(events("policy.changed").size(), 1u);
  EXPECT_EQ(world_.progress().policies, 1u);
}

TEST_F(PolicyChangeTest, BrokenFilesChangeNothingAndAreTold) {
  take(head + "levels: {high: 75}\n");
  for (int i = 0; i < 2; ++i) take(head + "levels: {hgih: 80}\n");
  EXPECT_EQ(high(), 75);
  EXPECT_NE(world_.progress().policy_fault.find("mine.yaml:2:10: unknown key \"hgih\""), std::string::npos);
  ASSERT_EQ(events("policy.refused").size(), 1u) << "the same fault is told once";
  EXPECT_NE(events("policy.refused")[0].body.find("mine.yaml:2:10"), std::string::npos);
  change().refuse("cannot be read");
  EXPECT_EQ(events("policy.refused").size(), 2u);
  take(head + "levels: {high: 75}\n");
  EXPECT_EQ(world_.progress().policy_fault, "");
  EXPECT_EQ(events("policy.changed").size(), 1u) << "it is the version before";
  change().take("no list");
  EXPECT_NE(world_.progress().policy_fault, "");
  change().refuse(std::string(100'000, 'x') + "\n");
  EXPECT_LT(world_.progress().policy_fault.size(), 5000u);
}

}  // namespace
}  // namespace plimsoll::server

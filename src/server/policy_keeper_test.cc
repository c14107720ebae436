#include "server/policy_keeper.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "base/sha256.h"
#include "system/test_directory.h"

namespace plimsoll::server {
namespace {

constexpr const char* good = "schema: plimsoll.policy/1\nadditions: {reaches_wan: 7}\n";
constexpr const char* other = "schema: plimsoll.policy/1\nadditions: {reaches_wan: 8}\n";
constexpr const char* broken = "schema: plimsoll.policy/1\nadditions: {reaches_wam: 7}\n";

class KeeperTest : public testing::Test {
 protected:
  PolicyAnswer put(const std::string& name, const std::string& before, const std::string& text, bool allowed = true) {
    return PolicyKeeper(place(), allowed).put({PolicyRequest::Kind::put, 7, name, before, text});
  }
  std::string place() const { return directory_ / "policies"; }
  std::string file(const std::string& name) const { return place() + "/" + name; }
  std::string text_of(const std::string& name) const { return read_file(file(name)).value_or("none"); }

  system::TestDirectory directory_;
};

TEST_F(KeeperTest, WritesWhatIsWellAndTellsItsHash) {
  const mode_t mask = ::umask(0077);
  const PolicyAnswer made = put("10-ours.yaml", "", good);
  ::umask(mask);
  ASSERT_FALSE(made.fault) << made.text;
  EXPECT_EQ(made.token, 7u);
  EXPECT_EQ(made.sha256, sha256_hex(good));
  EXPECT_EQ(text_of("10-ours.yaml"), good);
  struct stat status{};
  ASSERT_EQ(::stat(file("10-ours.yaml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0644u);
  EXPECT_FALSE(put("10-ours.yaml", made.sha256, other).fault);
  EXPECT_EQ(text_of("10-ours.yaml"), other);
  size_t there = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(place())) ++there;
  EXPECT_EQ(there, 1u) << "nothing is left beside it";
}

TEST_F(KeeperTest, RefusesWhatTheOperatorDidNotAllow) {
  const PolicyAnswer refused = put("a.yaml", "", good, false);
  EXPECT_EQ(refused.fault, ErrorKind::denied);
  EXPECT_EQ(refused.text, policies_not_by_api);
  EXPECT_FALSE(std::filesystem::exists(place()));
  EXPECT_EQ(PolicyKeeper(place(), false).read({PolicyRequest::Kind::read, 1, "a.yaml", {}, {}}).fault,
            ErrorKind::denied);
}

TEST_F(KeeperTest, RefusesAFileThatIsAnotherByNow) {
  ASSERT_FALSE(put("a.yaml", "", good).fault);
  const PolicyAnswer late = put("a.yaml", "", other);
  EXPECT_EQ(late.fault, ErrorKind::conflict);
  EXPECT_EQ(late.sha256, sha256_hex(good));
  EXPECT_EQ(put("a.yaml", sha256_hex(other), other).fault, ErrorKind::conflict);
  EXPECT_EQ(put("b.yaml", sha256_hex(good), other).fault, ErrorKind::conflict);
  EXPECT_EQ(text_of("a.yaml"), good);
}

TEST_F(KeeperTest, RemovesTheFileThatWasLookedAt) {
  const auto remove = [&](const std::string& name, const std::string& before, bool allowed = true) {
    return PolicyKeeper(place(), allowed).remove({PolicyRequest::Kind::remove, 7, name, before, {}});
  };
  EXPECT_EQ(remove("a.yaml", "").fault, ErrorKind::conflict) << "there is none";
  ASSERT_FALSE(put("a.yaml", "", good).fault);
  EXPECT_EQ(remove("a.yaml", sha256_hex(good), false).fault, ErrorKind::denied);
  EXPECT_EQ(remove("a.yaml", sha256_hex(other)).fault, ErrorKind::conflict);
  EXPECT_EQ(remove("a.yaml", "").fault, ErrorKind::conflict);
  EXPECT_EQ(text_of("a.yaml"), good);
  const PolicyAnswer gone = remove("a.yaml", sha256_hex(good));
  EXPECT_FALSE(gone.fault) << gone.text;
  EXPECT_TRUE(gone.sha256.empty());
  EXPECT_EQ(text_of("a.yaml"), "none");
  ASSERT_TRUE(write_file_atomically(place() + "/broken.yaml", broken, 0644).ok());
  EXPECT_FALSE(remove("broken.yaml", sha256_hex(broken)).fault) << "one with faults goes, too";
}

TEST_F(KeeperTest, RefusesFaultsAgainAndNamesTheirPlaces) {
  const PolicyAnswer refused = put("a.yaml", "", broken);
  EXPECT_EQ(refused.fault, ErrorKind::malformed);
  EXPECT_NE(refused.text.find("a.yaml:2:"), std::string::npos) << refused.text;
  EXPECT_EQ(text_of("a.yaml"), "none");
  EXPECT_EQ(put("a.yaml", "", std::string(most_policy_text + 1, '#')).fault, ErrorKind::limit);
}

TEST_F(KeeperTest, AFileThatIsBrokenAlreadyKeepsNobodyFromMendingAnother) {
  std::filesystem::create_directory(place());
  ASSERT_TRUE(write_file_atomically(file("a.yaml"), broken).ok());
  ASSERT_TRUE(write_file_atomically(file("b.yaml"), broken).ok());
  EXPECT_FALSE(put("b.yaml", sha256_hex(broken), good).fault);
  EXPECT_EQ(put("b.yaml", sha256_hex(good), broken).fault, ErrorKind::malformed);
  EXPECT_FALSE(put("a.yaml", sha256_hex(broken), good).fault);
}

TEST_F(KeeperTest, FollowsNoLink) {
  std::filesystem::create_directory(place());
  ASSERT_TRUE(write_file_atomically(directory_ / "elsewhere", good).ok());
  std::filesystem::create_symlink(directory_ / "elsewhere", file("a.yaml"));
  EXPECT_EQ(put("a.yaml", sha256_hex(good), other).fault, ErrorKind::unsupported);
  EXPECT_EQ(read_file(directory_ / "elsewhere").value_or(""), good);
}

TEST_F(KeeperTest, AnswersWhatIsAskedAndNothingElse) {
  ASSERT_FALSE(put("a.yaml", "", good).fault);
  const PolicyKeeper keeper(place(), true);
  const auto asked = [&](const std::string& payload) { return policy_answer_of(keeper.answer(payload)); };
  EXPECT_EQ(asked("read 3 a.yaml\n")->text, good);
  EXPECT_EQ(asked("read 4 b.yaml\n")->sha256, "");
  for (const char* bad :
       {"", "read", "read 1 ../a.yaml\n", "put 1 a.yaml\nx", "put 1 /etc/x.yaml -\nx", "put x a.yaml -\n",
        "read 1 .yaml\n", "read 1 A.yaml\n", "write 1 a.yaml -\n", "put 1 a.yaml 12\nx", "read 1 a.yaml.new\n"})
    EXPECT_EQ(keeper.answer(bad), "") << bad;
}

TEST(PolicyMessages, ComeThroughAsTheyWere) {
  const PolicyRequest put{PolicyRequest::Kind::put, 9, "a-1.yaml", sha256_hex("x"), "one\ntwo \n\n"};
  EXPECT_EQ(*policy_request_of(to_payload(put)), put);
  const PolicyRequest made{PolicyRequest::Kind::put, 9, "a.yaml", "", ""};
  EXPECT_EQ(*policy_request_of(to_payload(made)), made);
  const PolicyRequest removed{PolicyRequest::Kind::remove, 9, "a.yaml", sha256_hex("x"), ""};
  EXPECT_EQ(*policy_request_of(to_payload(removed)), removed);
  EXPECT_FALSE(policy_request_of(to_payload(removed) + "text").ok());
  const PolicyAnswer fine{9, {}, sha256_hex("x"), "text\n"}, bad{1, ErrorKind::conflict, "", "changed"};
  EXPECT_EQ(*policy_answer_of(to_payload(fine)), fine);
  EXPECT_EQ(*policy_answer_of(to_payload(bad)), bad);
  EXPECT_FALSE(policy_answer_of("1 green -\n").ok());
}

}  // namespace
}  // namespace plimsoll::server

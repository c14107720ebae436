#include "server/channel.h"

#include <gtest/gtest.h>

#include <thread>

namespace plimsoll::server {
namespace {

TEST(Channel, CarriesWhatWasSaid) {
  Channel::Pair pair = std::move(*Channel::make_pair());
  const std::string large(3 << 20, 'x');
  std::thread other([&] {
    EXPECT_TRUE(pair.probe.send(Say::facts, large).ok());
    EXPECT_TRUE(pair.probe.send(Say::update_step, to_payload(Step{"reading osv/Debian 12", 3, 9})).ok());
  });
  const Result<Message> facts = pair.server.receive(most_facts), step = pair.server.receive(most_facts);
  other.join();
  ASSERT_TRUE(facts.ok() && step.ok());
  EXPECT_EQ(facts->payload, large);
  EXPECT_EQ(step->type, Say::update_step);
  EXPECT_EQ(step_of(step->payload).what, "reading osv/Debian 12");
  EXPECT_EQ(step_of(step->payload).done, 3u);
  EXPECT_EQ(step_of(step->payload).total, 9u);
}

// The less trusted end gets no more across than an id.
TEST(Channel, RefusesWhatIsTooLong) {
  Channel::Pair pair = std::move(*Channel::make_pair());
  ASSERT_TRUE(pair.server.send(Say::scan_asset, std::string(most_asked, 'a')).ok());
  ASSERT_TRUE(pair.server.send(Say::scan_asset, std::string(most_asked + 1, 'a')).ok());
  EXPECT_TRUE(pair.probe.receive(most_asked).ok());
  const Result<Message> long_one = pair.probe.receive(most_asked);
  ASSERT_FALSE(long_one.ok());
  EXPECT_EQ(long_one.error().kind, ErrorKind::limit);
}

TEST(Channel, StepsThatAreNoneAreTold) {
  for (const char* text : {"", "7", "7 8", "x 8 what", "reading all"}) EXPECT_EQ(step_of(text).what, text);
  EXPECT_EQ(step_of("1 2 ").what, "");
}

TEST(Channel, DeltasNameWhatStays) {
  const std::string payload = to_payload({"docker:a", "host:b"}, "{\"x\":\n\n1}");
  const Result<Delta> delta = delta_of(payload);
  ASSERT_TRUE(delta.ok());
  EXPECT_EQ(delta->unchanged, (std::vector<std::string>{"docker:a", "host:b"}));
  EXPECT_EQ(delta->recording, "{\"x\":\n\n1}");
  EXPECT_TRUE(delta_of(to_payload({}, "{}"))->unchanged.empty());
  for (const char* text : {"", "docker:a", "docker:a\n"}) EXPECT_FALSE(delta_of(text).ok()) << text;
}

TEST(Channel, PolicyFilesTravelWhole) {
  const PolicyFiles files{{"/etc/a b.yaml", "schema: x\n12 3\n"}, {"b\n", ""}, {"c", std::string("\0\n", 2)}};
  const Result<PolicyFiles> back = policy_files_of(to_payload(files));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, files);
  EXPECT_TRUE(policy_files_of("")->empty());
  const std::string whole = to_payload(files);
  EXPECT_FALSE(policy_files_of(std::string_view(whole).substr(0, whole.size() - 1)).ok());
  for (const char* odd : {"x", "1\n", "1 1", "a b\n", "1 99999999999999999999\nab", "5 18446744073709551615\nabcdef"})
    EXPECT_FALSE(policy_files_of(odd).ok()) << odd;
}

}  // namespace
}  // namespace plimsoll::server

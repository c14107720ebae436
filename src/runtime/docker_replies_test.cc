#include "runtime/docker_replies.h"

#include <gtest/gtest.h>

namespace plimsoll::runtime {
namespace {

TEST(DockerReplies, ApiVersion) {
  EXPECT_EQ(choose_api_version("1.41", "1.12").value(), "1.41");
  EXPECT_EQ(choose_api_version("1.40", "1.12").value(), "1.40");
  EXPECT_EQ(choose_api_version("1.47", "1.24").value(), "1.41");
  EXPECT_EQ(choose_api_version("1.52", "1.44").value(), "1.44");  // engines that have dropped ours
  EXPECT_EQ(choose_api_version("1.41", "").value(), "1.41");
  EXPECT_EQ(choose_api_version("2.0", "").error().kind, ErrorKind::malformed);
  EXPECT_EQ(choose_api_version("1.41/../..", "").error().kind, ErrorKind::malformed);
}

TEST(DockerReplies, SecretNames) {
  for (const char* name :
       {"POSTGRES_PASSWORD", "AWS_SECRET_ACCESS_KEY", "API_KEY", "github_token", "DB_PASS", "MYSQL_PWD"}) {
    EXPECT_TRUE(is_secret_name(name)) << name;
  }
  for (const char* name :
       {"PATH", "GPG_KEY", "MONKEY", "KEYBOARD", "PUBLIC_KEY", "POSTGRES_PASSWORD_FILE", "COMPASS", ""}) {
    EXPECT_FALSE(is_secret_name(name)) << name;
  }
}

TEST(DockerReplies, OutsideAddresses) {
  for (const char* address : {"0.0.0.0", "::", "", "192.0.2.7", "2001:db8::1", "fe80::1", "nonsense"}) {
    EXPECT_TRUE(is_outside_address(address)) << address;
  }
  for (const char* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_FALSE(is_outside_address(address)) << address;
  }
}

TEST(DockerReplies, PodmanSpeaksTheSameApi) {
  const auto facts = read_version(R"j({"Version": "4.3.1", "ApiVersion": "1.41", "Components": [
    {"Name": "Podman Engine", "Version": "4.3.1"}, {"Name": "Conmon", "Version": "conmon version 2.1.6"},
    {"Name": "OCI Runtime (runc)", "Version": "runc version 1.1.5"}]
  })j");
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->name, "podman");
  EXPECT_EQ(facts->component_versions.at("runc"), "runc version 1.1.5");
}

TEST(DockerReplies, WrongShapesAreErrorsNotCrashes) {
  for (const char* body : {"", "null", "[]", "7", "\"x\"", "{", "{\"Version\": 7}", "[[[[[[", "\xff\xfe"}) {
    RuntimeFacts runtime;
    ContainerFacts container;
    IncompleteList gaps;
    EXPECT_FALSE(read_version(body).ok()) << body;
    EXPECT_FALSE(read_inspect(body, container, gaps).ok()) << body;
    if (body != std::string("[]")) {
      EXPECT_FALSE(read_list(body, gaps).ok()) << body;
      EXPECT_FALSE(read_networks(body, runtime, gaps).ok()) << body;
    }
  }
}

TEST(DockerReplies, OddPortsAreNamedAsGaps) {
  ContainerFacts facts;
  facts.name = "odd";
  IncompleteList gaps;
  ASSERT_TRUE(read_inspect(R"({"State": {}, "HostConfig": {}, "NetworkSettings": {"Ports": {
    "9/sctp": [{"HostIp": "", "HostPort": "9"}], "x/tcp": [{}], "70000/tcp": [], "80/tcp": [{"HostPort": "99999"}],
    "53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}]}}})",
                           facts, gaps)
                  .ok());
  EXPECT_EQ(gaps.size(), 5u);  // four ports and the environment
  ASSERT_EQ(facts.published.value->size(), 1u);
  EXPECT_EQ(facts.published.value->at(0), (PublishedPort{Transport::udp, "127.0.0.1", 53, 53, false}));
  EXPECT_FALSE(facts.privileged.known());
  EXPECT_FALSE(facts.privileged.unknown.empty());
}

TEST(DockerReplies, OddIdsNeverReachARequest) {
  IncompleteList gaps;
  const auto list = read_list(R"([{"Id": "../../secrets"}, {"Id": "ab cd"}, {}, 7, {"Id": "abc1"}])", gaps);
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ(list->at(0).id.value, "abc1");
  EXPECT_EQ(gaps.size(), 4u);
}

}  // namespace
}  // namespace plimsoll::runtime

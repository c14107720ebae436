#include "runtime/docker_settings.h"

#include <gtest/gtest.h>

#include "runtime/json_tree.h"

namespace plimsoll::runtime {
namespace {

using Kind = FactTree::Kind;

FactTree configuration(const std::string& body) {
  const auto reply = JsonReply::parse(body, "test");
  return reply.ok() ? container_configuration(reply->root()) : FactTree{};
}

TEST(DockerSettings, WhatInspectSaysOfAContainer) {
  const FactTree tree =
      configuration(R"({"AppArmorProfile":"","Mounts":null,"State":{"Health":{"Status":"healthy","FailingStreak":2}},
    "HostConfig":{"Privileged":false,"CapAdd":null,"SecurityOpt":["no-new-privileges"],"PidsLimit":null,"NetworkMode":"none",
      "RestartPolicy":{"Name":"on-failure","MaximumRetryCount":5},"LogConfig":{"Type":"json-file","Config":{}},
      "Ulimits":[{"Name":"nofile","Hard":4096,"Soft":1024}],"Sysctls":{"net.ipv4.ip_forward":"1"}},
    "Config":{"User":"1000","Healthcheck":{"Test":["CMD","true"]}}})");
  EXPECT_FALSE(tree.at("privileged").boolean);
  EXPECT_EQ(tree.at("cap_add").kind, Kind::list);
  EXPECT_EQ(tree.at("security_opt").items.at(0).text, "no-new-privileges");
  EXPECT_EQ(tree.at("pids_limit").kind, Kind::absent);
  EXPECT_EQ(tree.at("restart_policy").at("maximum_retry_count").integer, 5);
  EXPECT_EQ(tree.at("ulimits").items.at(0).at("hard").integer, 4096);
  EXPECT_EQ(tree.at("sysctls").at("net.ipv4.ip_forward").text, "1");  // a key that is data stays as it is
  EXPECT_EQ(tree.at("health").at("status").text, "healthy");
  EXPECT_TRUE(tree.at("health").at("configured").boolean);
  EXPECT_EQ(tree.at("log_driver").text, "json-file");
  // What a reply should say and does not is unknown, never a default.
  EXPECT_EQ(tree.at("userns_mode").kind, Kind::unknown);
  EXPECT_EQ(tree.at("restart_policy").source, "inspect HostConfig.RestartPolicy");
  EXPECT_EQ(configuration(R"({"Config":{"Healthcheck":{"Test":["NONE"]}}})").at("health").at("configured").boolean,
            false);
}

TEST(DockerSettings, AnImageItsHistoryAndItsAge) {
  const std::string inspect =
      R"({"Id":"sha256:aa","RepoTags":["web:1","<none>:<none>"],"RepoDigests":[],"Size":5,"Os":"linux",
    "Architecture":"amd64","Created":"2026-01-01T00:00:00Z",
    "Config":{"User":"","Env":["PATH=/bin","DB_PASSWORD=x"],"Healthcheck":{"Test":["CMD","true"]},"ExposedPorts":{"22/tcp":{}}}})";
  const std::string history = R"([{"CreatedBy":"ENV API_TOKEN=geheim","Size":0},{"CreatedBy":"ADD app /app","Size":9},
    {"CreatedBy":"CMD sh","Size":0},{"CreatedBy":"/bin/sh -c #(nop) ADD file:1 in / ","Size":700}])";
  const auto image = image_settings(inspect, history, *parse_rfc3339("2026-01-11T00:00:00Z"));
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->at("age_days").integer, 10);
  EXPECT_EQ(image->at("tags").items.size(), 1U);
  EXPECT_EQ(image->at("config").at("healthcheck").text, "CMD");
  EXPECT_EQ(image->at("config").at("secret_variables").items.at(0).text, "DB_PASSWORD");
  EXPECT_EQ(image->at("config").at("exposed_ports").items.at(0).text, "22/tcp");
  const auto& steps = image->at("history").items;
  ASSERT_EQ(steps.size(), 4U);
  EXPECT_TRUE(steps[0].at("base").boolean);
  EXPECT_FALSE(steps[2].at("base").boolean);
  EXPECT_EQ(steps[3].at("created_by").text, "ENV API_TOKEN=***");
  EXPECT_EQ(image->at("secrets").items.at(0).text, "step 4: API_TOKEN");
}

TEST(DockerSettings, AnImageWithoutHistoryOrDateIsUnknown) {
  const auto image = image_settings(R"({"Id":"x","Created":"1970-01-01T00:00:00Z"})",
                                    Error{ErrorKind::timeout, "too slow"}, Instant{});
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image->at("history").kind, Kind::unknown);
  EXPECT_EQ(image->at("secrets").text, "too slow");
  EXPECT_EQ(image->at("age_days").kind, Kind::unknown);
  EXPECT_EQ(image->at("config").kind, Kind::unknown);
  EXPECT_FALSE(image_settings("{}", Error{ErrorKind::timeout, ""}, Instant{}).ok());
}

RuntimeFacts engine() {
  RuntimeFacts facts;
  facts.name = "docker";
  facts.version = "20.10.24";
  facts.socket = "/run/docker.sock";
  facts.rootless = Fact<bool>::of(false);
  facts.settings["insecure-registries"] = Fact<std::string>::of("10.0.0.0/8 old:5000");
  return facts;
}

TEST(DockerSettings, TheEngineAndItsSwarm) {
  const FactTree tree = engine_settings(engine(), std::string(R"({"DockerRootDir":"/srv/docker","LoggingDriver":"local",
    "ContainersStopped":3,"SecurityOptions":["name=seccomp,profile=builtin","name=userns"],"Plugins":{"Authorization":null},
    "Swarm":{"LocalNodeState":"active","ControlAvailable":true,"Managers":3,"Nodes":5,"NodeAddr":"10.0.0.1",
      "Cluster":{"Spec":{"CAConfig":{"NodeCertExpiry":7776000000000000},"EncryptionConfig":{"AutoLockManagers":true}}}}})"));
  EXPECT_EQ(tree.at("info").at("root_dir").text, "/srv/docker");
  EXPECT_EQ(tree.at("info").at("experimental").kind, Kind::unknown);
  EXPECT_EQ(tree.at("info").at("authorization_plugins").items.size(), 0U);
  EXPECT_EQ(tree.at("security").at("seccomp").text, "builtin");
  EXPECT_EQ(tree.at("security").at("userns").text, "on");
  EXPECT_EQ(tree.at("swarm").at("certificate_lifetime").integer, 7'776'000);
  EXPECT_TRUE(tree.at("swarm").at("auto_lock").boolean);
  EXPECT_EQ(tree.at("insecure_registries").items.size(), 2U);
  EXPECT_EQ(tree.at("registry_mirrors").kind, Kind::unknown);
}

TEST(DockerSettings, AnEngineThatDoesNotAnswerIsUnknownThroughout) {
  for (const FactTree& tree : {engine_settings(engine(), Error{ErrorKind::timeout, "too slow"}),
                               engine_settings(engine(), std::string("[]"))}) {
    EXPECT_EQ(tree.at("swarm").kind, Kind::unknown);
    EXPECT_EQ(tree.at("info").at("experimental").kind, Kind::unknown);
    EXPECT_EQ(tree.at("security").kind, Kind::unknown);
  }
}

TEST(DockerSettings, NetworksAndTheUseOfImages) {
  const auto networks = network_settings(
      R"([{"Name":"bridge","Driver":"bridge","Options":{"com.docker.network.bridge.enable_icc":"false"}},
    {"Name":"ingress","Driver":"overlay","Options":{}},{"Name":"safe","Driver":"overlay","Options":{"encrypted":""}}])");
  ASSERT_TRUE(networks.ok());
  EXPECT_FALSE(networks->items[0].at("icc").boolean);
  EXPECT_FALSE(networks->items[1].at("encrypted").boolean);
  EXPECT_TRUE(networks->items[2].at("encrypted").boolean);
  const auto use = image_use(R"([{"Id":"a","RepoTags":["web:1"]},{"Id":"b","RepoTags":null},{"Id":"c","RepoTags":[]}])",
                             R"([{"ImageID":"a"},{"ImageID":"a"}])");
  ASSERT_TRUE(use.ok());
  EXPECT_EQ(use->at("total").integer, 3);
  EXPECT_EQ(use->at("used").integer, 1);
  EXPECT_EQ(use->at("used_percent").integer, 33);
  EXPECT_EQ(use->at("tags").at("web:1").text, "a");
  EXPECT_FALSE(image_use("{}", "[]").ok());
}

TEST(JsonTree, NamesNumbersAndBounds) {
  EXPECT_EQ(snake_case("MaximumRetryCount"), "maximum_retry_count");
  EXPECT_EQ(snake_case("RW"), "rw");
  EXPECT_EQ(snake_case("UTSMode"), "uts_mode");
  const auto tree = tree_from_text(R"({"a":1.5,"b":18446744073709551615,"c":null,"a":2})", "x");
  ASSERT_TRUE(tree.ok());
  EXPECT_EQ(tree->at("a").integer, 2);  // the last one counts
  EXPECT_EQ(tree->at("b").kind, Kind::text);
  EXPECT_EQ(tree->at("c").kind, Kind::absent);
  EXPECT_EQ(*repeated_members(R"({"a":1,"b":2,"a":3})", "x"), std::vector<std::string>{"a"});
  std::string many = "[0";
  for (int i = 0; i < 30'000; ++i) many += ",0";
  EXPECT_EQ(tree_from_text(many + "]", "x")->kind, Kind::unknown);
}

}  // namespace
}  // namespace plimsoll::runtime

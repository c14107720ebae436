#include <gtest/gtest.h>

#include "runtime/containerd_for_tests.h"
#include "runtime/containerd_session.h"
#include "runtime/runtime.h"

namespace plimsoll::runtime {
namespace {

using system::MemoryMachine;
using testing::one;

constexpr const char* spec = R"({"process":{"user":{"uid":1000,"gid":5}},"linux":{"cgroupsPath":"/shop/web"}})";

TEST(AskContainerd, ContainersWithNameImageAndLabels) {
  MemoryMachine machine;
  testing::add_namespaces(machine, {"moby", "shop"});
  machine.add_answer(testing::socket_path, testing::tasks + "List", "shop",
                     one(testing::task_message("web", 812, 2)) + one(testing::task_message("held", 813, 4)) +
                         one(testing::task_message("ended", 814, 3)));
  machine.add_answer(testing::socket_path, testing::containers + "List", "shop",
                     one(testing::container_message("web", {{"app", "shop"}}, spec)) +
                         one(testing::container_message("held", {{"io.cri-containerd.kind", "sandbox"}}, "[")) +
                         one(testing::container_message("ended")) + one(testing::container_message("never")));
  machine.add_file("/proc/812/cgroup", "0::/shop/web\n");
  IncompleteList gaps;
  const auto answers = ask_containerd(machine, gaps);
  EXPECT_TRUE(gaps.empty());
  ASSERT_EQ(answers.size(), 1u);
  const Answer& answer = answers.front();
  EXPECT_EQ(answer.facts.name, "containerd");
  EXPECT_EQ(answer.facts.version, "1.6.20");
  EXPECT_EQ(answer.facts.socket, testing::socket_path);
  ASSERT_EQ(answer.containers.size(), 2u);
  const Listed& web = answer.containers[0];
  EXPECT_EQ(web.facts.id.value, "shop/web");
  EXPECT_EQ(web.facts.name, "web");
  EXPECT_EQ(web.facts.runtime, "containerd");
  EXPECT_EQ(web.facts.image_ref, "docker.io/shop/web:1");
  EXPECT_EQ(web.facts.labels.at("app"), "shop");
  EXPECT_EQ(web.facts.pid, 812);
  EXPECT_EQ(web.facts.status, "running");
  EXPECT_TRUE(web.facts.user_configured.is("1000:5"));
  EXPECT_FALSE(web.facts.published.known());
  EXPECT_EQ(web.cgroup, "/shop/web");
  EXPECT_FALSE(web.pause);
  const Listed& held = answer.containers[1];
  EXPECT_EQ(held.facts.status, "paused");
  EXPECT_TRUE(held.pause);
  EXPECT_FALSE(held.facts.user_configured.known());
  EXPECT_EQ(containerd_running(machine), "shop/held\nshop/web");
}

TEST(AskContainerd, OneThatServesDockerAloneIsAPartOfDocker) {
  MemoryMachine machine;
  testing::add_namespaces(machine, {"moby", "plugins.moby"});
  IncompleteList gaps;
  EXPECT_TRUE(ask_containerd(machine, gaps).empty());
  EXPECT_TRUE(gaps.empty());
}

TEST(AskContainerd, WhatDoesNotAnswerIsTold) {
  MemoryMachine machine;
  IncompleteList gaps;
  EXPECT_TRUE(ask_containerd(machine, gaps).empty());
  EXPECT_TRUE(gaps.empty());  // there is none
  machine.add_answer(testing::socket_path, "/containerd.services.version.v1.Version/Version", "",
                     Error{ErrorKind::timeout, "slow"});
  EXPECT_TRUE(ask_containerd(machine, gaps).empty());
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].what, "containerd at /run/containerd/containerd.sock");
  testing::add_namespaces(machine, {"shop"});
  machine.add_answer(testing::socket_path, testing::tasks + "List", "shop", Error{ErrorKind::denied, "no"});
  const auto answers = ask_containerd(machine, gaps);
  ASSERT_EQ(answers.size(), 1u);
  ASSERT_EQ(answers[0].not_assessed.size(), 1u);
  EXPECT_NE(answers[0].not_assessed[0].what.find("namespace shop"), std::string::npos);
}

TEST(AskContainerd, AHungOneIsWaitedForOnce) {
  MemoryMachine machine;
  machine.add_answer(testing::socket_path, "/containerd.services.version.v1.Version/Version", "",
                     Error{ErrorKind::timeout, "slow"});
  ContainerdSession session(machine, testing::socket_path);
  EXPECT_EQ(session.version().error().kind, ErrorKind::timeout);
  EXPECT_EQ(session.namespaces().error().kind, ErrorKind::timeout);
  EXPECT_EQ(machine.requests().size(), 1u);
}

TEST(AskContainerd, ASocketWithTwoNamesIsOne) {
  MemoryMachine machine;
  machine.add_socket("/run/k3s/containerd/containerd.sock");
  machine.add_link("/run/containerd", "/run/k3s/containerd");
  EXPECT_EQ(containerd_sockets(machine).size(), 1u);
}

}  // namespace
}  // namespace plimsoll::runtime

#include "runtime/containerd_control.h"

#include <gtest/gtest.h>

#include "runtime/containerd_for_tests.h"

namespace plimsoll::runtime {
namespace {

using system::MemoryMachine;
using testing::one;

class ContainerdControls : public ::testing::Test {
 protected:
  ContainerdControls() {
    testing::add_namespaces(machine_, {"moby", "default", "shop"});
    add("shop", "web", 2);
    for (const char* space : {"default", "moby"}) {
      machine_.add_answer(testing::socket_path, testing::containers + "Get", space,
                          Error{ErrorKind::not_found, "none"});
      machine_.add_answer(testing::socket_path, testing::containers + "List", space, std::string());
    }
  }
  void add(const std::string& space, const std::string& id, uint64_t status) {
    const auto answer = [&](const std::string& method, Result<std::string> message) {
      machine_.add_answer(testing::socket_path, method, space, std::move(message));
    };
    const std::string container = testing::container_message(id, {{"app", "shop"}}, R"({"process":{}})");
    answer(testing::containers + "Get", one(container));
    answer(testing::containers + "List", one(container));
    answer(testing::tasks + "Get", one(testing::task_message(id, 812, status)));
    for (const char* verb : {"Pause", "Resume", "Kill"}) answer(testing::tasks + verb, std::string());
  }
  // What was told to tasks, in its order.
  std::vector<std::string> told() {
    std::vector<std::string> out;
    for (const std::string& request : machine_.requests()) {
      for (const char* verb : {"Pause", "Resume", "Kill"}) {
        const std::string begin = "GRPC " + testing::tasks + verb + " ";
        if (request.starts_with(begin)) out.push_back(verb + (" " + request.substr(begin.size())));
      }
    }
    return out;
  }

  MemoryMachine machine_;
  ContainerdControl control_{machine_, testing::socket_path};
};

TEST_F(ContainerdControls, Inspects) {
  machine_.add_file("/proc/812/stat", "812 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0");
  const auto state = control_.inspect("shop/web");
  ASSERT_TRUE(state.ok()) << state.error().to_string();
  EXPECT_EQ(state->id.value, "shop/web");
  EXPECT_EQ(state->name, "web");
  EXPECT_EQ(state->image, "docker.io/shop/web:1");
  EXPECT_EQ(state->labels.at("app"), "shop");
  EXPECT_EQ(state->pid, 812);
  EXPECT_TRUE(state->running);
  EXPECT_EQ(state->started_at, "process 812 of tick 77");
  for (const char* id : {"web", "moby/web", "shop/other", "shop/", "/web", ""}) {
    const auto other = control_.inspect(id);
    EXPECT_FALSE(other.ok()) << id;
  }
  EXPECT_EQ(control_.inspect("web").error().kind, ErrorKind::not_found);
}

TEST_F(ContainerdControls, FindsByName) {
  EXPECT_EQ(control_.find("web")->id.value, "shop/web");
  EXPECT_EQ(control_.find("shop/web")->id.value, "shop/web");
  EXPECT_EQ(control_.find("we").error().kind, ErrorKind::not_found);
  add("default", "web", 2);
  EXPECT_EQ(control_.find("web").error().kind, ErrorKind::conflict);
  EXPECT_EQ(control_.find("shop/web")->id.value, "shop/web");
}

TEST_F(ContainerdControls, OneThatEnded) {
  add("shop", "web", 3);
  EXPECT_FALSE(control_.inspect("shop/web")->running);
  EXPECT_EQ(control_.inspect("shop/web")->pid, 0);
  machine_.add_answer(testing::socket_path, testing::tasks + "Get", "shop", Error{ErrorKind::not_found, "no task"});
  EXPECT_FALSE(control_.inspect("shop/web")->running);
  machine_.add_answer(testing::socket_path, testing::tasks + "Get", "shop", Error{ErrorKind::timeout, "hangs"});
  EXPECT_EQ(control_.inspect("shop/web").error().kind, ErrorKind::timeout);
}

TEST_F(ContainerdControls, TellsTasks) {
  EXPECT_TRUE(control_.pause("shop/web").ok());
  EXPECT_TRUE(control_.unpause("shop/web").ok());
  EXPECT_EQ(told(), (std::vector<std::string>{"Pause shop: \x0a\x03web", "Resume shop: \x0a\x03web"}));
}

TEST_F(ContainerdControls, KillsAllOfIt) {
  add("shop", "web", 3);  // as it is once it was killed
  EXPECT_TRUE(control_.kill("shop/web").ok());
  EXPECT_EQ(told(), (std::vector<std::string>{"Kill shop: \x0a\x03web\x18\x09\x20\x01"}));
}

TEST_F(ContainerdControls, StopsPolitely) {
  add("shop", "web", 3);
  EXPECT_TRUE(control_.stop("shop/web", 5).ok());
  EXPECT_EQ(told(), (std::vector<std::string>{"Kill shop: \x0a\x03web\x18\x0f"}));
}

TEST_F(ContainerdControls, WhatIsNotForContainerdIsSaidAtOnce) {
  for (const Order order : {Order::start, Order::restart, Order::networks})
    EXPECT_EQ(control_.takes(order).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(control_.start("shop/web").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(control_.restart("shop/web", 1).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(control_.disconnect("shop/web", "net").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(control_.connect("shop/web", {}).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(control_.changes("shop/web").error().kind, ErrorKind::unsupported);
  EXPECT_TRUE(machine_.requests().empty());
}

TEST_F(ContainerdControls, Evidence) {
  const auto said = control_.description("shop/web");
  ASSERT_TRUE(said.ok());
  EXPECT_NE(said->find(R"("spec": {"process":{}})"), std::string::npos) << *said;
  machine_.add_answer(testing::socket_path, testing::tasks + "ListPids", "shop",
                      one(std::move(ProtoWriter().number(1, 812)).take()));
  machine_.add_file("/proc/812/cmdline", std::string("/talk\0serve\0", 12)).add_file("/proc/812/comm", "talk\n");
  const auto processes = control_.processes("shop/web");
  ASSERT_TRUE(processes.ok());
  EXPECT_NE(processes->find("\"serve\""), std::string::npos) << *processes;
}

}  // namespace
}  // namespace plimsoll::runtime

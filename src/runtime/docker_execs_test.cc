#include "runtime/docker_execs.h"

#include <gtest/gtest.h>

#include "system/memory_machine.h"

namespace plimsoll::runtime {
namespace {

const std::string kSocket = "/var/run/docker.sock";

std::string event(const std::string& action, const std::string& container, const std::string& exec) {
  return R"({"Type":"container","Action":")" + action + R"(","Actor":{"ID":")" + container +
         R"(","Attributes":{"execID":")" + exec + R"("}}})" + "\n";
}

std::string exec(const std::string& program, bool privileged, const std::string& user) {
  return R"({"ID":"e","Running":true,"ProcessConfig":{"entrypoint":")" + program +
         R"(","arguments":["-c","id"],"privileged":)" + (privileged ? "true" : "false") + R"(,"user":")" + user +
         R"("}})";
}

struct Engine {
  system::MemoryMachine machine;
  Engine() {
    machine.set_now(Instant(std::chrono::seconds(1000)));
    machine.add_reply(kSocket, "GET", "/exec/e1/json", 200, exec("sh", true, "root"));
    machine.add_reply(kSocket, "GET", "/exec/e2/json", 200, exec("sh", false, ""));
  }
  FactTree ask(const std::string& events, ExecSubject subject) {
    machine.add_reply(kSocket, "GET", "/events?since=0&until=1000", 200, events);
    DockerSession session(machine, kSocket);
    return ask_execs(session, {{"c1", std::move(subject)}}, machine.now())["c1"];
  }
};

TEST(DockerExecs, RunningAndPastOnesAreAskedForOnce) {
  Engine engine;
  const FactTree found =
      engine.ask(event("exec_create: sh -c id", "c1", "e1") + event("exec_start: sh -c id", "c1", "e1") +
                     event("exec_create: sh -c id", "c2", "e9"),
                 {"", {"e1", "e2"}});
  ASSERT_EQ(found.at("list").items.size(), 2U);
  EXPECT_EQ(found.at("list").items[0].at("command").text, "sh -c id");
  EXPECT_TRUE(found.at("list").items[0].at("privileged").boolean);
  EXPECT_EQ(found.at("list").items[0].at("user").text, "root");
  EXPECT_FALSE(found.at("list").items[1].at("privileged").boolean);
  EXPECT_TRUE(found.at("complete").boolean);
}

TEST(DockerExecs, AForgottenOneIsUnknownAndTheHealthCheckIsNone) {
  Engine engine;
  const FactTree found =
      engine.ask(event("exec_create: /bin/sh -c curl -f x", "c1", "aa") + event("exec_create: bash", "c1", "bb"),
                 {"/bin/sh -c curl -f x", {}});
  ASSERT_EQ(found.at("list").items.size(), 1U);
  EXPECT_EQ(found.at("list").items[0].at("command").text, "bash");
  EXPECT_EQ(found.at("list").items[0].at("privileged").kind, FactTree::Kind::unknown);
}

TEST(DockerExecs, AFullMemoryOfEventsIsNotComplete) {
  std::string events;
  for (int i = 0; i < 256; ++i) events += event("start", "c2", "");
  Engine engine;
  EXPECT_EQ(engine.ask(events, {}).at("complete").kind, FactTree::Kind::unknown);
  // What came after its start is all that can matter to a container.
  EXPECT_TRUE(engine.ask(events + event("start", "c1", ""), {}).at("complete").boolean);
  EXPECT_EQ(engine.ask(events + event("start", "c1", "") + "{broken\n", {}).at("complete").kind,
            FactTree::Kind::unknown);
  EXPECT_TRUE(read_exec_events(event("start", "c1", "")).complete);
  EXPECT_FALSE(read_exec_events("{broken\n").complete);
}

TEST(DockerExecs, AnEngineThatDoesNotTellIsUnknown) {
  system::MemoryMachine machine;
  machine.add_socket(kSocket);
  DockerSession session(machine, kSocket);
  const auto found = ask_execs(session, {{"c1", {"", {"e1"}}}}, Instant{}).at("c1");
  EXPECT_EQ(found.at("complete").kind, FactTree::Kind::unknown);
  EXPECT_EQ(found.at("list").items.at(0).at("privileged").kind, FactTree::Kind::unknown);
}

}  // namespace
}  // namespace plimsoll::runtime

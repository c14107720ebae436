#include "runtime/docker_control.h"

#include <gtest/gtest.h>

#include "system/memory_machine.h"

namespace plimsoll::runtime {
namespace {

TEST(ContainerState, IsReadFromInspect) {
  const auto state = read_container_state(
      R"({"Id":"abc","Name":"/web","State":{"Running":true,"Paused":true,"Pid":42,"StartedAt":"2026-01-01T00:00:00Z"},
          "Config":{"Image":"web:1","Labels":{"env":"prod","odd":3}},"HostConfig":{"NetworkMode":"front"},
          "NetworkSettings":{"Networks":{"front":{"NetworkID":"n1","IPAddress":"10.1.0.2","GlobalIPv6Address":"fd00::2",
          "Aliases":["w",7]}}}})");
  ASSERT_TRUE(state.ok()) << state.error().to_string();
  EXPECT_EQ(state->name, "web");
  EXPECT_EQ(state->pid, 42);
  EXPECT_TRUE(state->paused);
  EXPECT_EQ(state->labels, (std::map<std::string, std::string>{{"env", "prod"}}));
  EXPECT_EQ(state->networks, (std::vector<JoinedNetwork>{{"n1", "front", "10.1.0.2", "fd00::2", {"w"}}}));
  EXPECT_FALSE(read_container_state("{}").ok());
  EXPECT_FALSE(read_container_state("[").ok());
  const auto ended = read_container_state(R"({"Id":"abc","State":{"Running":false,"Pid":42}})");
  EXPECT_EQ(ended->pid, 0);
}

TEST(DockerControl, NamesCannotLeadARequestElsewhere) {
  const system::MemoryMachine machine;
  const DockerControl control(machine, "/none");
  for (const char* name : {"", "..", "a/../b", "a?x=1", "a b", "a%2f"}) {
    const Status done = control.pause(name);
    ASSERT_FALSE(done.ok()) << name;
    EXPECT_EQ(done.error().kind, ErrorKind::malformed) << name;
  }
  EXPECT_NE(control.pause("abc").error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace plimsoll::runtime

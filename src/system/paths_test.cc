#include "system/paths.h"

#include <gtest/gtest.h>

#include "system/memory_machine.h"

namespace plimsoll::system {
namespace {

TEST(Paths, LinksAreFollowedWhereverTheyLie) {
  MemoryMachine machine;
  machine.add_file("/usr/bin/real", "").add_link("/bin", "usr/bin").add_link("/usr/bin/name", "../bin/./real");
  machine.add_link("/var/run", "/run").add_file("/run/docker.sock", "");
  EXPECT_EQ(resolve(machine, "/bin/name"), "/usr/bin/real");
  EXPECT_EQ(resolve(machine, "/var/run//docker.sock"), "/run/docker.sock");
  EXPECT_EQ(resolve(machine, "/bin/not-there/x"), "/usr/bin/not-there/x");
  EXPECT_EQ(resolve(machine, "/../../bin/../.."), "/");
}

TEST(Paths, ACircleEndsAndStaysAsGiven) {
  MemoryMachine machine;
  machine.add_link("/a", "b").add_link("/b", "a");
  EXPECT_EQ(resolve(machine, "/a/x"), "/a/x");
}

TEST(Paths, Parts) {
  EXPECT_EQ(base_name("/usr/bin/runc"), "runc");
  EXPECT_EQ(base_name("runc"), "runc");
  EXPECT_EQ(parent_directory("/usr/bin/runc"), "/usr/bin");
  EXPECT_EQ(parent_directory("/usr"), "/");
  EXPECT_EQ(parent_directory("/"), "/");
}

}  // namespace
}  // namespace plimsoll::system

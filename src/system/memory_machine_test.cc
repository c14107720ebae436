#include "system/memory_machine.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace plimsoll::system {
namespace {

TEST(MemoryMachine, HasWhatWasAddedAndNothingElse) {
  MemoryMachine machine;
  machine.add_file("/proc/7/status", "Name:\tredis\n")
      .add_file("/proc/7/comm", "redis\n")
      .add_file("/proc/70/comm", "x");
  EXPECT_EQ(machine.read_file("/proc/7/status").value(), "Name:\tredis\n");
  EXPECT_EQ(machine.list_directory("/proc").value(), (std::vector<std::string>{"7", "70"}));
  EXPECT_EQ(machine.list_directory("/proc/7").value(), (std::vector<std::string>{"comm", "status"}));
  EXPECT_EQ(machine.read_file("/proc/8/status").error().kind, ErrorKind::not_found);
  EXPECT_EQ(machine.read_file("/proc/7").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(machine.read_file("/proc/7/status", 3).error().kind, ErrorKind::limit);
  EXPECT_EQ(machine.list_directory("/proc", 1).error().kind, ErrorKind::limit);
  EXPECT_EQ(machine.list_directory("/proc/7/comm").error().kind, ErrorKind::not_found);
}

TEST(MemoryMachine, FollowsLinksLikeTheRealOne) {
  MemoryMachine machine;
  machine.add_file("/usr/lib/os-release", "ID=debian\n").add_link("/etc/os-release", "../usr/lib/os-release");
  machine.add_link("/lib", "usr/lib").add_link("/loop", "/loop");
  EXPECT_EQ(machine.read_file("/etc/os-release").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(machine.read_link("/etc/os-release").value(), "../usr/lib/os-release");
  EXPECT_EQ(machine.read_file("/lib/os-release").value(), "ID=debian\n");
  EXPECT_TRUE(S_ISLNK(machine.stat("/etc/os-release", false)->mode));
  EXPECT_TRUE(S_ISREG(machine.stat("/etc/os-release", true)->mode));
  EXPECT_EQ(machine.stat("/loop", true).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(machine.list_directory("/lib/").value(), (std::vector<std::string>{"os-release"}));
  EXPECT_FALSE(machine.list_directory("/lib").ok());
}

TEST(MemoryMachine, PathsBelowALinkMayBeAdded) {
  MemoryMachine machine;
  machine.add_link("/proc/812/root", "/").add_file("/proc/812/root/etc/passwd", "in").add_file("/etc/passwd", "out");
  EXPECT_EQ(machine.read_file("/proc/812/root/etc/passwd").value(), "in");
}

TEST(MemoryMachine, NamespaceLinks) {
  MemoryMachine machine;
  machine.add_namespace("/proc/1/ns/pid", "pid", 4026531836u);
  EXPECT_EQ(machine.read_link("/proc/1/ns/pid").value(), "pid:[4026531836]");
  EXPECT_EQ(machine.stat("/proc/1/ns/pid", true)->inode, 4026531836u);
}

TEST(MemoryMachine, InjectsErrors) {
  MemoryMachine machine;
  machine.add_file("/proc/9/environ", "x").fail("/proc/9/environ", ErrorKind::denied);
  machine.add_file("/proc/9/attr/current", "").fail_reading("/proc/9/attr/current", ErrorKind::unsupported);
  EXPECT_EQ(machine.read_file("/proc/9/environ").error().kind, ErrorKind::denied);
  EXPECT_EQ(machine.stat("/proc/9/environ", false).error().kind, ErrorKind::denied);
  EXPECT_EQ(machine.read_file("/proc/9/attr/current").error().kind, ErrorKind::unsupported);
  EXPECT_TRUE(machine.stat("/proc/9/attr/current", false).ok());
  EXPECT_EQ(machine.list_directory("/proc/9").value(), (std::vector<std::string>{"attr", "environ"}));
  machine.fail("/secret", ErrorKind::denied);
  EXPECT_EQ(machine.read_file("/secret/deep/file").error().kind, ErrorKind::denied);
}

TEST(MemoryMachine, CannedReplies) {
  MemoryMachine machine;
  machine.add_reply("/run/docker.sock", "GET", "/version", 200, "{}");
  machine.fail_request("/run/docker.sock", "GET", "/info", ErrorKind::timeout);
  machine.add_link("/var/run", "/run");
  const auto ask = [&](const std::string& socket, const std::string& target) {
    return machine.http_unix(socket, "GET", target, "", 100, 5);
  };
  EXPECT_EQ(ask("/run/docker.sock", "/version")->body, "{}");
  EXPECT_EQ(ask("/run/docker.sock", "/nothing")->status, 404);
  EXPECT_EQ(ask("/run/docker.sock", "/info").error().kind, ErrorKind::timeout);
  EXPECT_EQ(ask("/run/podman.sock", "/info").error().kind, ErrorKind::not_found);
  EXPECT_EQ(machine.requests(), (std::vector<std::string>{"GET /version", "GET /nothing", "GET /info"}));
}

}  // namespace
}  // namespace plimsoll::system

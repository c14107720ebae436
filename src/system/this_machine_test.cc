#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "system/machine.h"
#include "system/test_directory.h"

namespace plimsoll::system {
namespace {

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

TEST(ThisMachine, ReadsFilesToTheirEndWithinTheLimit) {
  const auto machine = this_machine();
  const TestDirectory dir;
  const std::string big(300'000, 'x');
  write(dir / "big", big);
  write(dir / "empty", "");
  EXPECT_EQ(machine->read_file(dir / "big").value(), big);
  EXPECT_EQ(machine->read_file(dir / "big", big.size()).value(), big);
  EXPECT_EQ(machine->read_file(dir / "big", big.size() - 1).error().kind, ErrorKind::limit);
  EXPECT_EQ(machine->read_file(dir / "empty", 0).value(), "");
  EXPECT_FALSE(machine->read_file("/proc/self/status")->empty());
}

TEST(ThisMachine, RefusesWhatIsNotARegularFile) {
  const auto machine = this_machine();
  const TestDirectory dir;
  write(dir / "file", "x");
  ASSERT_EQ(::symlink("file", (dir / "link").c_str()), 0);
  ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(machine->read_file(dir / "fifo").error().kind, ErrorKind::unsupported);  // and does not wait for a writer
  EXPECT_EQ(machine->read_file(dir / "link").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(machine->read_file("/dev/zero").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(machine->read_file(dir.path()).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(machine->read_file(dir / "none").error().kind, ErrorKind::not_found);
  EXPECT_EQ(machine->read_file("relative").error().kind, ErrorKind::not_found);
  EXPECT_EQ(machine->read_file(std::string("/proc/self/status\0x", 19)).error().kind, ErrorKind::not_found);
}

TEST(ThisMachine, ListsAndLooks) {
  const auto machine = this_machine();
  const TestDirectory dir;
  write(dir / "b", "12345");
  write(dir / "a", "");
  ASSERT_EQ(::symlink("b", (dir / "c").c_str()), 0);
  EXPECT_EQ(machine->list_directory(dir.path()).value(), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(machine->list_directory(dir.path(), 2).error().kind, ErrorKind::limit);
  EXPECT_EQ(machine->list_directory(dir / "b").error().kind, ErrorKind::not_found);
  EXPECT_EQ(machine->read_link(dir / "c").value(), "b");
  EXPECT_EQ(machine->read_link(dir / "b").error().kind, ErrorKind::unsupported);
  EXPECT_EQ(machine->stat(dir / "b", false)->size, 5u);
  EXPECT_TRUE(S_ISLNK(machine->stat(dir / "c", false)->mode));
  EXPECT_EQ(machine->stat(dir / "c", true)->inode, machine->stat(dir / "b", true)->inode);
  EXPECT_EQ(machine->effective_uid(), ::geteuid());
  EXPECT_GT(machine->now().time_since_epoch().count(), 1'700'000'000);
}

TEST(ThisMachine, DeniedIsNotAbsent) {
  const auto machine = this_machine();
  const TestDirectory dir;
  write(dir / "secret", "x");
  ASSERT_EQ(::chmod((dir / "secret").c_str(), 0), 0);
  ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
  const uid_t me = ::geteuid();
  if (me == 0) {
    ASSERT_EQ(::seteuid(65534), 0);  // root may read everything
  }
  const auto got = machine->read_file(dir / "secret");
  ASSERT_EQ(::seteuid(me), 0);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().kind, ErrorKind::denied);
  EXPECT_NE(got.error().to_string().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::system

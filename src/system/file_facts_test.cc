#include "system/file_facts.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "system/memory_machine.h"

namespace plimsoll::system {
namespace {

const std::vector<User> users = parse_passwd("root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n");
const std::vector<Group> groups = parse_group("root:x:0:\ndocker:x:999:anna,bert\n# x:y:5:\nbroken\n");

FileStat directory(uint32_t permissions, uint32_t uid, uint32_t gid = 0) {
  FileStat stat;
  stat.mode = S_IFDIR | permissions;
  stat.uid = uid;
  stat.gid = gid;
  return stat;
}

TEST(FileFacts, OfAFileBehindALink) {
  MemoryMachine machine;
  machine.add_file("/usr/lib/x", "12345", 0640, 1000, 999).add_link("/lib", "usr/lib");
  const FactTree file = describe_file(machine, users, groups, "/lib/x");
  EXPECT_EQ(file.at("path").text, "/lib/x");
  EXPECT_EQ(file.at("target").text, "/usr/lib/x");
  EXPECT_EQ(file.at("type").text, "file");
  EXPECT_EQ(file.at("mode").integer, 0640);
  EXPECT_EQ(file.at("user").text, "anna");
  EXPECT_EQ(file.at("group").text, "docker");
  EXPECT_EQ(file.at("size").integer, 5);
  EXPECT_EQ(file.at("exposed_by").kind, FactTree::Kind::absent);
}

TEST(FileFacts, ADirectoryAboveLetsOthersIn) {
  MemoryMachine machine;
  machine.add_file("/a/b/root", "").add_file("/a/b/annas", "", 0600, 1000).add_file("/t/x", "");
  machine.add_link("/etc-link", "/t/x");
  const auto exposed = [&](const std::string& path) {
    return describe_file(machine, users, groups, path).at("exposed_by").text;
  };
  machine.set_stat("/a", directory(0755, 1000));
  EXPECT_EQ(exposed("/a/b/root"), "/a");
  EXPECT_EQ(exposed("/a/b/annas"), "");  // of herself
  machine.set_stat("/a", directory(0775, 0, 999));
  EXPECT_EQ(exposed("/a/b/annas"), "/a");
  machine.set_stat("/a", directory(01777, 0));
  EXPECT_EQ(exposed("/a/b/root"), "");  // sticky
  machine.set_stat("/t", directory(0777, 0));
  EXPECT_EQ(exposed("/etc-link"), "/t");  // above the target
}

TEST(FileFacts, NotThereIsAbsentAndNotSeenIsUnknown) {
  MemoryMachine machine;
  machine.add_file("/closed", "").fail("/closed", ErrorKind::denied, "permission denied");
  EXPECT_EQ(describe_file(machine, users, groups, "/gone").kind, FactTree::Kind::absent);
  EXPECT_EQ(describe_file(machine, users, groups, "/closed").kind, FactTree::Kind::unknown);
  EXPECT_EQ(name_of_user(users, 7), "7");
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[1].members, (std::vector<std::string>{"anna", "bert"}));
}

}  // namespace
}  // namespace plimsoll::system

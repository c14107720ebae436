#include "system/mountinfo.h"

#include <gtest/gtest.h>

namespace plimsoll::system {
namespace {

TEST(Mountinfo, ReadsALine) {
  const auto table = parse_mountinfo(
      "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime,nodev master:1 shared:7 - ext3 /dev/root ro,errors=continue\n");
  ASSERT_EQ(table.mounts.size(), 1U);
  EXPECT_TRUE(table.complete);
  const Mount& mount = table.mounts[0];
  EXPECT_EQ(mount.id, 36U);
  EXPECT_EQ(mount.parent, 35U);
  EXPECT_EQ(mount.device, "98:0");
  EXPECT_EQ(mount.root, "/mnt1");
  EXPECT_EQ(mount.target, "/mnt 2");
  EXPECT_TRUE(mount.nodev);
  EXPECT_FALSE(mount.read_only);
  EXPECT_TRUE(mount.super_read_only);
  EXPECT_FALSE(mount.writable());
  EXPECT_EQ(mount.peer_group, 7U);
  EXPECT_EQ(mount.fs_type, "ext3");
  EXPECT_TRUE(mount.has_super_option("errors=continue"));
}

TEST(Mountinfo, BrokenLinesMakeItIncomplete) {
  EXPECT_FALSE(parse_mountinfo("36 35 98:0 /a /b rw\n").complete);
  EXPECT_FALSE(parse_mountinfo("x 35 98:0 /a /b rw - ext4 /dev/sda rw\n").complete);
  EXPECT_TRUE(parse_mountinfo("").complete);
}

TEST(Mountinfo, UndoesOctalEscapes) {
  EXPECT_EQ(unescape_octal("a\\040b\\011c\\012d\\134e"), "a b\tc\nd\\e");
  EXPECT_EQ(unescape_octal("a\\04"), "a\\04");
  EXPECT_EQ(unescape_octal("\\9"), "\\9");
}

// A table as docker makes it: /proc, a read-only bind of /proc/sys in it, and a mask.
const char* const kContainer =
    "100 50 0:40 / / rw - overlay overlay rw\n"
    "101 100 0:41 / /proc rw - proc proc rw\n"
    "102 101 0:41 /sys /proc/sys ro - proc proc rw\n"
    "103 101 0:42 /null /proc/kcore rw - tmpfs tmpfs rw\n"
    "104 100 8:1 /srv/data /data rw - ext4 /dev/sda1 rw\n";

TEST(Mountinfo, FindsTheMountAWalkEndsOn) {
  auto mounts = parse_mountinfo(kContainer).mounts;
  const auto id = [&](std::string_view path) { return covering_mount(mounts, path)->id; };
  EXPECT_EQ(id("/etc/passwd"), 100U);
  EXPECT_EQ(id("/proc/1/status"), 101U);
  EXPECT_EQ(id("/proc/sys/kernel/core_pattern"), 102U);
  EXPECT_EQ(id("/proc/system"), 101U);
  EXPECT_EQ(id("/proc/kcore"), 103U);
  EXPECT_EQ(id("/"), 100U);
  // A second /proc over the first hides the read-only bind below it.
  mounts = parse_mountinfo(std::string(kContainer) + "105 101 0:43 / /proc rw - proc proc rw\n").mounts;
  EXPECT_EQ(id("/proc/sys/kernel/core_pattern"), 105U);
  EXPECT_EQ(covering_mount({}, "/x"), nullptr);
}

TEST(Mountinfo, FindsAMountOnTheHost) {
  const auto host = parse_mountinfo(
                        "1 0 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                        "2 1 8:1 /srv /export rw shared:2 - ext4 /dev/sda1 rw\n"
                        "3 1 8:2 / /boot rw - ext4 /dev/sda2 rw\n"
                        "4 1 8:3 / /boot rw - ext4 /dev/sda3 rw\n"
                        "5 4 8:4 / /boot rw - ext4 /dev/sda4 rw\n")
                        .mounts;
  Mount inner;
  inner.device = "8:1";
  inner.root = "/srv/data";
  EXPECT_EQ(visible_paths(host, inner), (std::vector<std::string>{"/export/data", "/srv/data"}));
  inner.root = "/";
  EXPECT_EQ(visible_paths(host, inner), std::vector<std::string>{"/"});
  inner.root = "/srv/data//deleted";
  EXPECT_TRUE(visible_paths(host, inner).empty());
  inner.device = "8:3";
  inner.root = "/x";
  EXPECT_TRUE(visible_paths(host, inner).empty());  // hidden under 8:4
  inner.device = "8:9";
  EXPECT_TRUE(visible_paths(host, inner).empty());
}

TEST(Mountinfo, PathsAreComparedByComponent) {
  EXPECT_TRUE(is_at_or_below("/a/b", "/a"));
  EXPECT_TRUE(is_at_or_below("/a", "/a"));
  EXPECT_FALSE(is_at_or_below("/ab", "/a"));
  EXPECT_TRUE(is_at_or_below("/a", "/"));
  EXPECT_EQ(join_below("/", "/x"), "/x");
  EXPECT_EQ(join_below("/a", "/"), "/a");
  EXPECT_EQ(join_below("/a", ""), "/a");
}

TEST(Mountinfo, SelfParentLoopsEnd) {
  const auto mounts =
      parse_mountinfo("1 1 8:1 / / rw - ext4 a rw\n2 3 8:1 / /a rw - ext4 a rw\n3 2 8:1 / /a rw - ext4 a rw\n").mounts;
  EXPECT_EQ(covering_mount(mounts, "/a/b")->id, 1U);
}

}  // namespace
}  // namespace plimsoll::system

#include "system/proc_status.h"

#include <gtest/gtest.h>

namespace plimsoll::system {
namespace {

TEST(ProcStatus, ReadsWhatTheProbesNeed) {
  const auto status = parse_status(
      "Name:\tnginx\nState:\tS (sleeping)\nPPid:\t7\nUid:\t1000\t1001\t1002\t1003\nGid:\t5\t6\t7\t8\nGroups:\t10 20 \n"
      "CapInh:\t0000000000000001\nCapPrm:\t0000000000000002\nCapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\n"
      "CapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n");
  EXPECT_EQ(status.name, "nginx");
  EXPECT_EQ(status.state, 'S');
  EXPECT_EQ(status.parent_pid, 7);
  EXPECT_EQ(status.effective_uid, 1001U);
  EXPECT_EQ(status.file_system_uid, 1003U);
  EXPECT_EQ(status.file_system_gid, 8U);
  EXPECT_EQ(status.groups, (std::vector<uint32_t>{10, 20}));
  ASSERT_TRUE(status.capabilities);
  EXPECT_EQ(status.capabilities->effective, 0xa80425fbU);
  EXPECT_EQ(status.capabilities->bounding, 0x1ffffffffffU);
  EXPECT_EQ(status.no_new_privs, true);
  EXPECT_EQ(status.seccomp, 2);
}

TEST(ProcStatus, MissingLinesStayUnknown) {
  const auto status = parse_status("Name:\tx\nCapEff:\t00\nSeccomp:\t9\n");
  EXPECT_FALSE(status.capabilities);  // four of the five sets are missing
  EXPECT_FALSE(status.effective_uid);
  EXPECT_FALSE(status.no_new_privs);
  EXPECT_FALSE(status.seccomp);
}

TEST(ProcStatus, StartTimeSurvivesHostileNames) {
  std::string fields = " S";
  for (int i = 4; i <= 22; ++i) fields += " " + std::to_string(i);
  EXPECT_EQ(parse_start_time("812 (a) R 1 (b))" + fields), 22U);
  EXPECT_FALSE(parse_start_time("812 (x) S 1"));
  EXPECT_FALSE(parse_start_time(""));
}

TEST(ProcStatus, CgroupLines) {
  const auto lines = parse_cgroup(
      "4:memory:/docker/abc\n1:name=systemd:/docker/abc\n3:cpu,cpuacct:/x:y\n0::/system.slice/docker-abc.scope\n");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0].controllers, std::vector<std::string>{"memory"});
  EXPECT_EQ(lines[2].controllers, (std::vector<std::string>{"cpu", "cpuacct"}));
  EXPECT_EQ(lines[2].path, "/x:y");
  EXPECT_TRUE(lines[3].controllers.empty());
  EXPECT_EQ(lines[3].path, "/system.slice/docker-abc.scope");
}

TEST(ProcStatus, MapsGiveEachFileOnce) {
  const auto files = parse_maps(
      "00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon\n"
      "00651000-00652000 r--p 00051000 08:02 173521      /usr/bin/dbus-daemon\n"
      "7f00-7f01 r-xp 00000000 08:02 1                   /usr/lib/lib a.so (deleted)\n"
      "7f00-7f01 rw-s 00000000 00:05 1                   /memfd:x (deleted)\n"
      "7f00-7f01 rw-p 00000000 00:00 0                   [heap]\n"
      "7f00-7f01 rw-p 00000000 00:00 0 \n"
      "7f00-7f01 r--p 00000000 08:02 9                   /odd\\012name\n");
  EXPECT_EQ(files, (std::vector<std::string>{"/odd\nname", "/usr/bin/dbus-daemon", "/usr/lib/lib a.so"}));
}

TEST(ProcStatus, SmallFormats) {
  EXPECT_EQ(parse_link_inode("mnt:[4026531841]", "mnt"), 4026531841U);
  EXPECT_FALSE(parse_link_inode("mnt:[4026531841]", "pid"));
  EXPECT_FALSE(parse_link_inode("/etc/passwd", "mnt"));
  EXPECT_TRUE(is_identity_map("         0          0 4294967295\n"));
  EXPECT_FALSE(is_identity_map("         0     100000      65536\n"));
  EXPECT_EQ(count_cpus("0-3,7\n"), 5U);
  EXPECT_EQ(count_cpus(""), 0U);
  EXPECT_FALSE(count_cpus("3-1"));
  const auto drivers =
      parse_devices("Character devices:\n  1 mem\n242 vfio\n\nBlock devices:\n253 device-mapper\n254 virtblk\n");
  ASSERT_EQ(drivers.character.size(), 2U);
  ASSERT_EQ(drivers.block.size(), 2U);
  EXPECT_EQ(drivers.block[0].second, "device-mapper");
}

}  // namespace
}  // namespace plimsoll::system

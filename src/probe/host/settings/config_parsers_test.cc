// The parsers of configuration files: what they read, and what they do with hostile ones.
#include <gtest/gtest.h>

#include "probe/host/settings/apt_config.h"
#include "probe/host/settings/context.h"
#include "probe/host/settings/cron_table.h"
#include "probe/host/settings/file_capabilities.h"
#include "probe/host/settings/installed_kernels.h"
#include "probe/host/settings/modules.h"
#include "probe/host/settings/pam_stack.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/shadow.h"
#include "probe/host/settings/sysctl_files.h"
#include "probe/host/settings/unit_files.h"

namespace plimsoll::probe::settings {
namespace {

using Texts = std::vector<std::string>;

TEST(Pattern, StarsQuestionMarksAndSets) {
  EXPECT_TRUE(matches_pattern("*.conf", "a.conf"));
  EXPECT_FALSE(matches_pattern("*.conf", "a.conf~"));
  EXPECT_TRUE(matches_pattern("net.ipv4.conf.*.rp_filter", "net.ipv4.conf.eth0.rp_filter"));
  EXPECT_TRUE(matches_pattern("[a-c]?", "bx"));
  EXPECT_FALSE(matches_pattern("[!a-c]?", "bx"));
  EXPECT_FALSE(matches_pattern("**********a", std::string(20'000, 'b')));  // no blow-up
}

TEST(Sysctl, KeysAreDottedAndAMinusIsTakenOff) {
  const auto settings = parse_sysctl_file("# c\n-kernel.x = 1\nnet/ipv4/conf/eth0.1/rp_filter=2\n;\nbroken\n", "f");
  ASSERT_EQ(settings.size(), 2u);
  EXPECT_EQ(settings[0].key, "kernel.x");
  EXPECT_EQ(settings[1].key, "net.ipv4.conf.eth0/1.rp_filter");
}

TEST(Sysctl, AnExactKeyOutranksAPattern) {
  const auto settings = parse_sysctl_file("a.b = 1\na.* = 2\n", "f");
  EXPECT_EQ(find_sysctl(settings, "a.b")->value, "1");
  EXPECT_EQ(find_sysctl(settings, "a.c")->value, "2");
  EXPECT_EQ(find_sysctl(settings, "x"), nullptr);
}

TEST(Passwd, NumbersAreComparedNotTexts) {
  const auto users = system::parse_passwd(
      "root:x:0:0::/root:/bin/sh\ntoor:x:00:0::/:/bin/sh\nplus:x:+0:0::/:/bin/sh\n+::::::\nshort:x\n");
  ASSERT_EQ(users.size(), 4u);
  EXPECT_EQ(users[1].uid, 0u);
  EXPECT_EQ(users[2].uid, 0u);
  EXPECT_EQ(users[3].name, "+");
}

TEST(Shadow, StatesAndSchemes) {
  const auto entries =
      parse_shadow("a::1:2:90:7:30::\nb:!$6$rounds=4000$s$h:1::::::\nc:$y$j9T$x$y:20000:0:365:7:::\nd:*:::::::\n");
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].state, "empty");
  EXPECT_EQ(entries[0].max_days, 90);
  EXPECT_EQ(entries[1].state, "locked");
  EXPECT_EQ(entries[1].scheme, "sha512");
  EXPECT_EQ(entries[1].rounds, 4000u);
  EXPECT_EQ(entries[2].scheme, "yescrypt");
  EXPECT_EQ(entries[3].state, "locked");
  EXPECT_EQ(hash_scheme("abcdefghijklm"), "des");
  EXPECT_EQ(hash_scheme("_J9..rasm"), "bsdi-des");
}

TEST(Subids, OverlapsOfDifferentOwners) {
  EXPECT_TRUE(overlapping_ranges(parse_subids("a:100000:65536\nb:165536:65536\n")).empty());
  EXPECT_EQ(overlapping_ranges(parse_subids("a:100000:65536\nb:165535:10\n")).size(), 1u);
  EXPECT_TRUE(parse_subids("a:99999999999999999999:1\nb:1\nc:1:0\n").empty());
}

TEST(Apt, TheLastValueCountsAndClearTakesAway) {
  AptValues values;
  parse_apt_config("APT { Periodic { Unattended-Upgrade \"1\"; }; };\n// c\nAPT::Periodic::Unattended-Upgrade \"0\";\n",
                   values);
  EXPECT_EQ(last_apt_value(values, "apt::periodic::unattended-upgrade"), "0");
  parse_apt_config("Unattended-Upgrade::Origins-Pattern { \"a\"; \"b\"; };", values);
  EXPECT_EQ(apt_list(values, "Unattended-Upgrade::Origins-Pattern"), (Texts{"a", "b"}));
  parse_apt_config("#clear Unattended-Upgrade::Origins-Pattern;", values);
  EXPECT_TRUE(apt_list(values, "Unattended-Upgrade::Origins-Pattern").empty());
  parse_apt_config(std::string(10'000, '{'), values);  // bounded
}

TEST(Apt, SourcesOfBothNotations) {
  std::vector<AptSource> sources;
  parse_one_line_sources(
      "deb [arch=amd64 trusted=yes] http://a b main\n# deb http://c d\ndeb http://e f-security main\n", sources);
  parse_deb822_sources("Types: deb\nURIs: https://x\nSuites: y y-security\n\nEnabled: no\nURIs: https://z\nSuites: q\n",
                       sources);
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_TRUE(sources[0].trusted);
  EXPECT_FALSE(sources[1].trusted);
  EXPECT_EQ(sources[3].suite, "y-security");
}

TEST(Cron, JobsAndTheProgramsTheyStart) {
  const auto jobs =
      parse_crontab("SHELL=/bin/sh\n17 * * * * root cd / && /usr/local/bin/x -q\n@daily bob /y\n# z\n", true);
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0].user, "root");
  EXPECT_EQ(programs_of(jobs[0].command), Texts{"/usr/local/bin/x"});
  EXPECT_EQ(programs_of("test -x /a || { cd / && nice /b; }"), (Texts{"/a", "/b"}));
  EXPECT_TRUE(fetches_to_shell("curl -s http://a | sudo bash -s"));
  EXPECT_FALSE(fetches_to_shell("curl -s http://a | tee /tmp/x"));
  EXPECT_FALSE(run_parts_takes("a.dpkg-old"));
}

TEST(Units, ProgramsWithoutTheirPrefixes) {
  EXPECT_EQ(parse_unit_programs(
                "[Service]\nExecStart=-/a b\nExecStart=\nExecStart=@/c d\nExecStartPre=+\"/e\" f\nExecStop=kill\n"),
            (Texts{"/c", "/e"}));
}

TEST(Modprobe, DisabledAndBlacklisted) {
  ModuleRules rules;
  parse_modprobe("install usb-storage /bin/false\nblacklist tipc\ninstall rds /sbin/modprobe -i rds\n", rules);
  EXPECT_TRUE(rules.disabled.contains("usb_storage"));
  EXPECT_TRUE(rules.blacklisted.contains("tipc"));
  EXPECT_FALSE(rules.disabled.contains("rds"));
}

TEST(Kernels, InstalledOnesAndTheRunningVersion) {
  const auto kernels = parse_dpkg_kernels(
      "Package: linux-image-6.1.0-9-amd64\nStatus: install ok installed\nVersion: 6.1.27-1\n\n"
      "Package: linux-image-amd64\nStatus: install ok installed\nVersion: 6.1.119-1\n\n"
      "Package: linux-image-6.1.0-28-amd64\nStatus: deinstall ok config-files\nVersion: 6.1.119-1\n");
  ASSERT_EQ(kernels.size(), 1u);
  EXPECT_EQ(kernels[0].release, "6.1.0-9-amd64");
  EXPECT_EQ(parse_running_version("Linux version 6.1.0-28-amd64 (x) #1 SMP Debian 6.1.119-1 (2024-11-22)"),
            "6.1.119-1");
  EXPECT_EQ(parse_running_version("Ubuntu 5.15.0-91.101-generic 5.15.131"), "5.15.0-91.101");
  EXPECT_EQ(parse_running_version("Linux version 6.18.44-fc"), "");
}

TEST(FileCapabilities, BothRevisions) {
  const std::string two("\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20);
  EXPECT_EQ(parse_file_capabilities(two), Texts{"net_raw"});
  EXPECT_TRUE(parse_file_capabilities("short").empty());
}

TEST(Pam, IncludesAreFollowedAndCirclesEnd) {
  const auto read = [](const std::string& name) -> Result<std::string> {
    if (name == "sshd") return std::string("@include common-auth\naccount required pam_nologin.so\n");
    if (name == "common-auth") return std::string("auth [success=1 default=ignore] pam_unix.so nullok # c\n");
    if (name == "loop") return std::string("auth include loop\nauth include loop\nauth include loop\n");
    return Error{ErrorKind::not_found, "not there", name};
  };
  const PamStack stack = read_pam_stack(read, "sshd");
  ASSERT_EQ(stack.rules.size(), 2u);
  EXPECT_EQ(stack.rules[0].control, "[success=1 default=ignore]");
  EXPECT_EQ(stack.rules[0].arguments, Texts{"nullok"});
  EXPECT_FALSE(read_pam_stack(read, "loop").unknown.empty());
  EXPECT_FALSE(read_pam_stack(read, "gone").unknown.empty());
}

TEST(Containers, CgroupPaths) {
  EXPECT_TRUE(is_container_cgroup("0::/system.slice/docker-0123.scope"));
  EXPECT_TRUE(is_container_cgroup("0::/kubepods.slice/x"));
  EXPECT_FALSE(is_container_cgroup("0::/system.slice/docker.service"));
  EXPECT_FALSE(is_container_cgroup("0::/system.slice/ssh.service"));
}

}  // namespace
}  // namespace plimsoll::probe::settings

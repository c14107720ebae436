// The two configurations with the most traps: sshd_config and sudoers.
#include <gtest/gtest.h>

#include <algorithm>

#include "probe/host/settings/sshd_config.h"
#include "probe/host/settings/sudoers.h"

namespace plimsoll::probe::settings {
namespace {

using Files = std::map<std::string, std::string>;

Result<std::string> read(const Files& files, const std::string& path) {
  const auto found = files.find(path);
  if (found == files.end()) return Error{ErrorKind::not_found, "not there", path};
  return found->second;
}

SshdConfig sshd(const Files& files, const std::vector<std::string>& options = {}) {
  return parse_sshd_config({[&](const std::string& path) { return read(files, path); },
                            [&](const std::string& pattern) -> Result<std::vector<std::string>> {
                              std::vector<std::string> out;
                              const std::string prefix = pattern.substr(0, pattern.find('*'));
                              for (const auto& [path, text] : files) {
                                if (path == pattern || (prefix != pattern && path.starts_with(prefix)))
                                  out.push_back(path);
                              }
                              return out;
                            }},
                           "/c", options);
}

std::string first(const SshdValues& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() || found->second.empty() ? "" : found->second.front();
}

TEST(Sshd, TheFirstValueCountsAndDropInsComeWhereTheyAreIncluded) {
  const auto config = sshd({{"/c", "Include /d/*.conf\nPermitRootLogin no\nPort 22\nport=2222\n"},
                            {"/d/50.conf", "permitrootlogin \"yes\"\n"}});
  EXPECT_EQ(first(config.values, "permitrootlogin"), "yes");
  EXPECT_EQ(config.values.at("port"), (std::vector<std::string>{"22", "2222"}));
}

TEST(Sshd, OptionsOfTheCommandLineComeFirst) {
  EXPECT_EQ(first(sshd({{"/c", "PermitRootLogin no\n"}}, {"PermitRootLogin=yes"}).values, "permitrootlogin"), "yes");
}

TEST(Sshd, AMatchInAnIncludedFileEndsWithIt) {
  const auto config =
      sshd({{"/c", "Include /d/a\nX11Forwarding yes\nMatch user bob\n PermitRootLogin yes\nMatch all\nUsePAM yes\n"},
            {"/d/a", "Match address 10.0.0.0/8\nPasswordAuthentication yes\n"}});
  EXPECT_EQ(first(config.values, "x11forwarding"), "yes");
  EXPECT_EQ(first(config.values, "usepam"), "yes");
  EXPECT_EQ(first(config.values, "passwordauthentication"), "");
  ASSERT_EQ(config.matches.size(), 2u);
  EXPECT_EQ(first(config.matches[0].values, "passwordauthentication"), "yes");
  EXPECT_EQ(config.matches[1].criteria, "user bob");
}

TEST(Sshd, OldNamesCircularIncludesAndHostileBytes) {
  EXPECT_EQ(first(sshd({{"/c", "ChallengeResponseAuthentication no\n"}}).values, "kbdinteractiveauthentication"), "no");
  EXPECT_FALSE(sshd({{"/c", "Include /c\n"}}).unknown.empty());
  EXPECT_TRUE(sshd({{"/c", std::string("\0\xff\"=\n=\n \"\n#\n", 11)}}).unknown.empty());
  EXPECT_FALSE(sshd({}).unknown.empty());
}

TEST(Sshd, DefaultsFollowTheVersion) {
  EXPECT_EQ(find_ssh_version("xxOpenSSH_ OpenSSH_9.2p1 Debian"), (SshVersion{9, 2}));
  EXPECT_EQ(sshd_default("permitrootlogin", {6, 9}), "yes");
  const auto kex = sshd_algorithms("kexalgorithms", "", {8, 1});
  EXPECT_NE(std::find(kex.begin(), kex.end(), "diffie-hellman-group14-sha1"), kex.end());
  const auto without = sshd_algorithms("kexalgorithms", "-*-sha1", {8, 1});
  EXPECT_EQ(std::find(without.begin(), without.end(), "diffie-hellman-group14-sha1"), without.end());
  EXPECT_EQ(sshd_algorithms("ciphers", "+3des-cbc", {9, 2}).back(), "3des-cbc");
  EXPECT_EQ(sshd_algorithms("ciphers", "aes256-ctr", {9, 2}), std::vector<std::string>{"aes256-ctr"});
}

TEST(Sshd, TimesAndKeys) {
  EXPECT_EQ(parse_ssh_time("1h30m"), 5400u);
  EXPECT_EQ(parse_ssh_time("0"), 0u);
  EXPECT_FALSE(parse_ssh_time("m"));
  EXPECT_FALSE(parse_ssh_time(""));
  const auto keys = parse_ssh_keys(
      "from=\"a b\" ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAACQCBgYGBgYGBgQ== x\nssh-ed25519 AAAA y\nssh-rsa !! z\n");
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0].bits, 64u);
  EXPECT_EQ(keys[2].bits, 0u);
}

Sudoers sudo(const Files& files) {
  return parse_sudoers({[&](const std::string& path) { return read(files, path); },
                        [&](const std::string& directory) -> Result<std::vector<std::string>> {
                          std::vector<std::string> out;
                          for (const auto& [path, text] : files) {
                            if (path.starts_with(directory + "/")) out.push_back(path.substr(directory.size() + 1));
                          }
                          return out;
                        }},
                       "/s");
}

TEST(Sudo, TagsHoldUntilTheirOpposite) {
  const auto sudoers = sudo({{"/s", "bob ALL=(root) NOPASSWD: /a, /b, PASSWD: /c\nann ALL=(ALL:ALL) ALL\n"}});
  ASSERT_EQ(sudoers.grants.size(), 4u);
  EXPECT_FALSE(sudoers.grants[0].password);
  EXPECT_FALSE(sudoers.grants[1].password);
  EXPECT_TRUE(sudoers.grants[2].password);
  EXPECT_TRUE(sudoers.grants[3].password);
  EXPECT_EQ(sudoers.grants[3].command, "ALL");
}

TEST(Sudo, CommentsAreNoRulesAndUidsAreNoComments) {
  const auto sudoers = sudo({{"/s", "# bob ALL=(ALL) NOPASSWD: ALL\n#1000 ALL=(ALL) /x # y\n"}});
  ASSERT_EQ(sudoers.grants.size(), 1u);
  EXPECT_EQ(sudoers.grants[0].who, "#1000");
  EXPECT_EQ(sudoers.grants[0].command, "/x");
}

TEST(Sudo, IncludesOfBothNotationsAndNamesThatAreSkipped) {
  const auto sudoers = sudo({{"/s", "@includedir /d\n#include /e\n"},
                             {"/d/10", "a ALL=(ALL) ALL\n"},
                             {"/d/x.bak", "b ALL=(ALL) ALL\n"},
                             {"/d/y~", "c ALL=(ALL) ALL\n"},
                             {"/e", "d ALL=(ALL) ALL\n"}});
  ASSERT_EQ(sudoers.grants.size(), 2u);
  EXPECT_EQ(sudoers.grants[1].who, "d");
  EXPECT_EQ(sudo({{"/s", "@include /gone\n"}}).unknown.size(), 1u);
  EXPECT_FALSE(sudo({{"/s", "@include /s\n"}}).unknown.empty());
}

TEST(Sudo, AliasesJoinedLinesAndNegations) {
  const auto sudoers = sudo({{"/s", "User_Alias ADM = bob, \\\n ann\nCmnd_Alias SH = /bin/sh\nADM ALL = ALL, !SH\n"}});
  ASSERT_EQ(sudoers.grants.size(), 2u);
  EXPECT_EQ(sudoers.grants[1].who, "ann");
  EXPECT_TRUE(sudoers.grants[0].negated_neighbour);
  const std::string fan = "User_Alias A = B,B,B,B,B,B,B,B,B,B\nUser_Alias B = A,A,A,A,A,A,A,A,A,A\nA ALL = ALL\n";
  EXPECT_FALSE(sudo({{"/s", fan}}).unknown.empty());  // bounded, and said
  EXPECT_TRUE(sudo({{"/s", "User_Alias A = B\nUser_Alias B = A\nA ALL = ALL\n"}}).grants.size() <= 1);  // a circle ends
}

TEST(Sudo, DefaultsWithTheirScope) {
  const auto sudoers = sudo(
      {{"/s", "Defaults use_pty, !authenticate\nDefaults:bob timestamp_timeout=-1\nDefaults secure_path=\"/a:/b\"\n"}});
  ASSERT_EQ(sudoers.defaults.size(), 4u);
  EXPECT_TRUE(sudoers.defaults[1].negated);
  EXPECT_EQ(sudoers.defaults[2].scope, ":bob");
  EXPECT_EQ(sudoers.defaults[2].value, "-1");
  EXPECT_EQ(sudoers.defaults[3].value, "/a:/b");
}

TEST(Sudo, WhatIsNotUnderstoodIsSaid) {
  EXPECT_FALSE(sudo({{"/s", "nonsense\n"}}).unknown.empty());
  EXPECT_TRUE(sudo({{"/s", std::string("\0\xff", 2)}}).grants.empty());
}

}  // namespace
}  // namespace plimsoll::probe::settings

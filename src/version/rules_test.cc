// Each ecosystem's published rules, as tables. A row of `rising` is a chain: every version lies below every later one.
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "version/compare.h"

namespace plimsoll::version {
namespace {

using Row = std::vector<std::string_view>;

struct Rules {
  Scheme scheme;
  std::vector<Row> rising;  // each below the next
  std::vector<Row> equal;   // all the same
  Row refused;              // outside the grammar
};

// deb-version(7), Debian Policy 5.6.12
const Rules dpkg_rules{
    Scheme::dpkg,
    {{"1.0~~", "1.0~~a", "1.0~", "1.0", "1.0-1", "1.0-1+b1", "1.0-1.1", "1.0a", "1.0+b1", "1.0.1", "1:0.1", "2:0"},
     {"3.0.11-1~deb12u2", "3.0.11-1", "3.0.15-1~deb12u1", "3.0.17-1"},
     {"7.6-0", "7.6-4", "7.6p2-4"},
     {"9.9", "10.0", "10.0.1"},
     {"2.36-9+deb12u4", "2.36-9+deb12u10"}},
    {{"1.0", "1.0-0", "0:1.0", "1.00-000"}, {"1.2.3-04", "1.2.3-4"}},
    {"", "a1", "1:", ":1", "x:1", "1 2", "1-", "-1", "1.0-1_2", "1_0", "2147483648:1", "1.0\x01"}};

// rpm-version(7) and the manual's chapter on dependencies
const Rules rpm_rules{Scheme::rpm,
                      {{"1.0~rc1", "1.0", "1.0^git1", "1.0^git2", "1.0.1", "1:0.5"},
                       {"1.0~~", "1.0~", "1.0~^", "1.0", "1.0^", "1.0a", "1.0.0"},
                       {"1.0-1.el9", "1.0-1.el9_2", "1.0-2.el9", "1.0-10.el9"},
                       {"a", "b", "1", "2"},
                       {"6.0.rc1", "6.0.1"},
                       {"1.0", "1.0-1"},
                       {"10xyz", "10.1xyz"},
                       {"xyz10", "xyz10.1"}},
                      {{"1.0", " 1.0 ", "1_0", "1..0", "1.0.", "0:1.0", "01.000", ":1.0"}, {"1.0^", "1.0.^"}},
                      {"", "1:", "1.0-1 x", "1:2:3", "-1", "1.0\x01"}};

// apk-package(5): order of the parts, of the suffixes, and of numbers that begin with 0
const Rules apk_rules{
    Scheme::apk,
    {{"1.0_alpha", "1.0_alpha2", "1.0_beta", "1.0_pre1", "1.0_rc1", "1.0_rc2", "1.0", "1.0-r1", "1.0-r10", "1.0_cvs",
      "1.0_svn", "1.0_git20230101", "1.0_hg", "1.0_p1", "1.0_p2", "1.0a", "1.0b", "1.0.1"},
     {"1.0", "1.01", "1.02", "1.1", "1.9", "1.10"},
     {"8.2.0015", "8.2.002", "8.2.1"},
     {"3.1.4-r2", "3.1.4-r3", "3.1.5-r0"},
     {"1.0_alpha_beta", "1.0_alpha", "1.0_alpha_p"},
     {"1.0~00ff", "1.0~ff00"}},
    {{"1", "01", " 1 "}, {"1.0-r1", "1.0-r01"}},
    {"", "a", "1.", "1.0ab", "1.0_foo", "1.0-1", "1.0-r", "1.0-r1-r2", "1.0-r1_p1", "1.0A", "1.0~xyz", "v1"}};

// semver.org, section 11; Go modules reference (pseudo-versions, +incompatible); versions of Go itself
const Rules semver_rules{Scheme::semver,
                         {{"1.0.0-0", "1.0.0-1", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
                           "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.9.0", "1.10.0", "2.0.0"},
                          {"v0.0.0-20190101000000-abcdefabcdef", "v0.0.0-20200101000000-000000000000", "v0.0.1"},
                          {"1.21.0-0", "1.21beta1", "1.21rc2", "1.21rc3", "go1.21", "go1.21.3", "1.22"},
                          {"1.0.0-A", "1.0.0-a"},
                          {"99999999999999999999.0.0", "100000000000000000000.0.0"}},
                         {{"1.2.3", "v1.2.3", "=1.2.3", "1.2.3+build", "1.2.3+other.5", " 1.2.3 "},
                          {"v2.0.0+incompatible", "2.0.0", "2", "2.0"},
                          {"1.21rc2", "go1.21rc2", "1.21.0-rc.2", "1.21.0rc2"}},
                         {"", "a", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "1.2.3-ä",
                          "1.2-rc.1", "1.2.3 4", "devel", "1.21foo2", "1.21rc", "1..2", "v"}};

// PEP 440, "Summary of permitted suffixes and relative ordering" and appendix B
const Rules pep440_rules{Scheme::pep440,
                         {{"1.dev0",
                           "1.0.dev456",
                           "1.0a1",
                           "1.0a2.dev456",
                           "1.0a12.dev456",
                           "1.0a12",
                           "1.0b1.dev456",
                           "1.0b2",
                           "1.0b2.post345.dev456",
                           "1.0b2.post345",
                           "1.0rc1.dev456",
                           "1.0rc1",
                           "1.0",
                           "1.0+abc.5",
                           "1.0+abc.7",
                           "1.0+5",
                           "1.0.post456.dev34",
                           "1.0.post456",
                           "1.0.15",
                           "1.1.dev1",
                           "1!0.1"},
                          {"1.0+a", "1.0+a.b", "1.0+1", "1.0+1.a", "1.0+1.1", "1.0+2"}},
                         {{"1", "1.0", "1.0.0", "v1.0", "V1", " 1.0\n", "0!1"},
                          {"1.1rc1", "1.1.RC1", "1.1-rc-1", "1.1_c_1", "1.1preview1", "1.1.pre1"},
                          {"1.0a0", "1.0a", "1.0alpha", "1.0.ALPHA.0"},
                          {"1.0.post1", "1.0-1", "1.0post1", "1.0-r1", "1.0.rev1"},
                          {"1.0+ubuntu-1", "1.0+ubuntu_1", "1.0+UBUNTU.1"},
                          {"1.0.dev", "1.0dev0", "1.0-DEV0"}},
                         {"", "a", "1.0.", "1.0-", "1.0+", "1.0+a..b", "1.0x", "1!", "!1", "1.0 1", "2004d.e",
                          "1.0.post1.post2", "french toast"}};

// "Version Order Specification" of the Maven POM reference
const Rules maven_rules{
    Scheme::maven,
    {{"1-alpha", "1-alpha-1", "1-beta", "1-milestone", "1-rc", "1-snapshot", "1", "1-sp", "1-foo", "1-1", "1-2", "1.1"},
     {"1", "1.1"},
     {"1-snapshot", "1", "1-sp"},
     {"1-foo2", "1-foo10"},
     {"1-foo", "1-1", "1.1"},
     {"2.0.1-xyz", "2.0.1-123"},
     {"4.1.100.Beta1", "4.1.100.Final", "4.1.101.Final"},
     {"1-rc", "1", "1.x.1"},
     {"1.0.2147483648", "1.0.9223372036854775808", "1.0.99999999999999999999"}},
    {{"1", "1.0", "1.0.0", "1-ga", "1.0-final", "1-0", "1.FINAL", "1-Release"},
     {"1-a1", "1-alpha-1", "1.alpha1"},
     {"1.0RC1", "1-rc-1", "1-cr1"},
     {"1-m3", "1Milestone3"}},
    {"", "1 2", "1\x7F", "\xC3\xA9"}};

// Gem::Version's own documentation
const Rules rubygems_rules{
    Scheme::rubygems,
    {{"1.0.a", "1.0.b1", "1.0.b10", "1.0.pre", "1.0", "1.0.1", "1.1.rc1", "1.1", "1.9", "1.10"},
     {"1.0-1", "1.0", "1.0.0.1"},
     {"1.A", "1.a"},
     {"5.0.0.beta1", "5.0.0.beta1.1", "5.0.0.rc1"}},
    {{"1", "1.0", "1.0.0", " 1 "}, {"1.0-1", "1.0.pre.1"}, {"1.a", "1.0.a", "1.0.a.0"}, {"1.01", "1.1"}},
    {"", "a", "1.", "1..2", "1.0-", "1.0_1", "1.0+1", "junk", "1.2 3"}};

// "Package versioning" of the NuGet documentation
const Rules nuget_rules{
    Scheme::nuget,
    {{"1.0.1-aaa", "1.0.1-alpha", "1.0.1-alpha10", "1.0.1-alpha2", "1.0.1-zzz", "1.0.1"},
     {"1.0.0-1", "1.0.0-a", "1.0.0-a.2", "1.0.0-a.10", "1.0.0", "1.0.0.1", "1.0.1"}},
    {{"1.0", "1.0.0", "1.0.0.0", "1", "1.00", "1.0.0+abc", "01.0"}, {"1.0.0-BETA", "1.0.0-beta"}, {"1.0-1", "1.0-01"}},
    {"", "a", "v1.0", "1.0.0.0.0", "1.0-", "1.0-a..b", "1.0+", "1.2147483648", "1..0"}};

// VersionParserTest of composer/semver
const Rules composer_rules{
    Scheme::composer,
    {{"1.0-dev", "1.0-alpha1", "1.0-beta1", "1.0-beta2", "1.0-RC1", "1.0", "1.0-p1", "1.0.0.1", "1.0.1", "1.x-dev",
      "2.0"},
     {"1.0-alpha1-dev", "1.0-alpha1", "1.0-alpha1.1"},
     {"20100101", "20100102", "20100102-203040"},
     {"2010.01.02", "2010.1.555"}},
    {{"1", "v1.0", "1.0.0", "1.0.0.0", "1.0.0+foo", "1.0@beta", "1.0.0-stable", "1.0.0 as 2.0", " 1.0 "},
     {"1.0rc1", "1.0.0-RC1", "1.0_rc.1", "1.0RC-1"},
     {"1.0pl1", "1.0-patch1", "1.0p1"},
     {"2010-01-02", "2010:01:02"},
     {"1.x-dev", "1.x.x-dev", "1.*-dev"}},
    {"", "a", "dev-main", "master", "trunk", "1.0.0.0.0", "feature-dev", "1.0+foo bar", "1.0-SNAPSHOT", "1.0.0-meh"}};

// Our own: see fallback.cc
const Rules fallback_rules{Scheme::fallback,
                           {{"1.0-dev", "1.0-alpha", "1.0beta1", "1.0pre", "1.0-rc1", "1.0-rc2", "1.0", "1.0a", "1.0b",
                             "1.0.0", "1.0.1", "1.10"},
                            {"6.1-rc1", "6.1", "6.1.1", "6.10"}},
                           {{"1.0-1", "1.0.1", "v1_0_1", "1..0.1", " 1.0.01 "}, {"1.0A", "1.0a"}},
                           {"", ".", "1 0", "1\x01", "\xC3\xA9"}};

const std::vector<const Rules*> all_rules{&dpkg_rules,     &rpm_rules,     &apk_rules,      &semver_rules,
                                          &pep440_rules,   &maven_rules,   &rubygems_rules, &nuget_rules,
                                          &composer_rules, &fallback_rules};

class PublishedRules : public testing::TestWithParam<const Rules*> {};

TEST_P(PublishedRules, RisingChainsRise) {
  for (const Row& row : GetParam()->rising) {
    for (size_t i = 0; i < row.size(); ++i) {
      for (size_t j = i + 1; j < row.size(); ++j) {
        EXPECT_EQ(compare(GetParam()->scheme, row[i], row[j]), std::weak_ordering::less) << row[i] << " < " << row[j];
        EXPECT_EQ(compare(GetParam()->scheme, row[j], row[i]), std::weak_ordering::greater)
            << row[j] << " > " << row[i];
      }
    }
  }
}

TEST_P(PublishedRules, EqualsAreEqual) {
  for (const Row& row : GetParam()->equal) {
    for (const auto a : row) {
      for (const auto b : row) {
        EXPECT_EQ(compare(GetParam()->scheme, a, b), std::weak_ordering::equivalent) << a << " = " << b;
      }
    }
  }
}

TEST_P(PublishedRules, WhatTheGrammarRefusesHasNoOrder) {
  for (const auto bad : GetParam()->refused) {
    EXPECT_FALSE(is_valid(GetParam()->scheme, bad)) << "'" << bad << "'";
    EXPECT_FALSE(compare(GetParam()->scheme, bad, "1.0").has_value()) << "'" << bad << "'";
    EXPECT_FALSE(compare(GetParam()->scheme, "1.0", bad).has_value()) << "'" << bad << "'";
    EXPECT_FALSE(compare(GetParam()->scheme, bad, bad).has_value()) << "'" << bad << "'";
  }
  EXPECT_TRUE(is_valid(GetParam()->scheme, "1.0"));
}

INSTANTIATE_TEST_SUITE_P(Schemes, PublishedRules, testing::ValuesIn(all_rules), [](const auto& row) {
  return "scheme" + std::to_string(static_cast<int>(row.param->scheme));
});

TEST(SchemeOf, KnowsEcosystemsWithAndWithoutRelease) {
  EXPECT_EQ(scheme_of("Debian:12"), Scheme::dpkg);
  EXPECT_EQ(scheme_of("Ubuntu:22.04:LTS"), Scheme::dpkg);
  EXPECT_EQ(scheme_of("AlmaLinux:9"), Scheme::rpm);
  EXPECT_EQ(scheme_of("Rocky Linux:8"), Scheme::rpm);
  EXPECT_EQ(scheme_of("openSUSE:Leap 15.5"), Scheme::rpm);
  EXPECT_EQ(scheme_of("Azure Linux:3"), Scheme::rpm);
  EXPECT_EQ(scheme_of("Alpine:v3.18"), Scheme::apk);
  EXPECT_EQ(scheme_of("Wolfi"), Scheme::apk);
  EXPECT_EQ(scheme_of("npm"), Scheme::semver);
  EXPECT_EQ(scheme_of("Go"), Scheme::semver);
  EXPECT_EQ(scheme_of("crates.io"), Scheme::semver);
  EXPECT_EQ(scheme_of("PyPI"), Scheme::pep440);
  EXPECT_EQ(scheme_of("Maven:https://repo.example/m2"), Scheme::maven);
  EXPECT_EQ(scheme_of("RubyGems"), Scheme::rubygems);
  EXPECT_EQ(scheme_of("NuGet"), Scheme::nuget);
  EXPECT_EQ(scheme_of("Packagist"), Scheme::composer);
  EXPECT_EQ(scheme_of("dpkg"), Scheme::dpkg);
  EXPECT_EQ(scheme_of("CRAN"), Scheme::fallback);
  EXPECT_EQ(scheme_of("no such thing"), Scheme::fallback);
  EXPECT_EQ(scheme_of(""), std::nullopt);
  EXPECT_EQ(scheme_of(":12"), std::nullopt);
}

}  // namespace
}  // namespace plimsoll::version

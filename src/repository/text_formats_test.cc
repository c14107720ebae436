#include <gtest/gtest.h>

#include "repository/apt_preferences.h"
#include "repository/apt_sources.h"
#include "repository/changelog.h"
#include "repository/deb822.h"
#include "repository/dpkg_system.h"
#include "repository/files.h"

namespace plimsoll::repository {
namespace {

TEST(Deb822, ParagraphsComeTheSameInAnyPieces) {
  const std::string text = "# comment\nA: 1\nB: first\n second\n .\nC:\n\n\nA: 2\r\nwrong line\n ignored\nD: 4";
  for (size_t size = 1; size < text.size(); ++size) {
    std::vector<Paragraph> got;
    ParagraphReader reader([&](const Paragraph& p) { got.push_back(p); });
    for (size_t at = 0; at < text.size(); at += size) reader.feed(std::string_view(text).substr(at, size));
    reader.finish();
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(got[0].get("b"), "first\nsecond\n.");
    EXPECT_EQ(got[1].get("A"), "2");
    EXPECT_EQ(got[1].get("D"), "4");
    EXPECT_EQ(got[0].get("D"), "");
  }
}

TEST(Deb822, FilterSeesTheFirstFieldOnly) {
  std::vector<std::string> seen, got;
  ParagraphReader reader([&](const Paragraph& p) { got.emplace_back(p.get("Version")); }, {"package", "version"},
                         [&](std::string_view name) {
                           seen.emplace_back(name);
                           return name == "b";
                         });
  reader.feed("Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\nOther: x\n\n");
  reader.finish();
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(got, std::vector<std::string>{"2"});
}

TEST(Deb822, WhatIsPassedOverEndsAtTheNextParagraph) {
  const std::string text =
      "Package: a\nVersion: 1\n\nPackage: b\nVersion: 2\n more\n\r\nPackage: c\nVersion: 3\n\n\n"
      "Package: a\r\nVersion: 4\r\n\r\nPackage: d\nVersion: 5";
  for (size_t size = 1; size <= text.size(); ++size) {
    std::vector<std::string> got;
    ParagraphReader reader([&](const Paragraph& p) { got.emplace_back(p.get("Version")); }, {"version"},
                           [](std::string_view name) { return name == "a" || name == "d"; });
    for (size_t at = 0; at < text.size(); at += size) reader.feed(std::string_view(text).substr(at, size));
    reader.finish();
    EXPECT_EQ(got, (std::vector<std::string>{"1", "4", "5"})) << size;
  }
}

TEST(AptSources, OneLineForm) {
  const auto sources = parse_sources_list(
      "# deb http://no/ x main\n"
      "deb http://deb.debian.org/debian bookworm main contrib # tail\n"
      "deb-src http://deb.debian.org/debian bookworm main\n"
      "deb [ arch=amd64,i386 signed-by=/k/a.gpg,ABCD! trusted=yes ] https://x.example/r/ flat/\n"
      "deb [never closed http://x y z\n");
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[0].uri, "http://deb.debian.org/debian/");
  EXPECT_EQ(sources[0].components, (std::vector<std::string>{"main", "contrib"}));
  EXPECT_EQ(sources[0].release_url(), "http://deb.debian.org/debian/dists/bookworm/");
  EXPECT_EQ(sources[1].architectures, (std::vector<std::string>{"amd64", "i386"}));
  EXPECT_EQ(sources[1].signed_by, (std::vector<std::string>{"/k/a.gpg", "ABCD!"}));
  EXPECT_EQ(sources[1].trusted, true);
  EXPECT_EQ(sources[1].release_url(), "https://x.example/r/flat/");
}

TEST(AptSources, Deb822Form) {
  const auto sources = parse_deb822_sources(
      "Types: deb deb-src\nURIs: http://a/debian http://b/debian/\nSuites: s s-security\nComponents: main\n"
      "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n AAAA\n -----END PGP PUBLIC KEY BLOCK-----\n\n"
      "Types: deb\nURIs: http://c/\nSuites: s\nEnabled: no\n\n"
      "Types: deb-src\nURIs: http://d/\nSuites: s\n");
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(sources[3].uri + sources[3].suite, "http://b/debian/s-security");
  EXPECT_NE(sources[0].embedded_key.find("BLOCK-----\n\nAAAA\n-----END"), std::string::npos);
}

// The names that apt 2.6 gave these lists.
TEST(AptSources, NamesOfLists) {
  EXPECT_EQ(list_file_name("http://deb.debian.org/debian-security/dists/bookworm-security/InRelease"),
            "deb.debian.org_debian-security_dists_bookworm-security_InRelease");
  EXPECT_EQ(list_file_name("https://me:pw@h.example:8080/a_b/x~1/Packages"), "h.example:8080_a%5fb_x%7e1_Packages");
  EXPECT_EQ(list_file_name("file:/srv/r/Release"), "_srv_r_Release");
}

PinTarget from_security() {
  PinTarget target;
  target.package = "openssl";
  target.source = "openssl";
  target.version = "3.0.17-1";
  target.architecture = "amd64";
  target.archive = "stable-security";
  target.codename = "bookworm-security";
  target.origin = "Debian";
  target.label = "Debian-Security";
  target.release_version = "12";
  target.component = "main";
  target.host = "deb.debian.org";
  return target;
}

int32_t priority(const std::string& records, const PinTarget& target = from_security()) {
  return priority_of(parse_preferences(records), target, "");
}

TEST(AptPreferences, SpecificBeforeGeneralAndFirstBeforeLater) {
  const std::string general = "Package: *\nPin: release l=Debian-Security\nPin-Priority: 50\n\n";
  const std::string specific = "Package: openssl\nPin: version 3.0.*\nPin-Priority: 900\n\n";
  EXPECT_EQ(priority(""), 500);
  EXPECT_EQ(priority(general), 50);
  EXPECT_EQ(priority(general + specific), 900);
  EXPECT_EQ(priority("Package: openssl\nPin: version 3.0.17*\nPin-Priority: -1\n\n" + specific), -1);
  EXPECT_EQ(priority("Package: openssl\nPin: version 1.*\nPin-Priority: -1\n\n" + general), 50);
}

TEST(AptPreferences, FormsOfRecords) {
  EXPECT_EQ(priority("Package: open* other\nPin: origin \"deb.debian.org\"\nPin-Priority: 7\n"), 7);
  EXPECT_EQ(priority("Package: /^open/\nPin: release a=stable-security, o=Debian\nPin-Priority: 8\n"), 8);
  EXPECT_EQ(priority("Package: /^open/\nPin: release a=stable-security, o=Ubuntu\nPin-Priority: 8\n"), 500);
  EXPECT_EQ(priority("Package: src:openssl\nPin: release n=bookworm*\nPin-Priority: 9\n"), 9);
  EXPECT_EQ(priority("Package: openssl:i386\nPin: release *\nPin-Priority: 9\n"), 500);
  EXPECT_EQ(priority("Explanation: x\nPackage: *\nPin: release c=main,v=12\nPin-Priority: 10\n"), 10);
  PinTarget backports = from_security();
  backports.not_automatic = true;
  EXPECT_EQ(priority("", backports), 1);
  backports.but_automatic_upgrades = true;
  EXPECT_EQ(priority("", backports), 100);
  EXPECT_EQ(priority_of({}, backports, "bookworm-security"), 990);
}

TEST(AptPreferences, CostlyPatternsAreRefusedAndCounted) {
  size_t refused = 0;
  const auto pins = parse_preferences(
      "Package: /((a{200}){200}){200}/\nPin: release *\nPin-Priority: 1\n\n"
      "Package: a*b*c*d*e*f*g*h*i*j*\nPin: release *\nPin-Priority: 1\n\n"
      "Package: x\nPin: release *\nPin-Priority: many\n\nPackage: y\nPin: release *\nPin-Priority: -10\n",
      &refused);
  EXPECT_EQ(refused, 3u);
  ASSERT_EQ(pins.size(), 1u);
  EXPECT_EQ(pins[0].priority, -10);
}

TEST(DpkgSystem, HoldsProvidesAndArchitectures) {
  const Files files(
      {{"var/lib/dpkg/status",
        "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
        "Package: exim4\nStatus: hold ok installed\nArchitecture: amd64\nVersion: 2\nProvides: mta, m (= 1)\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 3\n\n"},
       {"var/lib/dpkg/arch", "amd64\ni386\n"}});
  const DpkgSystem system = read_dpkg_system(files);
  ASSERT_EQ(system.packages.size(), 2u);
  EXPECT_TRUE(system.packages[1].held);
  EXPECT_EQ(system.native, "amd64");
  EXPECT_EQ(system.foreign, std::vector<std::string>{"i386"});
  EXPECT_EQ(unmet("mta, m:any (>= 1) | z, dpkg (>= 2), new (= 1) | newer, gone", system.names),
            (std::vector<std::string>{"new", "gone"}));
}

TEST(Changelog, IdsBetweenTwoVersions) {
  const std::string log =
      "openssl (3-3) s; urgency=high\n\n  * Fix CVE-2026-0003\n\n -- A <a@b>  Mon\n\n"
      "openssl (3-2) s; urgency=high\n\n  * CVE-2026-0002, CVE-2026-12345: x; CVE-26-1 CVE-2026-1\n\n -- A <a@b>  "
      "Mon\n\n"
      "openssl (3-1) s; urgency=high\n\n  * CVE-2026-0001\n";
  EXPECT_EQ(cves_between(log, "3-1", "3-2"), (std::vector<std::string>{"CVE-2026-0002", "CVE-2026-12345"}));
  EXPECT_EQ(cves_between(log, "3-1", "3-3").size(), 3u);
  EXPECT_TRUE(cves_between(log, "3-3", "3-3").empty());
}

TEST(Changelog, Urls) {
  EXPECT_EQ(changelog_url("https://h/@CHANGEPATH@_changelog", "main", "libxml2", "1:2-3"),
            "https://h/main/libx/libxml2/libxml2_2-3_changelog");
  EXPECT_EQ(changelog_url("https://h/@CHANGEPATH@/changelog", "updates/main", "openssl", "3"),
            "https://h/main/o/openssl/openssl_3/changelog");
  EXPECT_EQ(changelog_url("https://h/", "main", "a", "1"), "");
}

TEST(Files, WhichAreWanted) {
  for (const char* path :
       {"etc/apt/sources.list", "etc/apt/sources.list.d/debian.sources", "etc/apt/trusted.gpg.d/a.asc",
        "usr/share/keyrings/d.gpg", "var/lib/apt/lists/x_InRelease", "var/lib/dpkg/status",
        "var/lib/apt/lists/x_main_binary-amd64_Packages.lz4", "var/cache/apk/APKINDEX.12345678.tar.gz",
        "var/cache/dnf/baseos-1/repodata/1-updateinfo.xml.gz"})
    EXPECT_TRUE(wants_repository_file(path)) << path;
  for (const char* path : {"var/lib/apt/lists/x_Translation-en", "var/lib/apt/lists/partial/x_InRelease", "etc/passwd",
                           "var/cache/dnf/baseos-1/repodata/1-primary.xml.gz", "usr/share/keyrings/readme"})
    EXPECT_FALSE(wants_repository_file(path)) << path;
}

}  // namespace
}  // namespace plimsoll::repository

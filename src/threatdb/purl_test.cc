#include "threatdb/purl.h"

#include <gtest/gtest.h>

#include "threatdb/db_for_test.h"

namespace plimsoll::threatdb {
namespace {

struct PurlCase {
  const char *purl, *ecosystem, *name, *version, *source;
};

TEST(Purl, TypesNamespacesAndQualifiers) {
  const PurlCase cases[] = {
      {"pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl", "Debian:12", "libssl3",
       "3.0.11-1", "openssl"},
      {"pkg:deb/debian/openssl@3.0.11-1?arch=source&distro=bookworm", "Debian:12", "openssl", "3.0.11-1", "openssl"},
      {"pkg:deb/ubuntu/curl@7.81.0-1%2Bb1?distro=ubuntu-22.04", "Ubuntu:22.04:LTS", "curl", "7.81.0-1+b1", "curl"},
      {"pkg:deb/debian/openssl@1%3A2", "", "openssl", "1:2", "openssl"},
      {"pkg:apk/alpine/libssl1.1@1.1.1d-r0?distro=alpine-3.11.6&upstream=openssl", "Alpine:v3.11", "libssl1.1",
       "1.1.1d-r0", "openssl"},
      {"pkg:rpm/almalinux/curl@7.76.1-29.el9?epoch=2&distro=almalinux-9.3", "AlmaLinux:9", "curl", "2:7.76.1-29.el9",
       "curl"},
      {"pkg:npm/%40angular/core@1.2.3", "npm", "@angular/core", "1.2.3", "@angular/core"},
      {"pkg:npm/@angular/core@1.2.3", "npm", "@angular/core", "1.2.3", "@angular/core"},
      {"pkg:npm/lodash@4.17.20", "npm", "lodash", "4.17.20", "lodash"},
      {"pkg:pypi/Django@1.11.1", "PyPI", "Django", "1.11.1", "Django"},
      {"pkg:golang/github.com/gorilla/mux@v1.8.0#sub/path", "Go", "github.com/gorilla/mux", "v1.8.0",
       "github.com/gorilla/mux"},
      {"pkg:golang/stdlib@1.21.4", "Go", "stdlib", "1.21.4", "stdlib"},
      {"pkg:maven/org.apache.struts/struts2-core@2.3.1", "Maven", "org.apache.struts:struts2-core", "2.3.1",
       "org.apache.struts:struts2-core"},
      {"pkg:composer/twig/twig@1.0", "Packagist", "twig/twig", "1.0", "twig/twig"},
      {"pkg:cargo/tauri@1.0.0", "crates.io", "tauri", "1.0.0", "tauri"},
      {"pkg:gem/rails@5.0", "RubyGems", "rails", "5.0", "rails"},
      {"pkg:unheard/of@1", "", "of", "1", "of"},
  };
  for (const PurlCase& one : cases) {
    const auto package = package_of_purl(one.purl);
    ASSERT_TRUE(package.ok()) << one.purl;
    EXPECT_EQ(package->ecosystem, one.ecosystem) << one.purl;
    EXPECT_EQ(package->name, one.name) << one.purl;
    EXPECT_EQ(package->version, one.version) << one.purl;
    EXPECT_EQ(package->source_name, one.source) << one.purl;
  }
}

TEST(Purl, WhatIsNone) {
  for (const char* text :
       {"", "openssl", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/x", "pkg:npm/a%zz@1", "pkg:npm/a%00b@1", "http://a/b"}) {
    EXPECT_FALSE(package_of_purl(text).ok()) << text;
  }
  EXPECT_EQ(package_of_purl("pkg:npm/" + std::string(5000, 'a')).error().kind, ErrorKind::limit);
}

TEST(Purl, Query) {
  const TestFolder folder;
  const auto db = db_of(
      folder, {osv("GHSA-aaaa-aaaa-aaaa", "npm", "a", below("2.0.0"), R"("aliases":["CVE-2024-1"],)", "SEMVER"),
               osv("DEBIAN-CVE-2026-1", "Debian:12", "linux", below("6.1.176-1"), R"("upstream":["CVE-2026-1"],)")});
  ASSERT_TRUE(db.ok());
  const auto found = db->query("pkg:npm/a@1.0.0");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(triples(*found), (Strings{"CVE-2024-1 a 1.0.0"}));
  EXPECT_EQ(db->query("pkg:npm/a").error().kind, ErrorKind::malformed) << "no version, no answer";
  const auto kernel = db->query("pkg:deb/debian/linux@6.1.100-1?distro=debian-12");
  ASSERT_TRUE(kernel.ok());
  EXPECT_EQ(kernel->threats.size(), 1U) << "who asks for the kernel gets it";
  const auto unknown = db->query("pkg:deb/debian/openssl@3.0.11-1");
  ASSERT_TRUE(unknown.ok());
  EXPECT_EQ(unknown->not_assessed.size(), 1U) << "no release, no all-clear";
}

}  // namespace
}  // namespace plimsoll::threatdb

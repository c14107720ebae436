#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "repository/openpgp.h"
#include "repository/release_file.h"
#include "repository/signed_for_tests.h"
#include "repository/take_offers.h"

namespace plimsoll::repository {
namespace {

constexpr const char* lists = "var/lib/apt/lists/mirror.example_security_dists_bookworm-security_";

Package deb(const std::string& name, const std::string& version, const std::string& arch = "amd64") {
  Package package;
  package.type = PackageType::deb;
  package.name = package.source_name = name;
  package.version = package.source_version = version;
  package.arch = arch;
  return package;
}

const OsRelease bookworm{"debian", "12", "bookworm", "Debian 12", {}};
const std::vector<Package> installed{deb("openssl", "3.0.11-1"), deb("tzdata", "2025a-0", "all")};

std::map<std::string, std::string> tree() {
  return {
      {"etc/apt/sources.list", "deb [signed-by=/keys/a.asc] http://mirror.example/security bookworm-security main\n"},
      {"keys/a.asc", test_key},
      {"var/lib/dpkg/status",
       "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.11-1\n\n"
       "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2\n\n"
       "Package: tzdata\nStatus: hold ok installed\nArchitecture: all\nVersion: 2025a-0\n\n"},
      {std::string(lists) + "InRelease", test_in_release},
      {std::string(lists) + "main_binary-amd64_Packages", test_packages}};
}

Offered offers(std::map<std::string, std::string> files, std::map<std::string, std::string> host = {}, Fetch fetch = {},
               MayFetch may = {}) {
  const auto read_host = [&] {
    HostLists out;
    out.os = bookworm;
    out.files = Files(host);
    return out;
  };
  Sources sources(read_host, std::move(fetch), may);
  return take_offers(Files(std::move(files)), bookworm, installed, sources);
}

TEST(AptOffers, NewerVersionsOfASignedSuite) {
  const Offered got = offers(tree());
  ASSERT_EQ(got.lists.size(), 1u);
  EXPECT_TRUE(got.lists[0].verified) << got.lists[0].unverified;
  EXPECT_TRUE(got.lists[0].security);
  EXPECT_EQ(got.lists[0].found_in, "the tree");
  ASSERT_EQ(got.versions.size(), 2u);
  EXPECT_EQ(got.versions[0].package, "openssl");
  EXPECT_EQ(got.versions[0].version, "3.0.17-1");
  EXPECT_EQ(got.versions[0].new_packages, std::vector<std::string>{"libssl3"});
  EXPECT_EQ(got.versions[1].arch, "all");
  EXPECT_EQ(got.held, std::vector<std::string>{"tzdata"});
  EXPECT_TRUE(got.not_assessed.empty());
}

TEST(AptOffers, WhatIsNotVerifiedSaysWhy) {
  auto files = tree();
  files[std::string(lists) + "InRelease"] = test_in_release_of_another;
  EXPECT_NE(offers(files).lists.at(0).unverified.find("trusted"), std::string::npos);

  files = tree();
  std::string& message = files[std::string(lists) + "InRelease"];
  message.replace(message.find("Version: 12"), 11, "Version: 13");
  EXPECT_NE(offers(files).lists.at(0).unverified.find("does not fit"), std::string::npos);

  files = tree();
  std::string& packages = files[std::string(lists) + "main_binary-amd64_Packages"];
  packages.replace(packages.find("3.0.17-1"), 8, "3.0.18-1");
  const Offered changed = offers(files);
  EXPECT_NE(changed.lists.at(0).unverified.find("announces"), std::string::npos);
  EXPECT_EQ(changed.versions.size(), 2u);  // used, but told

  files = tree();
  files.erase("keys/a.asc");
  EXPECT_NE(offers(files).lists.at(0).unverified.find("no key"), std::string::npos);

  files = tree();
  files.erase(std::string(lists) + "InRelease");
  files[std::string(lists) + "Release"] = test_release;
  EXPECT_NE(offers(files).lists.at(0).unverified.find("not signed"), std::string::npos);
  files[std::string(lists) + "Release.gpg"] = test_release_signature;
  EXPECT_TRUE(offers(files).lists.at(0).verified);
}

TEST(AptOffers, SignedByFingerprintsLimitTheKeys) {
  auto files = tree();
  const auto with = [&](const std::string& signed_by) {
    files["etc/apt/sources.list"] =
        "deb [signed-by=" + signed_by + "] http://mirror.example/security bookworm-security main\n";
    return offers(files).lists.at(0).verified;
  };
  EXPECT_FALSE(with(test_key_fingerprint));  // that key is not among the trusted ones yet
  files["etc/apt/trusted.gpg.d/t.asc"] = test_key;
  EXPECT_TRUE(with(test_key_fingerprint));
  EXPECT_TRUE(with(lower(test_key_fingerprint) + "!"));
  EXPECT_FALSE(with("0123456789012345678901234567890123456789"));
}

TEST(AptOffers, ListsOfTheHostServeTreesOfItsRelease) {
  auto files = tree();
  for (const char* name : {"InRelease", "main_binary-amd64_Packages"}) files.erase(std::string(lists) + name);
  const Offered alone = offers(files);
  ASSERT_EQ(alone.not_assessed.size(), 1u);
  EXPECT_EQ(alone.not_assessed[0].what, "pending security updates");
  EXPECT_TRUE(alone.versions.empty());
  const Offered helped = offers(files, tree());
  EXPECT_TRUE(helped.not_assessed.empty());
  ASSERT_EQ(helped.versions.size(), 2u);
  EXPECT_EQ(helped.lists[0].found_in, "the host");
}

// The same tree with lists of the distribution itself, which nobody signed.
std::map<std::string, std::string> tree_with_main() {
  auto files = tree();
  const std::string main = "var/lib/apt/lists/mirror.example_debian_dists_bookworm_";
  files["etc/apt/sources.list"] += "deb http://mirror.example/debian bookworm main\n";
  files[main + "Release"] = "Origin: Debian\nLabel: Debian\nSuite: stable\nCodename: bookworm\n";
  files[main + "main_binary-amd64_Packages"] =
      "Package: libc6\nVersion: 3\nArchitecture: amd64\n\nPackage: openssl\nVersion: 3.0.18-1\nArchitecture: amd64\n\n";
  return files;
}
const char* const up_to_date =
    "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 3.0.17-1\n\n"
    "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2\n\n";

TEST(AptOffers, OtherSuitesCountForWhatIsPending) {
  auto files = tree_with_main();
  const Offered got = offers(files);
  ASSERT_EQ(got.lists.size(), 2u);
  EXPECT_FALSE(got.lists[1].security);
  EXPECT_NE(got.lists[1].unverified.find("not signed"), std::string::npos);
  ASSERT_EQ(got.versions.size(), 3u);  // nothing of libc6, which no security suite has
  EXPECT_EQ(got.versions[1].package, "openssl");
  EXPECT_EQ(got.versions[1].version, "3.0.18-1");
  EXPECT_EQ(got.versions[1].list, 1u);

  files["var/lib/dpkg/status"] = up_to_date;
  const Offered none = offers(files);
  EXPECT_EQ(none.lists.size(), 1u);
  EXPECT_TRUE(none.versions.empty());
  EXPECT_TRUE(none.not_assessed.empty());

  files.erase("var/lib/apt/lists/mirror.example_debian_dists_bookworm_Release");
  EXPECT_EQ(offers(files).not_assessed.at(0).reason, "are not there");
}

TEST(AptOffers, ASecuritySuiteThatDeniesItIsChecked) {
  auto files = tree_with_main();
  files["etc/apt/sources.list"] += "deb http://mirror.example/more other-security main\n";
  const std::string other = "var/lib/apt/lists/mirror.example_more_dists_other-security_";
  files[other + "Release"] = "Origin: Debian\nLabel: Debian\nSuite: stable\nCodename: other\n";
  files[other + "main_binary-amd64_Packages"] = "Package: x\nVersion: 3\nArchitecture: amd64\n\n";
  const Offered got = offers(files);
  ASSERT_EQ(got.lists.size(), 3u);
  EXPECT_EQ(got.lists[1].codename, "other");
  EXPECT_FALSE(got.lists[1].security);
  EXPECT_FALSE(got.lists[1].verified);
}

TEST(AptOffers, ListsOfTheHostAreReadAsFarAsTheyMatter) {
  const Files files(tree_with_main());
  const InstalledVersions pending{{"openssl", "3.0.11-1"}}, none{{"openssl", "3.0.17-1"}, {"libc6", "2"}};
  const AptLists first = read_host_lists(files, {.installed = none});
  EXPECT_FALSE(first.whole);
  EXPECT_EQ(first.lists.size(), 1u);
  EXPECT_EQ(first.entries.size(), 2u);
  EXPECT_TRUE(any_pending(first, pending));
  EXPECT_FALSE(any_pending(first, none));
  for (const HostWish& wish : {HostWish{.installed = pending}, HostWish{.installed = none, .all_suites = true}}) {
    const AptLists whole = read_host_lists(files, wish);
    EXPECT_TRUE(whole.whole);
    EXPECT_EQ(whole.lists.size(), 2u);
    EXPECT_EQ(whole.entries.size(), 3u);
  }
  EXPECT_EQ(read_host_lists(files, {.installed = pending, .only_these = true}).entries.size(), 2u);
}

TEST(AptOffers, ListsAreReadByNameWhereTheTreeCanBe) {
  auto held = tree();
  const std::string index = std::string(lists) + "main_binary-amd64_Packages";
  ASSERT_TRUE(is_package_index(index));
  ASSERT_TRUE(wants_repository_file(index));
  char name[] = "/tmp/plimsoll-lists-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(name);
  std::filesystem::create_directories((folder / index).parent_path());
  std::ofstream(folder / index) << held[index];
  held.erase(index);
  const auto root = rootfs::open_directory(folder);
  ASSERT_TRUE(root.ok());
  Sources sources({}, {}, {});
  const Offered got = take_offers(Files(held, root->get()), bookworm, installed, sources);
  EXPECT_TRUE(got.lists.at(0).verified) << got.lists[0].unverified;
  EXPECT_EQ(got.versions.size(), 2u);
  std::filesystem::remove_all(folder);
}

TEST(AptOffers, FetchesWhatTheSourcesNameOnce) {
  auto files = tree();
  for (const char* name : {"InRelease", "main_binary-amd64_Packages"}) files.erase(std::string(lists) + name);
  std::vector<std::string> asked;
  const std::string base = "http://mirror.example/security/dists/bookworm-security/";
  const Fetch fetch = [&](const std::string& url, size_t) -> Result<std::optional<std::string>> {
    asked.push_back(url);
    if (url == base + "InRelease") return std::optional<std::string>(test_in_release);
    if (url == base + "main/binary-amd64/Packages") return std::optional<std::string>(test_packages);
    return std::optional<std::string>();
  };
  const Offered got = offers(files, {}, fetch, {.repositories = true});
  EXPECT_EQ(got.versions.size(), 2u);
  EXPECT_EQ(got.lists.at(0).found_in, "the network");
  EXPECT_EQ(asked.size(), 2u);
  files["etc/apt/sources.list"] = "deb file:/etc bookworm-security main\n";
  const Offered refused = offers(files, {}, fetch, {.repositories = true});
  EXPECT_EQ(asked.size(), 2u);
  EXPECT_EQ(refused.not_assessed.size(), 2u);
}

TEST(AptOffers, ChangelogsNameCves) {
  const Fetch fetch = [&](const std::string& url, size_t) -> Result<std::optional<std::string>> {
    if (url == "https://metadata.ftp-master.debian.org/changelogs/main/o/openssl/openssl_3.0.17-1_changelog")
      return std::optional<std::string>("openssl (3.0.17-1) s; u\n\n  * CVE-2026-0001\n\nopenssl (3.0.11-1) s; u\n");
    return Error{ErrorKind::unreachable, "no route"};
  };
  const Offered got = offers(tree(), {}, fetch, {.changelogs = true});
  EXPECT_EQ(got.versions.at(0).cves, std::vector<std::string>{"CVE-2026-0001"});
  ASSERT_EQ(got.not_assessed.size(), 1u);
  EXPECT_EQ(got.not_assessed[0].what, "CVE ids of pending updates");
}

TEST(AptOffers, PinsGivePriorities) {
  auto files = tree();
  files["etc/apt/preferences.d/away"] = "Package: openssl\nPin: release l=Debian-Security\nPin-Priority: -1\n";
  files["etc/apt/preferences.d/backup.bak"] = "Package: *\nPin: release *\nPin-Priority: 7\n";
  const Offered got = offers(files);
  EXPECT_EQ(got.versions.at(0).priority, -1);
  EXPECT_EQ(got.versions.at(1).priority, 500);
}

TEST(ReleaseFile, OnlyOneMessageStandsInAClearSignedFile) {
  EXPECT_EQ(split_clearsigned(test_in_release).value_or(""), test_release);
  const std::string message = test_in_release;
  EXPECT_FALSE(split_clearsigned("x\n" + message).ok());
  EXPECT_FALSE(split_clearsigned(message + "Origin: Evil\n").ok());
  EXPECT_FALSE(split_clearsigned(message + message).ok());
  EXPECT_FALSE(split_clearsigned(test_release).ok());
}

TEST(ReleaseFile, FieldsAndDates) {
  const auto release = parse_release(test_release);
  ASSERT_TRUE(release.ok());
  EXPECT_EQ(release->codename, "bookworm-security");
  EXPECT_EQ(format_rfc3339(*release->valid_until), "2026-11-29T19:58:56Z");
  EXPECT_EQ(release->hashes.at("main/binary-amd64/Packages").size, std::string_view(test_packages).size());
  EXPECT_EQ(format_rfc3339(*parse_release_date("Sat, 1 Feb 2025  9:05:07 UTC")), "2025-02-01T09:05:07Z");
  EXPECT_FALSE(parse_release_date("Sat, 1 Feb 2025 09:05:07 CET"));
  EXPECT_FALSE(parse_release("nothing").ok());
}

}  // namespace
}  // namespace plimsoll::repository

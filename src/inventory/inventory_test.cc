#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <set>

#include "inventory/catalogers.h"
#include "inventory/os_release.h"
#include "inventory/purl.h"
#include "inventory/take_inventory.h"
#include "inventory/tree_for_tests.h"

namespace plimsoll::inventory {
namespace {

constexpr const char* debian_12 =
    "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n";

std::string status_of(const std::vector<std::pair<std::string, std::string>>& packages) {
  std::string out;
  for (const auto& [name, version] : packages)
    out +=
        "Package: " + name +
        "\nMaintainer: T <t@lists.debian.org>\nStatus: install ok installed\nArchitecture: amd64\nVersion: " + version +
        "\n\n";
  return out;
}

const Package* find(const Inventory& inventory, std::string_view name, std::string_view version = {}) {
  for (const Package& package : inventory.packages) {
    if (package.name == name && (version.empty() || package.version == version)) return &package;
  }
  return nullptr;
}

Taken take(rootfs::Tree& tree) {
  auto taken = take_inventory(tree);
  EXPECT_TRUE(taken.ok());
  return std::move(taken).value();
}

bool mentions(const Inventory& inventory, std::string_view words) {
  return std::ranges::any_of(inventory.not_assessed, [&](const Incomplete& row) {
    return (row.what + " | " + row.reason).find(words) != std::string::npos;
  });
}

TEST(TakeInventory, NamesEcosystemAndPurlByTheOperatingSystem) {
  auto tree = rootfs::memory_tree({{"usr/lib/os-release", debian_12},
                                   {"var/lib/dpkg/status",
                                    "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\n"
                                    "Multi-Arch: same\nSource: glibc (2.36-9)\nVersion: 2.36-9+b1\n"}});
  const Inventory inventory = take(*tree).inventory;
  ASSERT_EQ(inventory.packages.size(), 1u);
  const Package& libc = inventory.packages[0];
  EXPECT_EQ(libc.ecosystem, "Debian:12");
  EXPECT_EQ(libc.source_name, "glibc");
  EXPECT_EQ(libc.source_version, "2.36-9");
  EXPECT_EQ(libc.purl, "pkg:deb/debian/libc6@2.36-9%2Bb1?arch=amd64&distro=debian-12&upstream=glibc%402.36-9");
  EXPECT_EQ(libc.locations, std::vector<std::string>{"var/lib/dpkg/status"});
  EXPECT_TRUE(inventory.not_assessed.empty());
  EXPECT_EQ(inventory.entries, 2u);
}

TEST(TakeInventory, OriginIsTheLowestLayerThatBroughtAndKeptThePackage) {
  LayeredTree tree(
      {{{"etc/os-release", {debian_12}}, {"var/lib/dpkg/status", {status_of({{"a", "1"}, {"b", "1"}, {"c", "1"}})}}},
       {{"var/lib/dpkg/status", {status_of({{"a", "1"}, {"b", "2"}})}}},
       {{"var/lib/dpkg/status", {status_of({{"a", "1"}, {"b", "2"}, {"c", "1"}, {"d", "1"}})}}}});
  const Inventory inventory = take(tree).inventory;
  ASSERT_EQ(inventory.packages.size(), 4u);
  EXPECT_EQ(find(inventory, "a")->layer.value, "sha256:layer0");
  EXPECT_EQ(find(inventory, "b")->layer.value, "sha256:layer1");
  EXPECT_EQ(find(inventory, "c")->layer.value, "sha256:layer2") << "removed in between, so layer 2 brought it";
  EXPECT_EQ(find(inventory, "d")->layer.value, "sha256:layer2");
}

TEST(TakeInventory, HiddenFilesDoNotCount) {
  LayeredTree tree({{{"etc/os-release", {debian_12}},
                     {"var/lib/dpkg/status", {status_of({{"a", "1"}})}},
                     {"app/node_modules/x/package.json", {R"({"name":"x","version":"1.0.0"})"}},
                     {"app/node_modules/y/package.json", {"broken"}},
                     {"usr/bin/su", {"", 04755}}},
                    {{"app/node_modules/z/package.json", {R"({"name":"z","version":"1.0.0"})"}}}});
  EXPECT_TRUE(take(tree).setuid_files.is(true));
  EXPECT_TRUE(mentions(take(tree).inventory, "app/node_modules/y/package.json | is not JSON"));
  tree.remove(1, "app/node_modules/x/package.json");
  tree.remove(1, "app/node_modules/y/package.json");
  tree.remove(1, "usr/bin/su");
  const Taken taken = take(tree);
  EXPECT_EQ(find(taken.inventory, "x"), nullptr);
  ASSERT_NE(find(taken.inventory, "z"), nullptr);
  EXPECT_EQ(find(taken.inventory, "z")->layer.value, "sha256:layer1");
  EXPECT_TRUE(taken.inventory.not_assessed.empty());
  EXPECT_TRUE(taken.setuid_files.is(false));
}

TEST(TakeInventory, ModesThatAreNotKnownAreNotFine) {
  LayeredTree tree({{{"usr/bin/su", {"", 0}}}});
  EXPECT_FALSE(take(tree).setuid_files.known());
}

TEST(TakeInventory, SilenceIsNeverSafety) {
  auto nothing = rootfs::memory_tree({{"bin/tool", "x"}});
  EXPECT_TRUE(mentions(take(*nothing).inventory, "neither an operating system's package database nor"));
  auto no_database = rootfs::memory_tree({{"etc/os-release", "ID=gentoo\n"}});
  EXPECT_TRUE(mentions(take(*no_database).inventory, "operating system packages of gentoo"));
  auto no_release = rootfs::memory_tree({{"var/lib/dpkg/status", status_of({{"a", "1"}})}});
  EXPECT_TRUE(mentions(take(*no_release).inventory, "operating system release"));
  auto broken = rootfs::memory_tree({{"etc/os-release", debian_12},
                                     {"var/lib/dpkg/status",
                                      "\x7f"
                                      "ELF rubbish\nmore\n"}});
  EXPECT_TRUE(mentions(take(*broken).inventory, "dpkg status var/lib/dpkg/status"));
}

TEST(TakeInventory, LanguagePackagesOfAnOsPackageAreOwned) {
  const std::string metadata = "Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0\n\ntext\n";
  auto tree = rootfs::memory_tree({{"etc/os-release", debian_12},
                                   {"var/lib/dpkg/status", status_of({{"python3-yaml", "6.0-3"}})},
                                   {"var/lib/dpkg/info/python3-yaml:amd64.list",
                                    "/.\n/usr\n/usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA\n"},
                                   {"usr/lib/python3/dist-packages/PyYAML-6.0.dist-info/METADATA", metadata},
                                   {"usr/local/lib/python3.11/site-packages/PyYAML-6.0.dist-info/METADATA", metadata}});
  const Inventory inventory = take(*tree).inventory;
  ASSERT_EQ(inventory.packages.size(), 3u);
  EXPECT_EQ(inventory.packages[0].name, "python3-yaml");
  EXPECT_EQ(inventory.packages[1].owned_by, "python3-yaml");
  EXPECT_EQ(inventory.packages[1].purl, "pkg:pypi/pyyaml@6.0");
  EXPECT_EQ(inventory.packages[1].name, "PyYAML");
  EXPECT_EQ(inventory.packages[2].owned_by, "");
}

TEST(TakeInventory, WhatAnOsPackageAnswersForLeavesNoGap) {
  auto tree = rootfs::memory_tree({{"etc/os-release", debian_12},
                                   {"var/lib/dpkg/status", status_of({{"node-x", "1"}})},
                                   {"var/lib/dpkg/info/node-x.list", "/usr/share/nodejs/x/package.json\n"},
                                   {"usr/share/nodejs/x/package.json", "broken"},
                                   {"usr/share/nodejs/y/package.json", "broken"}});
  const Inventory inventory = take(*tree).inventory;
  EXPECT_FALSE(mentions(inventory, "usr/share/nodejs/x"));
  EXPECT_TRUE(mentions(inventory, "usr/share/nodejs/y"));
}

TEST(TakeInventory, AVendorsOwnPackageAnswersForNothing) {
  auto tree = rootfs::memory_tree({{"etc/os-release", debian_12},
                                   {"var/lib/dpkg/status",
                                    "Package: nodejs\nStatus: install ok installed\nMaintainer: N "
                                    "<support@nodesource.com>\nVersion: 20.1-1nodesource1\n"},
                                   {"var/lib/dpkg/info/nodejs.list", "/usr/lib/node_modules/npm/package.json\n"},
                                   {"usr/lib/node_modules/npm/package.json", R"({"name":"npm","version":"9.6.4"})"}});
  const Inventory inventory = take(*tree).inventory;
  ASSERT_NE(find(inventory, "npm"), nullptr);
  EXPECT_EQ(find(inventory, "npm")->owned_by, "");
}

TEST(TakeInventory, ALockFileYieldsToTheInstalledTreeBesideIt) {
  const std::string lock =
      R"({"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0"}}})";
  auto tree = rootfs::memory_tree({{"app/package-lock.json", lock},
                                   {"app/node_modules/a/package.json", R"({"name":"a","version":"1.0.1"})"},
                                   {"other/package-lock.json", lock}});
  const Inventory inventory = take(*tree).inventory;
  ASSERT_EQ(inventory.packages.size(), 3u);
  EXPECT_EQ(find(inventory, "a", "1.0.0")->locations, std::vector<std::string>{"other/package-lock.json"});
  EXPECT_NE(find(inventory, "a", "1.0.1"), nullptr);
  EXPECT_EQ(find(inventory, "b")->locations, std::vector<std::string>{"other/package-lock.json"});
}

TEST(TakeInventory, TheSamePackageInTwoPlacesIsOne) {
  const std::string json = R"({"name":"@s/a","version":"1.0.0"})";
  auto tree = rootfs::memory_tree(
      {{"app/node_modules/@s/a/package.json", json}, {"app/node_modules/b/node_modules/@s/a/package.json", json}});
  const Inventory inventory = take(*tree).inventory;
  ASSERT_EQ(inventory.packages.size(), 1u);
  EXPECT_EQ(inventory.packages[0].locations.size(), 2u);
  EXPECT_EQ(inventory.packages[0].purl, "pkg:npm/%40s/a@1.0.0");
}

TEST(TakeInventory, AForeignDatabaseIsNotTheDistributionsOwn) {
  auto tree = rootfs::memory_tree({{"etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n"},
                                   {"var/lib/dpkg/status", status_of({{"a", "1"}})},
                                   {"lib/apk/db/installed", "P:musl\nV:1.2.4-r1\nA:x86_64\n\n"}});
  const Inventory inventory = take(*tree).inventory;
  EXPECT_EQ(find(inventory, "a")->ecosystem, "");
  EXPECT_EQ(find(inventory, "musl")->ecosystem, "Alpine:v3.18");
}

TEST(TakeInventory, MessagesHoldNoControlCharacters) {
  auto tree = rootfs::memory_tree({{"app\n\x1b[31m/node_modules/y/package.json", "broken"}});
  const Inventory inventory = take(*tree).inventory;
  ASSERT_FALSE(inventory.not_assessed.empty());
  for (const Incomplete& row : inventory.not_assessed) {
    EXPECT_EQ(row.what.find('\n'), std::string::npos);
    EXPECT_EQ(row.what.find('\x1b'), std::string::npos);
  }
}

TEST(TakeInventory, TheOrderOfTheWalkDoesNotMatter) {
  const std::vector<std::pair<std::string, std::string>> files{
      {"etc/os-release", debian_12},
      {"var/lib/dpkg/status", status_of({{"b", "1"}, {"a", "2"}, {"a", "1"}})},
      {"n/node_modules/q/package.json", R"({"name":"q","version":"1.0.0"})"}};
  auto first = rootfs::memory_tree(files);
  auto second = rootfs::memory_tree({files.rbegin(), files.rend()});
  EXPECT_EQ(take(*first).inventory, take(*second).inventory);
}

TEST(TakeInventory, KeepsTheFilesThatACallerWants) {
  LayeredTree tree({{{"etc/os-release", {debian_12}}, {"etc/apt/a", {"below"}}, {"etc/apt/b", {"gone"}}},
                    {{"etc/apt/a", {"above"}}, {"etc/other", {"x"}}}});
  tree.remove(1, "etc/apt/b");
  const auto taken = take_inventory(tree, {}, [](std::string_view path) {
    return path.starts_with("etc/apt/") || path == "etc/os-release" ? Keep::whole : Keep::no;
  });
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->kept, (std::map<std::string, std::string>{{"etc/apt/a", "above"}, {"etc/os-release", debian_12}}));
  EXPECT_EQ(taken->inventory.os->id, "debian");  // a file that two want is read once and serves both
}

TEST(TakeInventory, LargeFilesMayBeKeptPacked) {
  std::string text;
  while (text.size() < (size_t{5} << 20)) text += "Package: p" + std::to_string(text.size()) + "\n\n";
  const auto tree = rootfs::memory_tree({{"large", text}, {"small", "x"}, {"whole", text}});
  const auto taken =
      take_inventory(*tree, {}, [](std::string_view path) { return path == "whole" ? Keep::whole : Keep::packed; });
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->kept.at("whole"), text);
  EXPECT_EQ(taken->kept.at("small"), "x");
  const std::string& packed = taken->kept.at("large");
  EXPECT_LT(packed.size(), text.size() / 2);
  std::string back(text.size() + 1, '\0');
  back.resize(ZSTD_decompress(back.data(), back.size(), packed.data(), packed.size()));
  EXPECT_EQ(back, text);
}

TEST(Catalogers, HaveNamesOfTheirOwn) {
  for (const Cataloger& a : catalogers()) {
    EXPECT_EQ(std::ranges::count_if(catalogers(), [&](const Cataloger& b) { return a.name == b.name; }), 1);
  }
}

// By its own test alone each path would be wanted: the letters of its row must not keep it from being asked.
TEST(Catalogers, AreAskedForEveryFileOfTheirs) {
  const std::vector<std::string> paths = {"etc/os-release",
                                          "usr/lib/os-release",
                                          "etc/alpine-release",
                                          "etc/redhat-release",
                                          "etc/centos-release",
                                          "etc/debian_version",
                                          "var/lib/dpkg/status",
                                          "var/lib/dpkg/status.d/x1",
                                          "var/lib/dpkg/info/libc6:amd64.list",
                                          "lib/apk/db/installed",
                                          "usr/lib/apk/db/installed",
                                          "var/lib/rpm/rpmdb.sqlite",
                                          "var/lib/rpm/Packages.db",
                                          "var/lib/rpm/Packages",
                                          "usr/lib/sysimage/rpm/rpmdb.sqlite",
                                          "var/lib/rpm/rpmdb.sqlite-wal",
                                          "app/node_modules/a/package.json",
                                          "app/package-lock.json",
                                          "app/npm-shrinkwrap.json",
                                          "app/yarn.lock",
                                          "app/pnpm-lock.yaml",
                                          "l/a.dist-info/METADATA",
                                          "l/a.egg-info/PKG-INFO",
                                          "l/EGG-INFO/PKG-INFO",
                                          "l/a.egg-info",
                                          "opt/server"};
  std::set<std::string_view> met;
  for (const std::string& path : paths) {
    const rootfs::Entry entry{.path = path, .size = 1 << 20, .mode = 0755, .link_target = {}};
    const auto all = catalogers();
    const auto first = std::ranges::find_if(all, [&](const Cataloger& row) { return row.wants(entry); });
    ASSERT_NE(first, all.end()) << path;
    ASSERT_NE(cataloger_for(entry), nullptr) << path;
    EXPECT_EQ(cataloger_for(entry)->name, first->name) << path;
    met.insert(first->name);
  }
  EXPECT_EQ(met.size(), catalogers().size());
}

TEST(OsRelease, ReadsQuotesEscapesAndComments) {
  const auto os = parse_os_release(
      "# c\nNAME=x\nID='rocky'\nVERSION_ID=9.3\r\nPRETTY_NAME=\"a \\\"b\\\"\"\nID_LIKE=\"rhel centos fedora\"\n");
  ASSERT_TRUE(os);
  EXPECT_EQ(os->id, "rocky");
  EXPECT_EQ(os->version_id, "9.3");
  EXPECT_EQ(os->pretty_name, "a \"b\"");
  EXPECT_EQ(os->id_like, (std::vector<std::string>{"rhel", "centos", "fedora"}));
  EXPECT_FALSE(parse_os_release("NAME=x\n"));
}

TEST(OsRelease, OlderFilesStandIn) {
  const auto centos = parse_redhat_release("CentOS Linux release 7.9.2009 (Core)\n");
  ASSERT_TRUE(centos);
  EXPECT_EQ(centos->id, "centos");
  EXPECT_EQ(centos->version_id, "7.9.2009");
  auto tree = rootfs::memory_tree({{"etc/alpine-release", "3.19.1\n"}, {"lib/apk/db/installed", "P:a\nV:1-r0\n"}});
  EXPECT_EQ(take(*tree).inventory.packages[0].ecosystem, "Alpine:v3.19");
  auto both = rootfs::memory_tree({{"etc/debian_version", "trixie/sid\n"}, {"usr/lib/os-release", "ID=debian\n"}});
  EXPECT_EQ(take(*both).inventory.os->codename, "") << "os-release outweighs debian_version";
}

TEST(Purl, EncodesWhatTheSpecificationAsks) {
  Package package;
  package.type = PackageType::rpm;
  package.name = package.source_name = "gcc-c++";
  package.version = "1:8.5.0-4.el8^git~1";
  package.source_version = package.version;
  package.arch = "x86_64";
  const OsRelease rocky{"rocky", "8.9", {}, {}, {}};
  EXPECT_EQ(purl_of(package, rocky),
            "pkg:rpm/rocky/gcc-c%2B%2B@8.5.0-4.el8%5Egit~1?arch=x86_64&distro=rocky-8.9&epoch=1");
  package.type = PackageType::golang;
  package.name = "github.com/Azure/x y";
  package.version = "v1.0.0+incompatible";
  EXPECT_EQ(purl_of(package, std::nullopt), "pkg:golang/github.com/azure/x%20y@v1.0.0%2Bincompatible");
}

}  // namespace
}  // namespace plimsoll::inventory

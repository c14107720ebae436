#include <gtest/gtest.h>

#include "inventory/lock_files.h"
#include "inventory/npm_package.h"
#include "inventory/origin.h"
#include "inventory/python.h"

namespace plimsoll::inventory {
namespace {

std::string list(const Result<Found>& found) {
  if (!found.ok()) return "error: " + found.error().message;
  std::string out;
  for (const Package& package : found->packages) out += package.name + "@" + package.version + " ";
  if (!found->not_assessed.empty()) out += "+" + std::to_string(found->not_assessed.size());
  return out;
}

bool wanted(bool (*wants)(const rootfs::Entry&), std::string_view path) {
  return wants({.path = path, .link_target = {}});
}

TEST(NpmPackage, OnlyDirectlyBelowNodeModules) {
  EXPECT_TRUE(wanted(wants_npm_package, "node_modules/a/package.json"));
  EXPECT_TRUE(wanted(wants_npm_package, "app/node_modules/@s/a/package.json"));
  EXPECT_TRUE(wanted(wants_npm_package, "app/node_modules/b/node_modules/a/package.json"));
  EXPECT_TRUE(wanted(wants_npm_package, "usr/share/nodejs/a/package.json"));
  EXPECT_TRUE(wanted(wants_npm_package, "usr/share/nodejs/@s/a/package.json"));
  EXPECT_FALSE(wanted(wants_npm_package, "app/package.json"));
  EXPECT_FALSE(wanted(wants_npm_package, "package.json"));
  EXPECT_FALSE(wanted(wants_npm_package, "app/node_modules/a/lib/package.json"));
  EXPECT_FALSE(wanted(wants_npm_package, "app/node_modules/@s/a/dist/package.json"));
  EXPECT_FALSE(wanted(wants_npm_package, "node_modules/package.json"));
}

TEST(NpmPackage, ReadsNameAndVersion) {
  EXPECT_EQ(list(parse_package_json("\xEF\xBB\xBF{\"version\": \"1.2.3\", \"name\": \"@a/b\"}")), "@a/b@1.2.3 ");
  EXPECT_EQ(list(parse_package_json("{\"name\":\"a\"}")), "error: gives no version");
  EXPECT_EQ(list(parse_package_json("{\"name\":5,\"version\":\"1\"}")), "error: gives no name");
  EXPECT_EQ(list(parse_package_json("[]")), "error: gives no name");
  EXPECT_EQ(list(parse_package_json("")), "error: is not JSON");
  EXPECT_EQ(list(parse_package_json(std::string(100'000, '['))), "error: is not JSON");
  EXPECT_FALSE(parse_package_json("{\"name\":\"" + std::string(max_field + 1, 'a') + "\",\"version\":\"1\"}").ok());
}

TEST(NpmLock, Version3LeavesOutDevelopmentLinksAndTheProject) {
  EXPECT_EQ(list(parse_npm_lock(R"({"lockfileVersion":3,"packages":{
    "":{"name":"app","version":"0.0.1"},
    "node_modules/a":{"version":"1.0.0"},
    "node_modules/dev":{"version":"1.0.0","dev":true},
    "node_modules/opt":{"version":"1.0.0","optional":true},
    "node_modules/link":{"resolved":"packages/link","link":true},
    "packages/link":{"version":"9.0.0"},
    "node_modules/alias":{"name":"@real/name","version":"2.0.0"},
    "node_modules/a/node_modules/@s/b":{"version":"3.0.0-rc.1"},
    "node_modules/git":{"version":"git+ssh://x"}}})")),
            "a@1.0.0 opt@1.0.0 @real/name@2.0.0 @s/b@3.0.0-rc.1 +1");
}

TEST(NpmLock, Version1Nests) {
  EXPECT_EQ(list(parse_npm_lock(R"({"lockfileVersion":1,"dependencies":{
    "a":{"version":"1.0.0","dependencies":{"b":{"version":"2.0.0"}}},
    "dev":{"version":"1.0.0","dev":true},
    "alias":{"version":"npm:@real/x@4.0.0"},
    "git":{"version":"github:a/b#c"}}})")),
            "a@1.0.0 b@2.0.0 @real/x@4.0.0 +1");
}

TEST(NpmLock, DeepNestingIsBoundedAndSaid) {
  std::string text = "{\"dependencies\":";
  constexpr int depth = 200;
  for (int i = 0; i < depth; ++i) text += "{\"a\":{\"version\":\"1.0.0\",\"dependencies\":";
  text += "{}";
  for (int i = 0; i < depth; ++i) text += "}}";
  text += "}";
  const auto found = parse_npm_lock(text);
  ASSERT_TRUE(found.ok());
  EXPECT_LT(found->packages.size(), 100u);
  EXPECT_EQ(found->not_assessed.size(), 1u);
  EXPECT_FALSE(parse_npm_lock("{").ok());
  EXPECT_FALSE(parse_npm_lock("[]").ok());
}

TEST(YarnLock, ReadsBothForms) {
  EXPECT_EQ(
      list(parse_yarn_lock(
          "# yarn lockfile v1\n\n\"@b/c@^7.0.0\", \"@b/c@^7.1.0\":\n  version \"7.5.5\"\n  resolved \"https://x\"\n"
          "  dependencies:\n    version \"9\"\n\nlodash@^4:\n  version \"4.17.20\"\n\n\"al@npm:real@^1\":\n  version "
          "\"1.1.0\"\n")),
      "@b/c@7.5.5 lodash@4.17.20 real@1.1.0 ");
  EXPECT_EQ(list(parse_yarn_lock("__metadata:\n  version: 6\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  "
                                 "resolution: \"app@workspace:.\"\n\n"
                                 "\"@s/a@npm:^1.0.0, @s/a@npm:^1.1.0\":\n  version: 1.2.0\n  resolution: "
                                 "\"@s/a@npm:1.2.0\"\n  languageName: node\n")),
            "@s/a@1.2.0 ");
  EXPECT_EQ(list(parse_yarn_lock("rubbish")), "error: is not a yarn lock file");
}

TEST(PnpmLock, ReadsItsThreeKeyForms) {
  EXPECT_EQ(list(parse_pnpm_lock("lockfileVersion: 5.4\n\npackages:\n\n  /@s/a/1.0.0_react@17.0.2:\n    resolution: "
                                 "{integrity: x}\n    dev: false\n\n"
                                 "  /b/2.0.0:\n    dev: true\n\n  /c/3.0.0:\n    resolution: {}\n")),
            "@s/a@1.0.0 c@3.0.0 ");
  EXPECT_EQ(list(parse_pnpm_lock("lockfileVersion: '6.0'\npackages:\n\n  /@s/a@1.0.0(react@17.0.2):\n    dev: "
                                 "false\n\n  /b@2.0.0:\n    dev: true\n")),
            "@s/a@1.0.0 ");
  EXPECT_EQ(list(parse_pnpm_lock("lockfileVersion: '9.0'\npackages:\n\n  '@s/a@1.0.0':\n    engines: {}\n\n  "
                                 "b@2.0.0:\n    x: y\n\nsnapshots:\n\n  q@1.0.0: {}\n")),
            "@s/a@1.0.0 b@2.0.0 ");
  EXPECT_FALSE(parse_pnpm_lock("rubbish").ok());
}

TEST(LockFiles, InsideNodeModulesTheyAreNobodysInstallation) {
  EXPECT_TRUE(wanted(wants_npm_lock, "package-lock.json"));
  EXPECT_TRUE(wanted(wants_npm_lock, "srv/app/npm-shrinkwrap.json"));
  EXPECT_FALSE(wanted(wants_npm_lock, "srv/my-package-lock.json"));
  EXPECT_FALSE(wanted(wants_npm_lock, "srv/node_modules/a/package-lock.json"));
  EXPECT_TRUE(wanted(wants_yarn_lock, "a/yarn.lock"));
  EXPECT_FALSE(wanted(wants_yarn_lock, "a/node_modules/b/yarn.lock"));
  EXPECT_TRUE(wanted(wants_pnpm_lock, "pnpm-lock.yaml"));
}

TEST(Python, ReadsHeadersOnly) {
  EXPECT_EQ(list(parse_python_metadata(
                "Metadata-Version: 2.1\r\nName: zope.Interface\r\nVersion: 5.4.0\r\n\r\nName: no\r\n")),
            "zope.Interface@5.4.0 ");
  EXPECT_EQ(list(parse_python_metadata("Metadata-Version: 1.0\nSummary: x\n Version: 9\nversion: 1!2.0\nNAME: a\n")),
            "a@1!2.0 ");
  EXPECT_FALSE(parse_python_metadata("Name: a\n\nVersion: 1\n").ok());
  EXPECT_FALSE(parse_python_metadata("").ok());
  EXPECT_FALSE(parse_python_metadata("Name: " + std::string(max_field + 1, 'x') + "\nVersion: 1\n").ok());
}

TEST(Python, KnowsWhereMetadataStands) {
  EXPECT_TRUE(wanted(wants_python_metadata, "usr/lib/python3/dist-packages/a-1.dist-info/METADATA"));
  EXPECT_TRUE(wanted(wants_python_metadata, "usr/lib/python3/dist-packages/a.egg-info/PKG-INFO"));
  EXPECT_TRUE(wanted(wants_python_metadata, "opt/a.egg/EGG-INFO/PKG-INFO"));
  EXPECT_TRUE(wanted(wants_python_egg_file, "usr/lib/python3/dist-packages/a-1.egg-info"));
  EXPECT_FALSE(wanted(wants_python_metadata, "usr/share/doc/METADATA"));
}

TEST(Origin, TellsTheDistributionFromVendors) {
  EXPECT_TRUE(is_distribution_maintainer("Debian Go Packaging Team <team+pkg-go@tracker.debian.org>"));
  EXPECT_TRUE(is_distribution_maintainer("Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>"));
  EXPECT_TRUE(is_distribution_maintainer("A B <ab@debian.org>"));
  EXPECT_FALSE(is_distribution_maintainer("Docker <support@docker.com>"));
  EXPECT_FALSE(is_distribution_maintainer("X <x@notdebian.org>"));
  EXPECT_FALSE(is_distribution_maintainer("debian.org"));
  EXPECT_TRUE(is_distribution_vendor("Red Hat, Inc."));
  EXPECT_FALSE(is_distribution_vendor("NodeSource"));
  EXPECT_FALSE(is_distribution_vendor(""));
}

}  // namespace
}  // namespace plimsoll::inventory

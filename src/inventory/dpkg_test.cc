#include "inventory/dpkg.h"

#include <gtest/gtest.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>

#include "base/file.h"
#include "base/text.h"
#include "inventory/take_inventory.h"
#include "inventory/tree_for_tests.h"

namespace plimsoll::inventory {
namespace {

TEST(DpkgStatus, CountsEveryStateThatLeavesFiles) {
  std::string text;
  for (const char* state : {"not-installed", "config-files", "half-installed", "unpacked", "half-configured",
                            "triggers-awaited", "triggers-pending", "installed"})
    text += std::string("Package: p-") + state + "\nStatus: deinstall ok " + state + "\nVersion: 1\n\n";
  const Found found = parse_dpkg_status(text, false);
  std::vector<std::string> names;
  for (const Package& package : found.packages) names.push_back(package.name);
  EXPECT_EQ(names, (std::vector<std::string>{"p-half-installed", "p-unpacked", "p-half-configured",
                                             "p-triggers-awaited", "p-triggers-pending", "p-installed"}));
  EXPECT_TRUE(found.not_assessed.empty());
}

TEST(DpkgStatus, ContinuationLinesAreNotFields) {
  const Found found = parse_dpkg_status(
      "Package: a\nStatus: install ok installed\nDescription: x\n Package: b\n .\n Version: 9\nVersion: 1\n", false);
  ASSERT_EQ(found.packages.size(), 1u);
  EXPECT_EQ(found.packages[0].name, "a");
  EXPECT_EQ(found.packages[0].version, "1");
  EXPECT_EQ(found.packages[0].source_name, "a");
}

TEST(DpkgStatus, BrokenParagraphsAreReported) {
  const Found found = parse_dpkg_status(
      "Package: a\nStatus: install ok installed\n\nPackage: b\nVersion: 1\n\nPackage: c\nStatus: install ok "
      "installed\nVersion: 1\n",
      false);
  ASSERT_EQ(found.packages.size(), 1u);
  EXPECT_EQ(found.packages[0].name, "c");
  ASSERT_EQ(found.not_assessed.size(), 2u);
  EXPECT_EQ(found.not_assessed[0].what, "package a");
  EXPECT_EQ(found.not_assessed[1].what, "package b");
}

TEST(DpkgStatus, DistrolessKeepsOneFileAPackage) {
  EXPECT_TRUE(wants_dpkg_status({.path = "var/lib/dpkg/status.d/libssl3", .link_target = {}}));
  EXPECT_FALSE(wants_dpkg_status({.path = "var/lib/dpkg/status.d/libssl3.md5sums", .link_target = {}}));
  EXPECT_FALSE(wants_dpkg_status({.path = "var/lib/dpkg/status-old", .link_target = {}}));
  FileForTests file("Package: libssl3\nSource: openssl\nVersion: 3.0.11-1~deb12u2\nArchitecture: amd64\n");
  const auto found = read_dpkg_status("var/lib/dpkg/status.d/libssl3", file);
  ASSERT_TRUE(found.ok());
  ASSERT_EQ(found->packages.size(), 1u);
  EXPECT_EQ(found->packages[0].source_name, "openssl");
  FileForTests rubbish("rubbish");
  EXPECT_FALSE(read_dpkg_status("var/lib/dpkg/status.d/x", rubbish).ok());
}

TEST(DpkgStatus, FieldsAreBounded) {
  const Found found = parse_dpkg_status(
      "Package: " + std::string(max_field + 1, 'a') + "\nStatus: install ok installed\nVersion: 1\n", false);
  EXPECT_TRUE(found.packages.empty());
  EXPECT_EQ(found.not_assessed.size(), 1u);
}

TEST(DpkgList, ReadsListsAndSums) {
  std::vector<std::string> seen;
  const FileSink sink = [&](std::string_view package, std::string_view path) {
    seen.push_back(std::string(package) + " " + std::string(path));
  };
  each_dpkg_file("/.\n/usr/bin/x y\n", "p", sink);
  each_dpkg_file("0123456789abcdef0123456789abcdef  usr/lib/z.so\n", "q", sink);
  EXPECT_EQ(seen, (std::vector<std::string>{"p /.", "p /usr/bin/x y", "q usr/lib/z.so"}));
}

struct ClosePipe {
  void operator()(FILE* pipe) const { ::pclose(pipe); }
};

// The oracle is dpkg itself, over the same database.
TEST(DpkgStatus, AgreesWithDpkgQueryOnThisMachine) {
  const auto status = read_file("/var/lib/dpkg/status");
  if (!status.ok()) GTEST_SKIP() << "this machine has no dpkg database";
  const std::unique_ptr<FILE, ClosePipe> pipe(
      ::popen("dpkg-query -W -f "
              "'${db:Status-Status}\\t${Package}\\t${Version}\\t${Architecture}\\t${source:Package}\\t${source:Version}"
              "\\n' 2>/dev/null",
              "r"));
  ASSERT_TRUE(pipe);
  std::set<std::string> expected;
  std::array<char, 4096> line{};
  while (::fgets(line.data(), static_cast<int>(line.size()), pipe.get())) {
    const std::string text(trim(line.data()));
    if (text.starts_with("config-files\t") || text.starts_with("not-installed\t")) continue;
    expected.insert(text.substr(text.find('\t') + 1));
  }
  if (expected.empty()) {
    if (std::getenv("PLIMSOLL_CI")) FAIL() << "dpkg-query is missing";
    GTEST_SKIP() << "dpkg-query is missing";
  }
  std::set<std::string> ours;
  for (const Package& p : parse_dpkg_status(*status, false).packages)
    ours.insert(p.name + "\t" + p.version + "\t" + p.arch + "\t" + p.source_name + "\t" + p.source_version);
  EXPECT_EQ(ours, expected);
}

}  // namespace
}  // namespace plimsoll::inventory

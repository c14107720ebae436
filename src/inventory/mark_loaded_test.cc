#include <gtest/gtest.h>

#include <map>

#include "inventory/take_inventory.h"
#include "inventory/tree_for_tests.h"

namespace plimsoll::inventory {
namespace {

constexpr const char* elf =
    "\x7f"
    "ELF\x02";

std::string status_of(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names)
    out += "Package: " + name +
           "\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nMaintainer: T <t@debian.org>\n\n";
  return out;
}

std::map<std::string, Loaded> mark(rootfs::Tree& tree, const std::vector<std::string>& mapped, bool complete) {
  auto taken = take_inventory(tree);
  EXPECT_TRUE(taken.ok());
  mark_loaded(tree, taken->inventory, mapped, complete);
  std::map<std::string, Loaded> out;
  for (const Package& package : taken->inventory.packages) out[package.name] = package.loaded;
  return out;
}

std::unique_ptr<rootfs::Tree> debian() {
  return rootfs::memory_tree(
      {{"etc/os-release", "ID=debian\nVERSION_ID=12\n"},
       {"var/lib/dpkg/status", status_of({"libc6", "libssl3", "nginx", "tzdata", "shelltool", "python3-x", "copied"})},
       {"var/lib/dpkg/info/libc6:amd64.list", "/lib/x86_64-linux-gnu/libc.so.6\n"},
       {"var/lib/dpkg/info/libssl3:amd64.list", "/usr/lib/x86_64-linux-gnu/libssl.so.3\n/usr/share/doc/libssl3/x.py\n"},
       {"var/lib/dpkg/info/nginx.list", "/.\n/usr/sbin/nginx\n"},
       {"var/lib/dpkg/info/tzdata.list", "/usr/share/zoneinfo/UTC\n"},
       {"var/lib/dpkg/info/shelltool.list", "/usr/bin/shelltool\n"},
       {"var/lib/dpkg/info/python3-x.list", "/usr/lib/python3/x.py\n/usr/lib/python3/_x.cpython-311.so\n"},
       {"var/lib/dpkg/info/copied.list", "/usr/lib/libcopied.so.1\n"},
       {"usr/sbin/nginx", elf},
       {"usr/bin/shelltool", "#!/bin/sh\n"}});
}

TEST(MarkLoaded, OnlyNativeCodeOfACompletePictureIsNo) {
  auto tree = debian();
  const auto loaded = mark(*tree, {"/usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)", "/srv/libcopied.so.1"}, true);
  EXPECT_EQ(loaded.at("libc6"), Loaded::yes) << "merged /usr, replaced on disk since";
  EXPECT_EQ(loaded.at("libssl3"), Loaded::no);
  EXPECT_EQ(loaded.at("nginx"), Loaded::no) << "its program is ELF";
  EXPECT_EQ(loaded.at("tzdata"), Loaded::unknown);
  EXPECT_EQ(loaded.at("shelltool"), Loaded::unknown) << "a script";
  EXPECT_EQ(loaded.at("python3-x"), Loaded::unknown) << "its interpreted part may run without the native one";
  EXPECT_EQ(loaded.at("copied"), Loaded::unknown) << "a file of that name is mapped from elsewhere";
}

TEST(MarkLoaded, AnIncompletePictureNeverSaysNo) {
  auto tree = debian();
  for (const auto& [name, loaded] : mark(*tree, {"/usr/sbin/nginx"}, false))
    EXPECT_EQ(loaded, name == "nginx" ? Loaded::yes : Loaded::unknown) << name;
}

TEST(MarkLoaded, ReadsApkAndDistroless) {
  auto alpine = rootfs::memory_tree(
      {{"etc/os-release", "ID=alpine\nVERSION_ID=3.18.4\n"},
       {"lib/apk/db/installed",
        "P:musl\nV:1-r0\nF:lib\nR:ld-musl-x86_64.so.1\n\nP:libcrypto3\nV:3-r0\nF:lib\nR:libcrypto.so.3\n\n"}});
  const auto in_alpine = mark(*alpine, {"/lib/ld-musl-x86_64.so.1"}, true);
  EXPECT_EQ(in_alpine.at("musl"), Loaded::yes);
  EXPECT_EQ(in_alpine.at("libcrypto3"), Loaded::no);
  auto distroless = rootfs::memory_tree(
      {{"etc/os-release", "ID=debian\nVERSION_ID=12\n"},
       {"var/lib/dpkg/status.d/libssl3", "Package: libssl3\nVersion: 1\nArchitecture: amd64\n"},
       {"var/lib/dpkg/status.d/libssl3.md5sums", "0123456789abcdef0123456789abcdef  usr/lib/libssl.so.3\n"}});
  EXPECT_EQ(mark(*distroless, {"/usr/lib/libssl.so.3"}, true).at("libssl3"), Loaded::yes);
  EXPECT_EQ(mark(*distroless, {}, true).at("libssl3"), Loaded::no);
}

TEST(MarkLoaded, ATreeThatCannotBeReadAgainStaysUnknown) {
  LayeredTree image({{{"etc/os-release", {"ID=debian\nVERSION_ID=12\n"}},
                      {"var/lib/dpkg/status", {status_of({"libssl3"})}},
                      {"var/lib/dpkg/info/libssl3.list", {"/usr/lib/libssl.so.3\n"}}}});
  EXPECT_EQ(mark(image, {}, true).at("libssl3"), Loaded::unknown);
}

TEST(MarkLoaded, LanguagePackagesStayUnknown) {
  auto tree = rootfs::memory_tree({{"app/node_modules/a/package.json", R"({"name":"a","version":"1.0.0"})"}});
  EXPECT_EQ(mark(*tree, {"/app/node_modules/a/package.json"}, true).at("a"), Loaded::unknown);
}

}  // namespace
}  // namespace plimsoll::inventory

#include "inventory/go_binary.h"

#include <gtest/gtest.h>

#include "inventory/elf_for_tests.h"
#include "inventory/take_inventory.h"
#include "inventory/tree_for_tests.h"

namespace plimsoll::inventory {
namespace {

constexpr const char* modules =
    "path\texample.org/tool\nmod\texample.org/tool\t(devel)\t\ndep\tgolang.org/x/net\tv0.7.0\th1:x=\n"
    "dep\tgithub.com/old/name\tv1.0.0\n=>\tgithub.com/new/name\tv1.2.0\th1:y=\nbuild\t-compiler=gc\n";
constexpr const char* expected = "stdlib@1.21.3 example.org/tool@ golang.org/x/net@v0.7.0 github.com/new/name@v1.2.0 ";

std::string list(const Result<Found>& found) {
  if (!found.ok()) return "error: " + found.error().message;
  std::string out;
  for (const Package& package : found->packages) out += package.name + "@" + package.version + " ";
  if (!found->not_assessed.empty()) out += "+" + std::to_string(found->not_assessed.size());
  return out;
}

std::string read(const std::string& bytes) {
  FileForTests file(bytes);
  return list(read_go_binary("bin/x", file));
}

TEST(GoRelease, WritesWhatTheGoVulnerabilityDatabaseWrites) {
  EXPECT_EQ(go_release("go1.21.3"), "1.21.3");
  EXPECT_EQ(go_release("go1.21"), "1.21.0");
  EXPECT_EQ(go_release("go1.22rc1"), "1.22.0-rc.1");
  EXPECT_EQ(go_release("go1.20beta2"), "1.20.0-beta.2");
  EXPECT_EQ(go_release("go1.21.3 X:boringcrypto"), "1.21.3");
  EXPECT_EQ(go_release("go1.21.3-vendor"), "1.21.3");
  EXPECT_EQ(go_release("devel go1.23-abcdef"), "");
  EXPECT_EQ(go_release(""), "");
}

TEST(GoBinary, FindsModulesBySection) {
  ElfForTests elf{inline_build_info("go1.21.3", modules)};
  EXPECT_EQ(read(elf.build()), expected);
}

TEST(GoBinary, FindsModulesWithoutSectionHeaders) {
  ElfForTests elf{std::string(16 * 40'000, 'x') + inline_build_info("go1.21.3", modules)};
  elf.sections = false;
  EXPECT_EQ(read(elf.build()), expected);
}

TEST(GoBinary, FindsAMarkOnEveryPlaceAroundTheEndOfAChunk) {
  for (size_t steps = 16'380; steps < 16'390; ++steps) {
    ElfForTests elf{std::string(16 * steps, 'x') + inline_build_info("go1.21.3", modules)};
    elf.sections = false;
    EXPECT_EQ(read(elf.build()), expected) << steps;
  }
}

TEST(GoBinary, ReadsAStreamFrontToBack) {
  ElfForTests elf{std::string(16 * 1000, 'x') + inline_build_info("go1.21.3", modules)};
  elf.padding = 300'000;
  LayeredTree tree({{{"app/tool", {elf.build(), 0755}}}});
  const auto taken = take_inventory(tree);
  ASSERT_TRUE(taken.ok());
  ASSERT_EQ(taken->inventory.packages.size(), 4u);
  EXPECT_EQ(taken->inventory.packages[3].purl, "pkg:golang/stdlib@1.21.3");
  EXPECT_EQ(taken->inventory.packages[3].ecosystem, "Go");
}

// Before Go 1.18: two addresses of string headers.
std::string pointed(uint64_t address) {
  std::string info = std::string("\xff Go buildinf:", 14) + '\x08' + '\0';
  const std::string version = "go1.17.5", list = std::string(16, '<') + modules + std::string(16, '>');
  ElfForTests::put(info, address + 64, 8), ElfForTests::put(info, address + 80, 8);
  info.resize(64, '\0');
  ElfForTests::put(info, address + 96, 8), ElfForTests::put(info, version.size(), 8);
  ElfForTests::put(info, address + 112, 8), ElfForTests::put(info, list.size(), 8);
  return info + version + std::string(8, '\0') + list;
}

TEST(GoBinary, FollowsThePointersOfOlderPrograms) {
  ElfForTests elf{pointed(0x500000)};
  elf.padding = 300'000;
  EXPECT_EQ(read(elf.build()), "stdlib@1.17.5 example.org/tool@ golang.org/x/net@v0.7.0 github.com/new/name@v1.2.0 ");
  LayeredTree stream({{{"app/tool", {elf.build(), 0755}}}});
  const auto taken = take_inventory(stream);
  ASSERT_TRUE(taken.ok());
  ASSERT_FALSE(taken->inventory.not_assessed.empty());
  EXPECT_EQ(taken->inventory.not_assessed[0].what, "Go binary app/tool") << "what a stream cannot show is said";
  ElfForTests astray{pointed(0x900000)};
  EXPECT_EQ(read(astray.build()), "error: its Go build information points outside the file");
}

TEST(GoBinary, OtherFilesAreNothing) {
  EXPECT_EQ(read("#!/bin/sh\n"), "");
  EXPECT_EQ(read(""), "");
  ElfForTests plain{"data"};
  plain.name = ".data";
  EXPECT_EQ(read(plain.build()), "");
}

TEST(GoBinary, CutsAreErrorsNeverCrashes) {
  ElfForTests elf{inline_build_info("go1.21.3", modules)};
  const std::string whole = elf.build();
  for (size_t size = 0; size < whole.size(); size += 7) {
    FileForTests file(whole.substr(0, size));
    const auto found = read_go_binary("x", file);
    if (found.ok() && size > elf.offset + elf.data.size()) {
      EXPECT_FALSE(found->packages.empty()) << size;
    }
  }
}

TEST(GoModules, ADependencyWithoutAVersionIsSaid) {
  EXPECT_EQ(list(parse_go_modules("devel", "mod\ta\t(devel)\ndep\tb\tv1.0.0\n=>\t./local\ndep\tc\t(devel)\n")),
            "a@ +2");
  const Found found = parse_go_modules("go1.20", "dep\tb\tv1.0.0\n=>\t./b\t\t\n");
  ASSERT_EQ(found.not_assessed.size(), 1u);
  EXPECT_NE(found.not_assessed[0].what.find("1 Go modules (./b)"), std::string::npos);
}

TEST(GoBinary, CandidatesAreChosenByModeElseByName) {
  const auto wanted = [](std::string_view path, uint32_t mode, uint64_t size) {
    return wants_go_binary({.path = path, .size = size, .mode = mode, .link_target = {}});
  };
  constexpr uint64_t large = 1 << 20;
  EXPECT_TRUE(wanted("opt/x.bin", 0755, large));
  EXPECT_FALSE(wanted("opt/x", 0644, large));
  EXPECT_TRUE(wanted("opt/x", 0, large));
  EXPECT_FALSE(wanted("opt/x.so", 0, large));
  EXPECT_TRUE(wanted("usr/bin/kubectl.1.30", 0, large));
  EXPECT_FALSE(wanted("usr/bin/x", 0755, 1000));
  EXPECT_TRUE(wanted("app/server", 0, 0));  // neither is known yet: a directory tree asks again
  EXPECT_TRUE(wanted("app/server.v2", 0, 0));
  EXPECT_FALSE(wanted("usr/lib/python3/x.py", 0, 0));
}

}  // namespace
}  // namespace plimsoll::inventory

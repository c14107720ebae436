#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rootfs/filesystem_kind.h"
#include "rootfs/recorder_for_tests.h"
#include "rootfs/temp_directory_for_tests.h"

namespace plimsoll::rootfs {
namespace {

std::unique_ptr<Tree> open(const TempDirectory& dir, std::vector<std::string> skip = {}, Bounds bounds = {}) {
  auto tree = open_directory(dir / "root", std::move(skip), bounds);
  EXPECT_TRUE(tree.ok());
  return std::move(tree).value();
}

TEST(DirectoryTree, ShowsEveryNameAndReadsTheWantedOnes) {
  const TempDirectory dir;
  dir.write("root/etc/os-release", "ID=debian\n");
  dir.write("root/usr/bin/tool", "binary");
  dir.write("root/usr/share/a/b/c/note", "deep");
  std::filesystem::create_symlink("usr/bin", dir / "root/bin");
  ASSERT_EQ(::chmod((dir / "root/usr/bin/tool").c_str(), 04755), 0);
  Recorder recorder;
  uint32_t mode_before_reading = 0;
  recorder.chosen = [&](const Entry& entry) {
    if (entry.path == "usr/bin/tool") mode_before_reading = entry.mode;
    return entry.path != "usr/share/a/b/c/note";
  };
  const auto report = open(dir)->walk(recorder);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->entries, 11U);
  EXPECT_EQ(recorder.names.size(), 11U);
  EXPECT_TRUE(report->not_assessed.empty());
  EXPECT_EQ(recorder.names.at("bin"), EntryType::symlink);
  EXPECT_EQ(recorder.names.at("usr/share/a"), EntryType::directory);
  EXPECT_EQ(recorder.content("etc/os-release"), "ID=debian\n");
  EXPECT_EQ(recorder.content("usr/bin/tool"), "binary");
  EXPECT_EQ(recorder.files.size(), 2U);
  EXPECT_EQ(mode_before_reading, 04755U);
  EXPECT_EQ((recorder.files.at({"usr/bin/tool", 0}).mode), 04755U);
}

TEST(DirectoryTree, AsksAgainOnceSizeAndModeAreKnown) {
  const TempDirectory dir;
  dir.write("root/app/server", "program");
  dir.write("root/app/notes", "text");
  ASSERT_EQ(::chmod((dir / "root/app/server").c_str(), 0755), 0);
  Recorder recorder;
  recorder.chosen = [](const Entry& entry) { return entry.mode == 0 || (entry.mode & 0111U) != 0; };
  ASSERT_TRUE(open(dir)->walk(recorder).ok());
  EXPECT_EQ(recorder.content("app/server"), "program");
  EXPECT_EQ(recorder.files.size(), 1U);
}

TEST(DirectoryTree, SkipsWhatItIsToldToSkip) {
  const TempDirectory dir;
  dir.write("root/var/lib/engine/x", "1");
  dir.write("root/var/lib/other/x", "2");
  Recorder recorder;
  ASSERT_TRUE(open(dir, {"var/lib/engine"})->walk(recorder).ok());
  EXPECT_FALSE(recorder.names.contains("var/lib/engine/x"));
  EXPECT_TRUE(recorder.names.contains("var/lib/other/x"));
}

TEST(DirectoryTree, NeverFollowsALinkOutOfTheRoot) {
  const TempDirectory dir;
  dir.write("secret/key", "outside");
  dir.write("root/here", "inside");
  dir.write("root/secret/key", "the root's own");
  std::filesystem::create_symlink("../secret", dir / "root/up");
  std::filesystem::create_symlink(dir / "secret/key", dir / "root/absolute");
  std::filesystem::create_symlink("/secret/key", dir / "root/rooted");
  std::filesystem::create_symlink("../../../../secret/key", dir / "root/climber");
  std::filesystem::create_symlink("loop", dir / "root/loop");
  const auto tree = open(dir);
  Recorder recorder;
  ASSERT_TRUE(tree->walk(recorder).ok());
  EXPECT_FALSE(recorder.names.contains("up/key"));
  EXPECT_EQ(recorder.files.size(), 2U);

  EXPECT_EQ(tree->read("rooted", 100).value(), "the root's own");
  EXPECT_EQ(tree->read("climber", 100).value(), "the root's own");
  EXPECT_EQ(tree->read("up/key", 100).value(), "the root's own");
  EXPECT_EQ(tree->read("../../secret/key", 100).value(), "the root's own");
  EXPECT_EQ(tree->read("absolute", 100).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tree->read("loop", 100).error().kind, ErrorKind::malformed);
  EXPECT_EQ(tree->read("missing", 100).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tree->read("here", 3).error().kind, ErrorKind::limit);
}

TEST(DirectoryTree, NeverOpensPipesSocketsOrDirectories) {
  const TempDirectory dir;
  dir.write("root/file", "x");
  ASSERT_EQ(::mkfifo((dir / "root/pipe").c_str(), 0644), 0);
  const auto tree = open(dir);
  Recorder recorder;
  ASSERT_TRUE(tree->walk(recorder).ok());  // would wait for a writer if the pipe were opened
  EXPECT_EQ(recorder.names.at("pipe"), EntryType::other);
  EXPECT_EQ(recorder.files.size(), 1U);
  EXPECT_EQ(tree->read("pipe", 10).error().kind, ErrorKind::unsupported);
  EXPECT_EQ(tree->read("", 10).error().kind, ErrorKind::unsupported);
}

TEST(DirectoryTree, ReportsBoundsThatWereMet) {
  const TempDirectory dir;
  std::string deep = "root";
  for (int i = 0; i < 12; ++i) deep += "/d";
  dir.write(deep + "/file", "x");
  Recorder recorder;
  auto report = open(dir, {}, {.depth = 5})->walk(recorder);
  ASSERT_EQ(report->not_assessed.size(), 1U);
  EXPECT_NE(report->not_assessed[0].reason.find("5 directories deep"), std::string::npos);
  EXPECT_TRUE(recorder.files.empty());

  for (int i = 0; i < 50; ++i) dir.write("root/n" + std::to_string(i), "x");
  report = open(dir, {}, {.entries = 20})->walk(recorder);
  ASSERT_FALSE(report->not_assessed.empty());
  EXPECT_LE(report->entries, 20U);
}

TEST(DirectoryTree, NamesUnreadableDirectoriesAndGroupsMany) {
  const TempDirectory dir;
  for (int i = 0; i < 30; ++i) {
    dir.write("root/closed" + std::to_string(i) + "/x", "x");
    std::filesystem::permissions(dir / ("root/closed" + std::to_string(i)), std::filesystem::perms::none);
  }
  std::filesystem::permissions(dir.path(), std::filesystem::perms::all);
  const bool root = ::geteuid() == 0;  // who reads every directory
  ASSERT_EQ(root ? ::seteuid(65534) : 0, 0);
  Recorder recorder;
  const auto report = open(dir)->walk(recorder);
  ASSERT_EQ(root ? ::seteuid(0) : 0, 0);
  ASSERT_EQ(report->not_assessed.size(), 21U);
  EXPECT_EQ(report->not_assessed[0].reason, "Permission denied");
  EXPECT_EQ(report->not_assessed[0].remedy, "run as root");
  EXPECT_EQ(report->not_assessed[20].what, "10 more directories");
  for (int i = 0; i < 30; ++i) {
    std::filesystem::permissions(dir / ("root/closed" + std::to_string(i)), std::filesystem::perms::all);
  }
}

TEST(DirectoryTree, NamesWithControlBytesAreShownRawAndReportedPrintable) {
  const TempDirectory dir;
  dir.write("root/a\nb\x1b[31m", "x");
  std::filesystem::create_directories(dir / "root/\x1b]0;x/y");
  Recorder recorder;
  const auto report = open(dir, {}, {.depth = 1})->walk(recorder);
  EXPECT_TRUE(recorder.names.contains("a\nb\x1b[31m"));
  ASSERT_EQ(report->not_assessed.size(), 1U);
  EXPECT_EQ(report->not_assessed[0].what.find('\x1b'), std::string::npos);
}

TEST(DirectoryTree, EndsInsideABindMountOfItsOwnAncestor) {
  const TempDirectory dir;
  dir.write("root/a/file", "x");
  std::filesystem::create_directories(dir / "root/a/b");
  if (::mount((dir / "root").c_str(), (dir / "root/a/b").c_str(), nullptr, MS_BIND, nullptr) != 0) {
    GTEST_SKIP() << "mounting needs root";
  }
  Recorder recorder;
  const auto report = open(dir)->walk(recorder);
  EXPECT_EQ(::umount2((dir / "root/a/b").c_str(), MNT_DETACH), 0);
  EXPECT_EQ(report->entries, 3U);
  EXPECT_TRUE(report->not_assessed.empty());
}

TEST(DirectoryTree, DoesNotEnterPseudoFileSystems) {
  const TempDirectory dir;
  dir.write("root/file", "x");
  std::filesystem::create_directories(dir / "root/proc");
  if (::mount("proc", (dir / "root/proc").c_str(), "proc", MS_RDONLY, nullptr) != 0)
    GTEST_SKIP() << "mounting needs root";
  Recorder recorder;
  const auto report = open(dir)->walk(recorder);
  EXPECT_EQ(::umount2((dir / "root/proc").c_str(), MNT_DETACH), 0);
  EXPECT_EQ(report->entries, 2U);
  EXPECT_TRUE(report->not_assessed.empty());
}

TEST(DirectoryTree, KnowsNetworkFileSystems) {
  EXPECT_EQ(filesystem_of(0x6969).kind, FilesystemKind::network);
  EXPECT_EQ(filesystem_of(0xff534d42).name, "cifs");
  EXPECT_EQ(filesystem_of(0x9fa0).kind, FilesystemKind::pseudo);
  EXPECT_EQ(filesystem_of(0xef53).kind, FilesystemKind::local);
}

TEST(DirectoryTree, SaysWhyItCannotOpenTheRoot) {
  const TempDirectory dir;
  dir.write("file", "x");
  EXPECT_EQ(open_directory(dir / "none").error().kind, ErrorKind::not_found);
  EXPECT_EQ(open_directory(dir / "file").error().kind, ErrorKind::unsupported);
}

TEST(MemoryTree, ShowsItsFiles) {
  const auto tree = memory_tree({{"etc/os-release", "ID=x"}, {"a", "1"}, {"a", "2"}});
  Recorder recorder;
  ASSERT_EQ(tree->walk(recorder)->entries, 2U);
  EXPECT_EQ(recorder.content("a"), "2");
  EXPECT_TRUE(tree->visible("a", 0));
  EXPECT_FALSE(tree->visible("b", 0));
  EXPECT_EQ(tree->read("etc/os-release", 10).value(), "ID=x");
}

}  // namespace
}  // namespace plimsoll::rootfs

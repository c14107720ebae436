#include "analyzer/reading.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "analyzer/tree_order.h"
#include "wire/packed.h"

namespace plimsoll::analyzer {
namespace {

namespace fs = std::filesystem;

class Reading : public testing::Test {
 protected:
  Reading() {
    char name[] = "/tmp/plimsoll-reading-XXXXXX";
    folder_ = ::mkdtemp(name);
    write("var/lib/dpkg/status",
          "Package: hello\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\n\n");
    write("etc/os-release", "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=nosuch\n");
    auto started = system::sandbox::Sandbox::start();
    if (started.ok()) sandbox_ = std::move(*started);
    settings_.sandbox = sandbox_.get();
  }
  ~Reading() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }
  Result<TreeFacts> read(const Settings& settings, Target::Kind kind, const std::string& path) {
    PLIMSOLL_TRY(source, open_target_tree(settings, {kind, path}));
    OfferDesk offers(settings, true);
    return read_tree(settings, std::move(source), nullptr, {}, offers);
  }

  fs::path folder_;
  std::unique_ptr<system::sandbox::Sandbox> sandbox_;
  Settings settings_;
};

TEST_F(Reading, AWorkerFindsWhatTheProgramItselfFinds) {
  const auto here = read({}, Target::Kind::rootfs, folder_);
  const auto there = read(settings_, Target::Kind::rootfs, folder_);
  ASSERT_TRUE(here.ok() && there.ok());
  ASSERT_EQ(there->packages.size(), 1u);
  EXPECT_EQ(there->packages[0].name, "hello");
  EXPECT_EQ(wire::pack(*here), wire::pack(*there));
  // One for the tree. This machine's package lists, which it has none of, are of another release.
  EXPECT_EQ(sandbox_->report().workers, 1u);
}

TEST_F(Reading, ATreeOfThisMachinesReleaseAsksForThisMachinesLists) {
  fs::remove(folder_ / "etc/os-release");
  fs::copy_file("/etc/os-release", folder_ / "etc/os-release");
  ASSERT_TRUE(read(settings_, Target::Kind::rootfs, folder_).ok());
  EXPECT_GE(sandbox_->report().workers, 2u);
}

TEST_F(Reading, WhatIsNoImageIsAnErrorEitherWay) {
  const std::string file = folder_ / "etc/os-release";
  const auto here = read({}, Target::Kind::archive, file);
  const auto there = read(settings_, Target::Kind::archive, file);
  ASSERT_FALSE(here.ok() || there.ok());
  EXPECT_EQ(there.error().to_string(), here.error().to_string());
  EXPECT_EQ(there.error().kind, here.error().kind);
  EXPECT_EQ(read(settings_, Target::Kind::oci, folder_ / "none").error().kind, ErrorKind::not_found);
}

TEST_F(Reading, ARecordingIsReadByAWorker) {
  write("good.json", R"({"schema": "plimsoll.recording/1", "assets": [{"asset": {"name": "web"}}]})");
  write("bad.json", "{");
  const auto good = read_recording(settings_, folder_ / "good.json");
  ASSERT_TRUE(good.ok()) << good.error().to_string();
  EXPECT_EQ(good->assets[0].asset.name, "web");
  const auto bad = read_recording(settings_, folder_ / "bad.json");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().kind, ErrorKind::malformed);
  EXPECT_EQ(read_recording(settings_, folder_ / "none.json").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace plimsoll::analyzer

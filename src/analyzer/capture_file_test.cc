// Captures of real servers, each with what is to be told of it. After an intended change: PLIMSOLL_UPDATE_GOLDEN=1
// analyzer_test, then read the diff.
#include "analyzer/capture_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"

namespace plimsoll::analyzer {
namespace {

namespace fs = std::filesystem;

const fs::path captures = fs::path(PLIMSOLL_SOURCE_DIR) / "tests/golden/captures";

TEST(CaptureFile, CapturesOfRealServers) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(captures)) {
    if (entry.path().extension() != ".pcap") continue;
    ++count;
    const auto reading = read_capture(nullptr, entry.path().string());
    ASSERT_TRUE(reading.ok()) << reading.error().to_string();
    const std::string text = capture_json(*reading);
    fs::path expected = entry.path();
    expected.replace_extension(".json");
    if (std::getenv("PLIMSOLL_UPDATE_GOLDEN") != nullptr) {
      ASSERT_TRUE(write_file_atomically(expected.string(), text).ok());
      continue;
    }
    const auto golden = read_file(expected.string());
    ASSERT_TRUE(golden.ok()) << golden.error().to_string();
    EXPECT_EQ(text, *golden) << expected;
  }
  EXPECT_GE(count, 15u);
}

TEST(CaptureFile, AWorkerTellsTheSame) {
  const auto sandbox = system::sandbox::Sandbox::start();
  ASSERT_TRUE(sandbox.ok()) << sandbox.error().to_string();
  const std::string path = (captures / "redis.pcap").string();
  const auto inside = read_capture(sandbox->get(), path), here = read_capture(nullptr, path);
  ASSERT_TRUE(inside.ok() && here.ok());
  EXPECT_EQ(capture_json(*inside), capture_json(*here));
  EXPECT_FALSE(inside->flows.empty());
}

TEST(CaptureFile, ATailThatIsCutOffIsNotAssessed) {
  const fs::path cut = fs::temp_directory_path() / "plimsoll-cut.pcap";
  const auto whole = read_file((captures / "nginx.pcap").string());
  ASSERT_TRUE(whole.ok());
  ASSERT_TRUE(write_file_atomically(cut.string(), whole->substr(0, whole->size() - 5)).ok());
  const auto reading = read_capture(nullptr, cut.string());
  fs::remove(cut);
  ASSERT_TRUE(reading.ok());
  EXPECT_EQ(reading->flows.size(), 2u);
  ASSERT_EQ(reading->not_assessed.size(), 1u);
  EXPECT_EQ(reading->not_assessed[0].what, "rest of the capture");
  EXPECT_NE(reading->not_assessed[0].reason.find("plimsoll-cut.pcap"), std::string::npos);
}

TEST(CaptureFile, WhatIsNoCaptureIsAnError) {
  EXPECT_EQ(read_capture(nullptr, (captures / "nginx.json").string()).error().kind, ErrorKind::malformed);
  EXPECT_EQ(read_capture(nullptr, "/nonexistent/x.pcap").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace plimsoll::analyzer

// Images made to mislead, to burst or to break the reader.
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "rootfs/image_for_tests.h"
#include "rootfs/recorder_for_tests.h"
#include "rootfs/tar_for_tests.h"
#include "rootfs/temp_directory_for_tests.h"

namespace plimsoll::rootfs {
namespace {

struct Outcome {
  Recorder recorder;
  WalkReport report;
  std::unique_ptr<Tree> tree;
  std::string reasons() const {
    std::string out;
    for (const auto& left : report.not_assessed) out += left.what + ": " + left.reason + "\n";
    return out;
  }
  bool says(std::string_view text) const { return reasons().find(text) != std::string::npos; }
};

void walk_archive(const std::string& archive, Outcome& out, Bounds bounds = {}) {
  const TempDirectory dir;
  dir.write("image.tar", archive);
  auto image = open_archive(dir / "image.tar", {}, bounds);
  ASSERT_TRUE(image.ok()) << image.error().to_string();
  out.tree = std::move(image->tree);
  auto report = out.tree->walk(out.recorder);
  ASSERT_TRUE(report.ok());
  out.report = std::move(report).value();
}

// An image of one layer, stored as `stored`.
std::string image_with(const std::string& stored) { return tar_of(classic_archive({stored})); }

Error open_error(const std::string& bytes) {
  const TempDirectory dir;
  dir.write("image.tar", bytes);
  const auto image = open_archive(dir / "image.tar");
  return image.ok() ? Error{ErrorKind::bug, "it opened"} : image.error();
}

TEST(HostileImage, NamesNeverLeadOutAndAreReported) {
  TarWriter layer;
  layer.file("../../etc/passwd", "x")
      .file("/absolute/file", "a")
      .file("a/../../b", "x")
      .file("./dot//double/./file", "d");
  layer.file(std::string_view("etc/..", 6), "x").hard_link("link", "../../etc/shadow").symlink("up", "../../..");
  Outcome out;
  walk_archive(image_with(layer.finish()), out);
  EXPECT_EQ(out.recorder.content("absolute/file"), "a");
  EXPECT_EQ(out.recorder.content("dot/double/file"), "d");
  EXPECT_EQ(out.recorder.files.size(), 2U);
  for (const auto& [name, type] : out.recorder.names) EXPECT_EQ(name.find(".."), std::string::npos) << name;
  EXPECT_EQ(out.report.not_assessed.size(), 4U) << out.reasons();
  EXPECT_TRUE(out.says("../../etc/passwd: a name with a \"..\" part"));
}

TEST(HostileImage, LongNamesOfEveryKind) {
  const std::string lengthy = std::string(90, 'a') + "/" + std::string(90, 'b') + "/" + std::string(90, 'c');
  TarWriter layer;
  layer.pax("path", lengthy).file("short", "pax").long_name(lengthy + "2").file("short", "gnu");
  layer.pax("path", std::string(5000, 'n')).file("short", "too long");
  std::string deep = "d";
  for (int i = 0; i < 300; ++i) deep += "/d";
  layer.pax("path", deep).file("short", "too deep");
  Outcome out;
  walk_archive(image_with(layer.finish()), out);
  EXPECT_EQ(out.recorder.content(lengthy), "pax");
  EXPECT_EQ(out.recorder.content(lengthy + "2"), "gnu");
  EXPECT_EQ(out.recorder.files.size(), 2U);
  EXPECT_TRUE(out.says("a name of more than 4096 bytes"));
  EXPECT_TRUE(out.says("256 directories deep"));
}

TEST(HostileImage, ControlCharactersStayOutOfMessages) {
  TarWriter layer;
  layer.file("\x1b[2J\n../x/..", "x").file("\x1b]0;title\a", "shown");
  Outcome out;
  walk_archive(image_with(layer.finish()), out);
  EXPECT_EQ(out.recorder.content("\x1b]0;title\a"), "shown");
  EXPECT_FALSE(out.report.not_assessed.empty());
  EXPECT_EQ(out.reasons().find('\x1b'), std::string::npos);
}

TEST(HostileImage, WhatWasReadBeforeTheBreakStays) {
  TarWriter layer;
  layer.file("first", "1").file("second", std::string(200000, '2')).file("third", "3");
  const std::string plain = layer.finish();
  std::string flipped = gzip(plain);
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);  // in the checksum
  const std::pair<std::string, std::string> broken[] = {
      {plain.substr(0, 100000), "the tar data end too early"},
      {gzip(plain.substr(0, 100000)), "the tar data end too early"},
      {gzip(plain, 0).substr(0, 100000), "the gzip data end too early"},
      {zstd(plain).substr(0, zstd(plain).size() - 3), "the zstd data end too early"},
      {flipped, "the gzip checksum does not fit"},
      {layer.unfinished() + std::string(512, 'x'), "not a tar header"},
      {plain.substr(0, 1024) + std::string(512, '\0') + plain.substr(1024), "data behind the end of the tar archive"},
  };
  for (const auto& [stored, reason] : broken) {
    Outcome out;
    walk_archive(image_with(stored), out);
    EXPECT_TRUE(out.says("layer 1 of 1")) << reason;
    EXPECT_TRUE(out.says(reason)) << reason << " is not in: " << out.reasons();
    EXPECT_EQ(out.recorder.content("first"), "1") << reason;
  }
}

TEST(HostileImage, BrokenLayersInStreamsDoNotHideTheOthers) {
  TarWriter good;
  good.file("good", "g");
  const std::string archive = tar_of(classic_archive({gzip(std::string(3000, 'x')), good.finish()}));
  size_t at = 0;
  auto image = open_stream([&](char* to, size_t capacity) -> Result<size_t> {
    const size_t count = std::min(capacity, archive.size() - at);
    archive.copy(to, count, at);
    at += count;
    return count;
  });
  Recorder recorder;
  const auto report = image->tree->walk(recorder);
  ASSERT_EQ(report->not_assessed.size(), 1U);
  EXPECT_NE(report->not_assessed[0].reason.find("not a tar header"), std::string::npos);
  EXPECT_EQ(recorder.files.size(), 1U);
}

TEST(HostileImage, StreamsThatBreakOffSaySo) {
  const std::string archive = tar_of(classic_archive({tar_of({{"a", "1"}}), tar_of({{"b", std::string(5000, 'b')}})}));
  for (const bool by_error : {false, true}) {
    size_t at = 0;
    auto image = open_stream([&](char* to, size_t capacity) -> Result<size_t> {
      const size_t count = std::min({capacity, size_t{4000} - at, size_t{500}});
      if (count == 0 && by_error) return Error{ErrorKind::unreachable, "connection reset"};
      archive.copy(to, count, at);
      at += count;
      return count;
    });
    Recorder recorder;
    const auto report = image->tree->walk(recorder);
    ASSERT_TRUE(report.ok());
    std::string reasons;
    for (const auto& left : report->not_assessed) reasons += left.what + ": " + left.reason + "\n";
    EXPECT_NE(reasons.find(by_error ? "connection reset" : "end too early"), std::string::npos) << reasons;
    EXPECT_NE(reasons.find("order of the layers"), std::string::npos) << reasons;
  }
}

TEST(HostileImage, BombsAreStoppedBySizeAndByRatio) {
  TarWriter head;
  head.file("before", "b").header('0', "bomb", uint64_t{200} << 20, {}, 0644);
  const std::string packed = gzip(head.unfinished() + std::string(size_t{200} << 20, '\0'), 9);
  ASSERT_LT(packed.size(), size_t{1} << 20);
  Outcome by_size;
  walk_archive(image_with(packed), by_size, {.layer_bytes = uint64_t{10} << 20});
  EXPECT_TRUE(by_size.says("inflates to more than 10485760 bytes")) << by_size.reasons();
  EXPECT_EQ(by_size.recorder.content("before"), "b");
  Outcome by_ratio;
  walk_archive(image_with(packed), by_ratio, {.compression_ratio = 500});
  EXPECT_TRUE(by_ratio.says("inflates to more than 500 times its size")) << by_ratio.reasons();
}

TEST(HostileImage, TooManyNamesStopTheWalk) {
  TarWriter layer;
  for (int i = 0; i < 100; ++i) layer.file("f" + std::to_string(i), "");
  Outcome out;
  walk_archive(image_with(layer.finish()), out, {.entries = 30});
  EXPECT_TRUE(out.says("more than 30 names"));
  EXPECT_EQ(out.recorder.files.size(), 30U);
}

TEST(HostileImage, SizesThatLie) {
  TarWriter huge;
  huge.file("first", "1").header('0', "huge", uint64_t{1} << 32, {}, 0644);
  TarWriter base256;
  base256.file("first", "1");
  std::string block(512, '\0');
  block.replace(0, 4, "huge");
  block.replace(124, 12, std::string(12, '\xff'));
  base256.raw_header(block);
  TarWriter pax;
  pax.file("first", "1").pax("size", "99999999999999999999").file("x", "x");
  for (const TarWriter& tar : {huge, base256, pax}) {
    for (const bool packed : {false, true}) {
      Outcome out;
      walk_archive(image_with(packed ? gzip(tar.finish()) : tar.finish()), out);
      EXPECT_EQ(out.recorder.content("first"), "1");
      EXPECT_EQ(out.recorder.files.size(), 1U);
      EXPECT_EQ(out.report.not_assessed.size(), 1U) << out.reasons();
    }
  }
}

TEST(HostileImage, SparseFilesAreReportedNotGuessed) {
  TarWriter layer;
  layer.pax("GNU.sparse.major", "1").file("var/lib/dpkg/status", "map").file("after", "a");
  Outcome out;
  walk_archive(image_with(layer.finish()), out);
  EXPECT_TRUE(out.says("var/lib/dpkg/status: stored with holes"));
  EXPECT_EQ(out.recorder.content("after"), "a");
}

TEST(HostileImage, ANameTwiceInALayerIsSaid) {
  TarWriter layer;
  layer.file("status", "old").file("status", "new");
  Outcome out;
  walk_archive(image_with(layer.finish()), out);
  EXPECT_EQ(out.recorder.content("status"), "new");
  EXPECT_TRUE(out.says("status: is in the layer more than once"));
}

TEST(HostileImage, BlobsThatDoNotFitTheirDigest) {
  const std::string plain = tar_of({{"a", "1"}});
  Files files = modern_archive({gzip(plain)}, {plain});
  const std::string other = gzip(tar_of({{"a", "2"}}));
  for (auto& [path, content] : files) {
    if (content == gzip(plain)) content = other;
  }
  Outcome out;
  walk_archive(tar_of(files), out);
  EXPECT_TRUE(out.says("the content does not fit its digest")) << out.reasons();
  EXPECT_EQ(out.recorder.content("a"), "2");

  files = modern_archive({gzip(plain)}, {plain});
  for (auto& [path, content] : files) {
    if (content == image_config({plain})) content.back() = ' ';
  }
  EXPECT_EQ(open_error(tar_of(files)).message, "the content does not fit its digest");
}

TEST(HostileImage, MissingAndForeignLayers) {
  Files files = classic_archive({tar_of({{"a", "1"}}), tar_of({{"b", "1"}})});
  std::erase_if(files, [](const auto& file) { return file.first == "layer0/layer.tar"; });
  for (auto& [path, content] : files) {
    if (path == "layer1/layer.tar") content = std::string(2000, 'w');
  }
  Outcome out;
  walk_archive(tar_of(files), out);
  EXPECT_TRUE(out.says("not in the archive"));
  EXPECT_TRUE(out.says("neither a tar archive nor one packed with gzip or zstd"));
}

TEST(HostileImage, HardLinksInACircleEnd) {
  TarWriter layer;
  layer.hard_link("a", "b").hard_link("b", "a").hard_link("self", "self");
  Outcome out;
  walk_archive(image_with(layer.finish()), out);
  EXPECT_EQ(out.report.not_assessed.size(), 3U);
  EXPECT_TRUE(out.recorder.files.empty());
}

TEST(HostileImage, ManifestsThatAreNone) {
  EXPECT_EQ(open_error("plain text").kind, ErrorKind::unsupported);
  EXPECT_EQ(open_error(std::string(4096, 'x')).kind, ErrorKind::unsupported);
  EXPECT_EQ(open_error(tar_of({{"hello", "x"}})).kind, ErrorKind::unsupported);
  EXPECT_EQ(open_error(tar_of({{"manifest.json", "[{"}})).kind, ErrorKind::malformed);
  EXPECT_EQ(open_error(tar_of({{"manifest.json", std::string(100000, '[')}})).kind, ErrorKind::malformed);
  EXPECT_EQ(open_error(tar_of({{"manifest.json", "{}"}})).kind, ErrorKind::malformed);
  EXPECT_EQ(open_error(tar_of({{"manifest.json", "[]"}})).kind, ErrorKind::not_found);
  EXPECT_EQ(open_error(tar_of({{"manifest.json", R"([{"Config":"../../etc/passwd","Layers":[]}])"}})).kind,
            ErrorKind::malformed);
  EXPECT_EQ(open_error(tar_of({{"index.json", R"({"manifests":[{"digest":"sha256:../../x"}]})"}})).kind,
            ErrorKind::malformed);
  const Error far = open_error(tar_of({{"manifest.json", "[]"}}).substr(0, 600));
  EXPECT_EQ(far.kind, ErrorKind::malformed);
  EXPECT_NE(far.context.find("image.tar"), std::string::npos);
}

TEST(HostileImage, AnIndexThatNamesItselfEnds) {
  const TempDirectory dir;
  const std::string inner = R"({"manifests":[{"digest":"sha512:)" + std::string(128, '0') + R"("}]})";
  dir.write("l/index.json", inner);
  dir.write("l/blobs/sha512/" + std::string(128, '0'), inner);
  EXPECT_EQ(open_oci_layout(dir / "l").error().kind, ErrorKind::limit);
}

TEST(HostileImage, LayoutsWhoseBlobsLinkOutsideAreNotFollowed) {
  const TempDirectory dir;
  dir.write("secret", "{}");
  dir.write("l/x", "");
  std::filesystem::create_symlink(dir / "secret", dir / "l/index.json");
  EXPECT_FALSE(open_oci_layout(dir / "l").ok());
}

}  // namespace
}  // namespace plimsoll::rootfs

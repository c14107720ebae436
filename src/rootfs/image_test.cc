#include <gtest/gtest.h>

#include "base/sha256.h"
#include "rootfs/image_for_tests.h"
#include "rootfs/recorder_for_tests.h"
#include "rootfs/tar_for_tests.h"
#include "rootfs/temp_directory_for_tests.h"

namespace plimsoll::rootfs {
namespace {

// A base, a layer that changes and takes away, and one on top.
std::vector<std::string> three_layers() {
  TarWriter base;
  base.directory("./").directory("etc/").file("etc/os-release", "ID=debian").file("var/lib/status", "one");
  base.file("opt/old/a", "a").file("opt/old/b", "b").file("srv/gone", "gone").file("data", "a file");
  base.file("dir/inside", "inside").file("link/inside", "i").symlink("bin", "usr/bin");
  TarWriter middle;
  middle.file("var/lib/status", "two").file("srv/.wh.gone", "").file("opt/old/.wh..wh..opq", "").file("opt/old/c", "c");
  middle.file("data/now/a/directory", "d").file("dir", "a file now").symlink("link", "etc");
  TarWriter top;
  top.file("app/server", "elf", 0755).file(".wh..wh.plnk", "");
  return {base.finish(), middle.finish(), top.finish()};
}

struct Walked {
  Image image;
  Recorder recorder;
  WalkReport report;
  std::string reasons() const {
    std::string out;
    for (const auto& left : report.not_assessed) out += left.what + ": " + left.reason + "\n";
    return out;
  }
};

void walk(Result<Image> image, Walked& out) {
  ASSERT_TRUE(image.ok()) << image.error().to_string();
  out.image = std::move(image).value();
  auto report = out.image.tree->walk(out.recorder);
  ASSERT_TRUE(report.ok()) << report.error().to_string();
  out.report = std::move(report).value();
}

Result<Image> stream_of(const std::string& bytes, size_t piece = 1000) {
  auto at = std::make_shared<size_t>(0);
  return open_stream([bytes, at, piece](char* to, size_t capacity) -> Result<size_t> {
    const size_t count = std::min({piece, capacity, bytes.size() - *at});
    bytes.copy(to, count, *at);
    *at += count;
    return count;
  });
}

// The number that entries of a layer carry, whatever the order they came in.
size_t number_of(const Walked& walked, const std::string& plain) {
  const auto& layers = walked.image.tree->layers();
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].value == "sha256:" + sha256_hex(plain)) return i;
  }
  return SIZE_MAX;
}

void expect_three_layers(const Walked& walked) {
  const auto plain = three_layers();
  const size_t base = number_of(walked, plain[0]);
  const size_t middle = number_of(walked, plain[1]);
  const size_t top = number_of(walked, plain[2]);
  ASSERT_NE(base, SIZE_MAX);
  ASSERT_NE(middle, SIZE_MAX);
  ASSERT_NE(top, SIZE_MAX);
  EXPECT_EQ(walked.reasons(), "");
  const Tree& tree = *walked.image.tree;
  EXPECT_EQ(walked.recorder.content("etc/os-release", base), "ID=debian");
  EXPECT_EQ(walked.recorder.content("var/lib/status", base), "one");
  EXPECT_EQ(walked.recorder.content("var/lib/status", middle), "two");
  EXPECT_EQ(walked.recorder.content("app/server", top), "elf");
  EXPECT_EQ((walked.recorder.files.at({"app/server", top}).mode), 0755U);
  EXPECT_EQ(walked.recorder.names.at("bin"), EntryType::symlink);
  EXPECT_FALSE(walked.recorder.names.contains("srv/.wh.gone"));

  EXPECT_TRUE(tree.visible("etc/os-release", base));
  EXPECT_FALSE(tree.visible("var/lib/status", base));
  EXPECT_TRUE(tree.visible("var/lib/status", middle));
  EXPECT_FALSE(tree.visible("srv/gone", base));     // taken away
  EXPECT_FALSE(tree.visible("opt/old/a", base));    // in a directory made opaque
  EXPECT_TRUE(tree.visible("opt/old/c", middle));   // which the same layer filled anew
  EXPECT_FALSE(tree.visible("data", base));         // now a directory, which no entry names
  EXPECT_FALSE(tree.visible("dir/inside", base));   // its directory is a file now
  EXPECT_FALSE(tree.visible("link/inside", base));  // or a symlink
  EXPECT_TRUE(tree.visible("app/server", top));
  EXPECT_FALSE(tree.visible("app/server", 99));

  const ImageConfig& config = tree.late_config() ? *tree.late_config() : walked.image.config;
  EXPECT_EQ(config.user, "app");
  EXPECT_EQ(config.os, "linux");
  EXPECT_EQ(config.architecture, "amd64");
  EXPECT_EQ(config.exposed_ports, std::vector<std::string>{"80/tcp"});
  EXPECT_EQ(config.digest.value, "sha256:" + sha256_hex(image_config(plain)));
  EXPECT_EQ(config.tags.size(), 1U);
}

TEST(Image, ClassicDockerArchive) {
  const TempDirectory dir;
  dir.write("image.tar", tar_of(classic_archive(three_layers())));
  Walked walked;
  walk(open_archive(dir / "image.tar"), walked);
  expect_three_layers(walked);
  EXPECT_EQ(number_of(walked, three_layers()[0]), 0U);
  EXPECT_EQ(walked.image.config.tags[0], "shop/web:1");
}

TEST(Image, PackedDockerArchives) {
  const TempDirectory dir;
  const std::string archive = tar_of(classic_archive(three_layers()));
  dir.write("image.tar.gz", gzip(archive));
  dir.write("image.tar.zst", zstd(archive));
  for (const char* name : {"image.tar.gz", "image.tar.zst"}) {
    Walked walked;
    walk(open_archive(dir / name), walked);
    expect_three_layers(walked);
    EXPECT_EQ(walked.image.config.user, "app");
  }
}

TEST(Image, ModernDockerAndOciArchivesWithEveryCompression) {
  const TempDirectory dir;
  const auto plain = three_layers();
  const std::vector<std::string> stored = {gzip(plain[0]), zstd(plain[1]), plain[2]};
  dir.write("modern.tar", tar_of(modern_archive(stored, plain)));
  dir.write("oci.tar", tar_of(oci_layout(stored, plain)));
  for (const char* name : {"modern.tar", "oci.tar"}) {
    Walked walked;
    walk(open_archive(dir / name, "web:1"), walked);
    expect_three_layers(walked);
  }
}

TEST(Image, OciLayoutDirectory) {
  const TempDirectory dir;
  const auto plain = three_layers();
  for (const auto& [path, content] : oci_layout({gzip(plain[0]), zstd(plain[1]), plain[2]}, plain))
    dir.write("l/" + path, content);
  Walked walked;
  walk(open_oci_layout(dir / "l"), walked);
  expect_three_layers(walked);
}

TEST(Image, StreamsWithTheManifestLast) {
  const auto plain = three_layers();
  for (const std::string& bytes :
       {tar_of(classic_archive(plain)), tar_of(modern_archive({gzip(plain[0]), zstd(plain[1]), plain[2]}, plain))}) {
    for (const size_t piece : {size_t{7}, size_t{512}, size_t{100000}}) {
      Walked walked;
      walk(stream_of(bytes, piece), walked);
      expect_three_layers(walked);
      EXPECT_EQ(walked.image.tree->walk(walked.recorder).error().kind, ErrorKind::conflict);
    }
  }
}

TEST(Image, SeveralGzipMembersAndPadding) {
  const TempDirectory dir;
  auto plain = three_layers();
  const std::string packed = gzip(plain[0].substr(0, 700)) + gzip(plain[0].substr(700)) + std::string(37, '\0');
  dir.write("image.tar", tar_of(modern_archive({packed, gzip(plain[1]), gzip(plain[2])}, plain)));
  Walked walked;
  walk(open_archive(dir / "image.tar"), walked);
  expect_three_layers(walked);
}

TEST(Image, LayersStoredOnceAndLinked) {
  const TempDirectory dir;
  TarWriter layer;
  layer.file("a", "1");
  TarWriter archive;
  archive.file("x/layer.tar", layer.finish()).symlink("y/layer.tar", "../x/layer.tar");
  archive.file("c.json", image_config({layer.finish()}));
  archive.file("manifest.json", R"([{"Config":"c.json","RepoTags":null,"Layers":["y/layer.tar"]}])");
  dir.write("image.tar", archive.finish());
  dir.write("image.tar.gz", gzip(archive.finish()));
  for (int way = 0; way < 3; ++way) {
    Walked walked;
    walk(way == 0   ? open_archive(dir / "image.tar")
         : way == 1 ? open_archive(dir / "image.tar.gz")
                    : stream_of(archive.finish()),
         walked);
    EXPECT_EQ(walked.reasons(), "");
    EXPECT_EQ(walked.recorder.content("a"), "1");
    EXPECT_TRUE(walked.image.tree->visible("a", 0));
  }
}

// Hard links: small and large targets, through another link, before the target, across layers.
class HardLinks : public testing::TestWithParam<int> {
 protected:
  static std::string big() { return std::string(300000, 'x') + "end"; }
  static std::vector<std::string> layers() {
    TarWriter base;
    base.hard_link("early", "bin/tool").file("bin/tool", big(), 0755).file("small", "s").file("unwanted", big());
    base.hard_link("alias1", "./bin/tool").hard_link("alias2", "alias1").hard_link("tiny", "small");
    base.hard_link("wanted", "unwanted").hard_link("broken", "nothing");
    TarWriter top;
    top.hard_link("later", "bin/tool").file("bin/.wh.tool", "");
    return {base.finish(), top.finish()};
  }
};

TEST_P(HardLinks, ShowTheContentUnderEveryName) {
  const TempDirectory dir;
  const auto plain = layers();
  const bool packed = GetParam() == 1;
  dir.write("image.tar",
            tar_of(packed ? modern_archive({gzip(plain[0]), gzip(plain[1])}, plain) : classic_archive(plain)));
  Walked walked;
  walked.recorder.chosen = [](const Entry& entry) { return entry.path != "unwanted"; };
  walk(open_archive(dir / "image.tar"), walked);
  for (const char* name : {"early", "bin/tool", "alias1", "alias2", "wanted"}) {
    EXPECT_EQ(walked.recorder.content(name, 0), big()) << name;
  }
  EXPECT_EQ((walked.recorder.files.at({"early", 0}).mode), 0755U);
  EXPECT_EQ(walked.recorder.content("tiny", 0), "s");
  EXPECT_EQ(walked.recorder.content("later", 1), big());
  EXPECT_EQ(walked.recorder.content("unwanted", 0), "(not shown)");
  EXPECT_EQ(walked.reasons(), "broken: a hard link to something that is not in the image\n");
  EXPECT_FALSE(walked.image.tree->visible("bin/tool", 0));
  EXPECT_TRUE(walked.image.tree->visible("early", 0));
}
INSTANTIATE_TEST_SUITE_P(Packing, HardLinks, testing::Values(0, 1));

TEST(Image, AVisitorMayTakeAllNamesOfAFileForOne) {
  struct OneName : Recorder {
    bool wants_alias(const Entry&, std::string_view) override { return false; }
  };
  const TempDirectory dir;
  TarWriter base;
  base.file("bin/tool", "t").hard_link("bin/other", "bin/tool");
  TarWriter top;
  top.file("bin/.wh.tool", "");
  dir.write("image.tar", tar_of(classic_archive({base.finish(), top.finish()})));
  auto image = open_archive(dir / "image.tar");
  OneName visitor;
  ASSERT_TRUE(image->tree->walk(visitor).ok());
  EXPECT_EQ(visitor.files.size(), 1U);
  EXPECT_TRUE(image->tree->visible("bin/tool", 0));  // under its other name
}

TEST(Image, StreamsSayWhatPassedBy) {
  const std::string big(300000, 'x');
  TarWriter layer;
  layer.file("tool", big).hard_link("alias", "tool");
  Walked walked;
  walk(stream_of(tar_of(classic_archive({layer.finish()}))), walked);
  EXPECT_EQ(walked.recorder.content("tool"), big);
  EXPECT_NE(walked.reasons().find("alias: another name of a file that had already passed by"), std::string::npos);
}

TEST(Image, ChoosesByTagAndPlatform) {
  const TempDirectory dir;
  TarWriter one;
  one.file("one", "1");
  TarWriter two;
  two.file("two", "2");
  TarWriter archive;
  archive.file("1.tar", one.finish()).file("2.tar", two.finish()).file("1.json", image_config({one.finish()}));
  archive.file("2.json", image_config({two.finish()}));
  archive.file("manifest.json", R"([{"Config":"1.json","RepoTags":["a:1"],"Layers":["1.tar"]},
                                    {"Config":"2.json","RepoTags":["b:latest"],"Layers":["2.tar"]}])");
  dir.write("image.tar", archive.finish());
  Walked walked;
  walk(open_archive(dir / "image.tar", "b"), walked);
  EXPECT_EQ(walked.recorder.content("two"), "2");
  const auto none = open_archive(dir / "image.tar", "c");
  EXPECT_EQ(none.error().kind, ErrorKind::not_found);
  EXPECT_NE(none.error().advice.find("a:1, b:latest"), std::string::npos);
}

TEST(OciLayout, PicksThePlatformAndPassesOverAttestations) {
  const TempDirectory dir;
  const auto manifest = [&](const std::string& layer, const std::string& architecture) {
    const std::string config = image_config({layer}, architecture);
    const std::string text = "{\"config\":{\"digest\":\"sha256:" + sha256_hex(config) +
                             "\"},\"layers\":[{\"digest\":\"sha256:" + sha256_hex(layer) + "\"}]}";
    for (const std::string& blob : {layer, config, text}) dir.write("l/blobs/sha256/" + sha256_hex(blob), blob);
    return "{\"digest\":\"sha256:" + sha256_hex(text) + "\",\"platform\":{\"os\":\"linux\",\"architecture\":\"" +
           architecture + "\"}}";
  };
  TarWriter arm;
  arm.file("arm", "1");
  TarWriter s390;
  s390.file("s390", "1");
  const std::string nested =
      "{\"manifests\":[" + manifest(arm.finish(), "arm64") + "," + manifest(s390.finish(), "s390x") + "]}";
  dir.write("l/blobs/sha256/" + sha256_hex(nested), nested);
  dir.write("l/index.json",
            "{\"manifests\":[{\"digest\":\"sha256:" + std::string(64, '0') +
                "\",\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}},{\"digest\":\"sha256:" +
                sha256_hex(nested) + "\"}]}");
  Walked walked;
  walk(open_oci_layout(dir / "l", "linux/s390x"), walked);
  EXPECT_EQ(walked.recorder.content("s390"), "1");
  EXPECT_EQ(walked.image.config.architecture, "s390x");
  EXPECT_EQ(open_oci_layout(dir / "l", "linux/mips").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace plimsoll::rootfs

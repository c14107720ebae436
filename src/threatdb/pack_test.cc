#include "threatdb/pack.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "threatdb/feeds_for_test.h"
#include "threatdb/pack_piece.h"

namespace plimsoll::threatdb {
namespace {

struct Packs : testing::Test {
  TestFolder folder;
  TestMirror mirror{folder};
  std::string here = folder.path("here/threats.db"), there = folder.path("there/threats.db");
  std::string key_file = folder.path("key");

  void SetUp() override {
    ASSERT_TRUE(make_key_pair(key_file).ok());
    update();
  }
  void update() {
    const auto done = update_database(here, from_mirror(folder));
    ASSERT_TRUE(done.ok() && done->built && done->feeds.failed.empty());
  }
  std::string pack(const std::string& name, const std::string& since = "") {
    const std::string path = folder.path(name);
    const auto done = write_pack(feeds_folder(here), path, *SigningKey::read_private(key_file),
                                 since.empty() ? since : folder.path(since));
    EXPECT_TRUE(done.ok()) << (done.ok() ? "" : done.error().to_string());
    return path;
  }
  Result<UnpackReport> open(const std::string& path, const std::string& base = "") {
    return unpack(path, *SigningKey::read_public(key_file + ".pub"), there, base);
  }
  uint64_t records() {
    const auto db = ThreatDb::open(there);
    return db.ok() ? db->info().records : 0;
  }
};

TEST_F(Packs, WholeThenDelta) {
  const auto whole = open(pack("whole"));
  ASSERT_TRUE(whole.ok()) << whole.error().to_string();
  EXPECT_FALSE(whole->manifest.is_delta());
  EXPECT_EQ(whole->built.info.records, 8U);
  EXPECT_EQ(whole->built.info.sources.size(), 4U);
  mirror.records_["A-9"] = "2026-02-01T00:00:00Z";
  mirror.write();
  update();
  const auto delta = open(pack("delta", "whole"));
  ASSERT_TRUE(delta.ok()) << delta.error().to_string();
  EXPECT_TRUE(delta->manifest.is_delta());
  EXPECT_EQ(records(), 9U);
  EXPECT_EQ(*read_file(folder.path("there/feeds/osv/npm/all.zip")),
            *read_file(folder.path("here/feeds/osv/npm/all.zip")));
  EXPECT_FALSE(std::filesystem::exists(folder.path("there/feeds.new")));
}

TEST_F(Packs, ADeltaNeedsItsBase) {
  pack("whole");
  mirror.records_["A-9"] = "2026-02-01T00:00:00Z";
  mirror.write();
  update();
  const std::string delta = pack("delta", "whole");
  const auto first = open(delta);
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(first.error().kind, ErrorKind::conflict);
  EXPECT_NE(first.error().to_string().find("--base"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(there));
  ASSERT_TRUE(open(folder.path("whole")).ok());
  folder.write("there/feeds/osv/ecosystems.txt", "npm\nchanged\n");
  EXPECT_EQ(open(delta).error().kind, ErrorKind::conflict);
  EXPECT_EQ(records(), 8U);
  EXPECT_EQ(open(delta, delta).error().kind, ErrorKind::unsupported);
  const auto with_base = open(delta, folder.path("whole"));
  EXPECT_TRUE(with_base.ok()) << "whatever is here now";
  EXPECT_EQ(records(), 9U);
  const auto again = write_pack(feeds_folder(here), folder.path("x"), *SigningKey::read_private(key_file), delta);
  EXPECT_EQ(again.error().kind, ErrorKind::unsupported) << "no delta of a delta";
}

TEST_F(Packs, NotBackToAnOlderOne) {
  const std::string path = pack("whole");
  ASSERT_TRUE(open(path).ok());
  ASSERT_TRUE(open(path).ok()) << "the same one once more does no harm";
  std::string state = *read_file(folder.path("there/feeds/.state.json"));
  const size_t year = state.find("\"as_of\": \"20");
  ASSERT_NE(year, std::string::npos);
  state[year + 10] = '3';
  folder.write("there/feeds/.state.json", state);
  const auto older = open(path);
  ASSERT_FALSE(older.ok());
  EXPECT_NE(older.error().to_string().find("before the one unpacked last"), std::string::npos);
}

TEST_F(Packs, EveryChangedByteIsSeen) {
  const std::string bytes = *read_file(pack("whole"));
  ASSERT_TRUE(open(folder.path("whole")).ok());
  const std::string before = *read_file(there);
  for (size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 60) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    EXPECT_FALSE(open(folder.write("changed", changed)).ok()) << at;
    EXPECT_FALSE(open(folder.write("cut", bytes.substr(0, at))).ok()) << at;
  }
  EXPECT_FALSE(open(folder.write("longer", bytes + "x")).ok());
  EXPECT_EQ(*read_file(there), before);
}

TEST_F(Packs, KeysOfOthers) {
  const std::string path = pack("whole");
  ASSERT_TRUE(make_key_pair(folder.path("other")).ok());
  const auto wrong = unpack(path, *SigningKey::read_public(folder.path("other.pub")), there);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().kind, ErrorKind::denied);
  EXPECT_FALSE(std::filesystem::exists(there));
  EXPECT_EQ(make_key_pair(key_file).error().kind, ErrorKind::conflict) << "keys are not overwritten";
  struct stat facts{};
  ASSERT_EQ(::stat(key_file.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
  EXPECT_EQ(SigningKey::read_public(key_file).error().kind, ErrorKind::malformed);
  EXPECT_EQ(SigningKey::read_private(key_file + ".pub").error().kind, ErrorKind::malformed);
  EXPECT_EQ(SigningKey::read_private(folder.path("none")).error().kind, ErrorKind::not_found);
}

TEST(PackFormat, ManifestsAreReadBackAndBounded) {
  Manifest manifest;
  manifest.created = *parse_rfc3339("2026-02-03");
  manifest.files = {{PieceKind::whole, "kev/known_exploited_vulnerabilities.json", 5, hash_of("x"), 7, hash_of("y")},
                    {PieceKind::whole, "osv/npm/all.zip", 5, hash_of("x"), 1, hash_of("z")}};
  const auto read = [&](uint64_t body) {
    const std::string head = pack_head(manifest) + std::string(signature_bytes, 's');
    const auto parts = split_pack(head);
    return parse_manifest(parts->manifest, body);
  };
  ASSERT_TRUE(read(8).ok()) << read(8).error().to_string();
  EXPECT_EQ(*read(8), manifest);
  EXPECT_FALSE(read(7).ok());
  EXPECT_FALSE(read(9).ok());
  manifest.files[1].kind = PieceKind::same;
  EXPECT_FALSE(read(8).ok()) << "no base";
  manifest.files[1].kind = PieceKind::whole;
  manifest.files[1].size = max_pack_file_bytes + 1;
  EXPECT_EQ(read(8).error().kind, ErrorKind::limit);
  manifest.files[1].size = 1;
  for (const char* name : {"osv/../all.zip", "/etc/passwd", "osv/npm/../x", "kev/other", "", "a", "osv/.x/all.zip"}) {
    manifest.files[1].name = name;
    EXPECT_FALSE(read(8).ok()) << name;
  }
}

TEST(PackPiece, ADifferenceIsSmall) {
  std::string noise;
  uint32_t state = 7;
  for (int i = 0; i < 3000000; ++i) noise += static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  const std::string changed = noise.substr(0, 1000000) + "something new" + noise.substr(1000100);
  const auto piece = pack_piece(changed, noise);
  ASSERT_TRUE(piece.ok());
  EXPECT_LT(piece->size(), changed.size() / 100);
  EXPECT_EQ(*unpack_piece(*piece, changed.size(), noise), changed);
  EXPECT_FALSE(unpack_piece(*piece, changed.size(), noise.substr(1)).ok()) << "another base";
  EXPECT_FALSE(unpack_piece(*piece, changed.size() - 1, noise).ok());
  EXPECT_FALSE(unpack_piece("rubbish", 7, "").ok());
  EXPECT_EQ(*unpack_piece(*pack_piece("", ""), 0, ""), "");
}

}  // namespace
}  // namespace plimsoll::threatdb

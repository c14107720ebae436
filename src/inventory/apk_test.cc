#include "inventory/apk.h"

#include <gtest/gtest.h>

#include "base/deflate_for_tests.h"
#include "inventory/adb_for_tests.h"

namespace plimsoll::inventory {
namespace {

struct Files {
  std::vector<std::string> seen;
  FileSink sink() {
    return [this](std::string_view package, std::string_view path) {
      seen.push_back(std::string(package) + ":" + std::string(path));
    };
  }
};

TEST(ApkText, ReadsPackagesOriginsAndFiles) {
  Files files;
  const Found found = parse_apk_text(
      "C:Q1abc=\nP:libcrypto3\nV:3.1.4-r0\nA:x86_64\no:openssl\nF:lib\nR:libcrypto.so.3\nF:\nR:top\n\n"
      "P:musl\nV:1.2.4-r2\nA:x86_64\n\nP:\nV:1\n\n",
      files.sink());
  ASSERT_EQ(found.packages.size(), 2u);
  EXPECT_EQ(found.packages[0].name, "libcrypto3");
  EXPECT_EQ(found.packages[0].source_name, "openssl");
  EXPECT_EQ(found.packages[0].source_version, "3.1.4-r0");
  EXPECT_EQ(found.packages[1].source_name, "musl");
  EXPECT_EQ(files.seen, (std::vector<std::string>{"libcrypto3:lib/libcrypto.so.3", "libcrypto3:top"}));
  EXPECT_EQ(found.not_assessed.size(), 1u) << "the paragraph without a name";
}

TEST(ApkText, RubbishIsAnErrorAndEmptyIsNot) {
  Files files;
  EXPECT_FALSE(parse_apk("rubbish\n", files.sink()).ok());
  EXPECT_TRUE(parse_apk("", files.sink()).ok());
}

TEST(ApkAdb, ReadsAnInstalledDatabase) {
  Files files;
  const auto found = parse_apk(installed_adb({{"musl", "1.2.5-r8", "x86_64", "", {{"lib", {"ld-musl-x86_64.so.1"}}}},
                                              {"libssl3", "3.3.2-r0", "x86_64", "openssl", {}}}),
                               files.sink());
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_EQ(found->packages.size(), 2u);
  EXPECT_EQ(found->packages[0].name, "musl");
  EXPECT_EQ(found->packages[0].version, "1.2.5-r8");
  EXPECT_EQ(found->packages[1].source_name, "openssl");
  EXPECT_EQ(files.seen, std::vector<std::string>{"musl:lib/ld-musl-x86_64.so.1"});
}

TEST(ApkAdb, ReadsADeflatedOne) {
  const std::string plain = installed_adb({{"musl", "1.2.5-r8", "x86_64", "", {}}});
  const std::string packed = deflated(plain, bare_window);
  Files files;
  const auto found = parse_apk("ADBd" + packed, files.sink());
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->packages.size(), 1u);
  EXPECT_FALSE(parse_apk("ADBd" + packed.substr(0, packed.size() / 2), files.sink()).ok());
}

TEST(ApkAdb, EveryCutIsAnErrorOrSaid) {
  const std::string whole = installed_adb({{"musl", "1.2.5-r8", "x86_64", "", {{"lib", {"a", "b"}}}}});
  for (size_t size = 0; size < whole.size(); ++size) {
    Files files;
    const auto found = parse_apk_adb(std::string_view(whole).substr(0, size), files.sink());
    EXPECT_FALSE(found.ok()) << size;
  }
}

TEST(ApkAdb, UnknownKindsAreNamed) {
  Files files;
  const auto packed = parse_apk(std::string("ADBc\x07\x01xxxx", 10), files.sink());
  ASSERT_FALSE(packed.ok());
  EXPECT_EQ(packed.error().kind, ErrorKind::unsupported);
  const auto schema = parse_apk("ADB.zzzz", files.sink());
  ASSERT_FALSE(schema.ok());
  EXPECT_EQ(schema.error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace plimsoll::inventory

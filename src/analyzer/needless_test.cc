#include "analyzer/needless.h"

#include <gtest/gtest.h>

namespace plimsoll::analyzer {
namespace {

Package package(PackageType type, const std::string& name) {
  Package out;
  out.type = type;
  out.name = name;
  return out;
}

TEST(Needless, AreToolsOfTheSystemByAnyOfTheirNames) {
  const auto found = needless_in({package(PackageType::deb, "nmap"), package(PackageType::deb, "gcc-12"),
                                  package(PackageType::rpm, "gcc-c++"), package(PackageType::apk, "build-base"),
                                  package(PackageType::deb, "nmap")});
  EXPECT_EQ(found, (std::vector<std::string>{"build-base", "gcc-12", "gcc-c++", "nmap"}));
}

TEST(Needless, ALibraryOrAPackageOfALanguageIsNone) {
  EXPECT_TRUE(needless_in({package(PackageType::deb, "libgcc-s1"), package(PackageType::deb, "gcc-12-base"),
                           package(PackageType::npm, "nmap"), package(PackageType::deb, "openssh-client")})
                  .empty());
}

}  // namespace
}  // namespace plimsoll::analyzer

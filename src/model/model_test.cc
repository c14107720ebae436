#include <gtest/gtest.h>

#include "model/inventory.h"
#include "model/names.h"
#include "model/report.h"
#include "model/scoring.h"

namespace plimsoll {
namespace {

TEST(OsvEcosystem, FollowsTheSchemaNames) {
  EXPECT_EQ(osv_ecosystem({.id = "debian", .version_id = "12"}), "Debian:12");
  EXPECT_EQ(osv_ecosystem({.id = "ubuntu", .version_id = "22.04"}), "Ubuntu:22.04:LTS");
  EXPECT_EQ(osv_ecosystem({.id = "ubuntu", .version_id = "23.10"}), "Ubuntu:23.10");
  EXPECT_EQ(osv_ecosystem({.id = "alpine", .version_id = "3.18.4"}), "Alpine:v3.18");
  EXPECT_EQ(osv_ecosystem({.id = "alpine", .version_id = "3.21_alpha20240807"}), "");
  EXPECT_EQ(osv_ecosystem({.id = "rocky", .version_id = "9.3"}), "Rocky Linux:9");
  EXPECT_EQ(osv_ecosystem({.id = "debian"}), "");  // testing and sid have no number
  EXPECT_EQ(osv_ecosystem({.id = "nosuch", .version_id = "1"}), "");
}

TEST(Names, ParseIsTheInverse) {
  for (int i = 0; i < 12; ++i) {
    const auto type = static_cast<PackageType>(i);
    EXPECT_EQ(parse_package_type(name_of(type)), type);
  }
  EXPECT_FALSE(parse_threat_level("Critical"));
  EXPECT_EQ(severity_level_of(6.9), SeverityLevel::medium);
  EXPECT_EQ(severity_level_of(0), SeverityLevel::unknown);
}

}  // namespace
}  // namespace plimsoll

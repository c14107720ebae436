#include "feed/cvss.h"

#include <gtest/gtest.h>

namespace plimsoll::feed {
namespace {

double score(std::string_view vector) {
  const auto scored = score_cvss(vector);
  return scored ? scored->score : -1;
}

// FIRST, "CVSS v3.1 Examples" and "CVSS v3.0 Examples": base scores as printed there; the last rows are the scale's
// ends.
TEST(CvssV3, PublishedExamples) {
  const struct {
    const char* cve;
    const char* vector;
    double score;
  } rows[] = {
      {"CVE-2013-1937", "AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1},
      {"CVE-2013-0375", "AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4},
      {"CVE-2014-3566", "AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1},
      {"CVE-2012-1516", "AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9},
      {"CVE-2012-0384", "AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 8.8},
      {"CVE-2015-1098", "AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8},
      {"CVE-2014-0160", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5},
      {"CVE-2014-6271", "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8},
      {"CVE-2008-1447", "AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", 6.8},
      {"CVE-2014-2005", "AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8},
      {"CVE-2010-0467", "AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N", 5.8},
      {"CVE-2012-1342", "AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:L/A:N", 5.8},
      {"CVE-2014-9253", "AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N", 5.4},
      {"CVE-2009-0658", "AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8},
      {"CVE-2011-1265", "AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.8},
      {"CVE-2014-2019", "AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 4.6},
      {"CVE-2015-0970", "AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 8.8},
      {"CVE-2014-0224", "AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:N", 7.4},
      {"CVE-2012-5376", "AV:N/AC:L/PR:N/UI:R/S:C/C:H/I:H/A:H", 9.6},
      {"none", "AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0},
      {"all", "AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0},
  };
  for (const auto& row : rows) {
    EXPECT_DOUBLE_EQ(score(std::string("CVSS:3.1/") + row.vector), row.score) << row.cve;
    EXPECT_DOUBLE_EQ(score(std::string("CVSS:3.0/") + row.vector), row.score) << row.cve;
  }
}

TEST(CvssV3, TellsVersionAndAttackVector) {
  EXPECT_EQ(score_cvss("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")->attack_vector, AttackVector::adjacent);
  EXPECT_EQ(score_cvss("CVSS:3.0/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")->attack_vector, AttackVector::physical);
  EXPECT_EQ(score_cvss("CVSS:3.0/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")->version, 3);
}

TEST(CvssV3, OptionalMetricsAreCheckedButDoNotMoveTheBaseScore) {
  EXPECT_EQ(score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U/CR:L/MAV:P/MC:N"), 9.8);
  EXPECT_EQ(score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:Q"), -1);
}

TEST(Cvss, RefusesWhatIsNotAVector) {
  for (const char* text :
       {"", "/", ":", "CVSS:3.1/", "CVSS:3.1", "CVSS:3.2/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",           // A missing
        "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",  // AV twice
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",       // unknown value
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ZZ:N",  // unknown metric
        "CVSS:3.1/AV:N//AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",  // v3 needs its prefix
        "CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "AV:N/AC:L/Au:N/C:P/I:P"}) {
    EXPECT_FALSE(score_cvss(text)) << text;
  }
  EXPECT_FALSE(score_cvss(std::string(100000, '/')));
}

// FIRST, "A Complete Guide to CVSS v2.0", section 3.3: the three worked examples; and the scale's ends.
TEST(CvssV2, PublishedExamples) {
  EXPECT_DOUBLE_EQ(score("AV:N/AC:L/Au:N/C:N/I:N/A:C"), 7.8);   // CVE-2002-0392
  EXPECT_DOUBLE_EQ(score("AV:N/AC:L/Au:N/C:C/I:C/A:C"), 10.0);  // CVE-2003-0818
  EXPECT_DOUBLE_EQ(score("AV:L/AC:H/Au:N/C:C/I:C/A:C"), 6.2);   // CVE-2003-0062
  EXPECT_DOUBLE_EQ(score("(AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:N/TD:N/CR:M/IR:M/AR:H)"), 7.8);
  EXPECT_DOUBLE_EQ(score("CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P"), 7.5);
  EXPECT_DOUBLE_EQ(score("CVSS:2.0/AV:N/AC:M/Au:N/C:P/I:N/A:N"), 4.3);
  EXPECT_DOUBLE_EQ(score("AV:N/AC:L/Au:N/C:N/I:N/A:N"), 0.0);
  EXPECT_EQ(score_cvss("AV:L/AC:H/Au:N/C:C/I:C/A:C")->attack_vector, AttackVector::local);
  EXPECT_EQ(score_cvss("AV:L/AC:H/Au:N/C:C/I:C/A:C")->version, 2);
}

}  // namespace
}  // namespace plimsoll::feed

#include <gtest/gtest.h>

#include "base/text.h"
#include "feed/cvss.h"
#include "feed/cvss_metrics.h"

namespace plimsoll::feed {
namespace {

double score(std::string_view vector) {
  const auto scored = score_cvss(vector);
  return scored ? scored->score : -1;
}

// FIRST, "CVSS v4.0 Examples": vectors and scores as printed there.
TEST(CvssV4, PublishedExamples) {
  const struct {
    const char* cve;
    const char* vector;
    double score;
  } rows[] = {
      {"CVE-2022-41741", "AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3},
      {"CVE-2020-3549", "AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7},
      {"CVE-2023-3089", "AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3},
      {"CVE-2023-3089, environment",
       "AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/CR:H/IR:L/AR:L/MAV:N/MAC:H/MVC:H/MVI:L/MVA:L", 8.1},
      {"CVE-2021-44714", "AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 4.6},
      {"CVE-2022-21830", "AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1},
      {"CVE-2022-22186", "AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 6.9},
      {"CVE-2023-21989", "AV:L/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:N/SA:N", 5.9},
      {"CVE-2020-3947", "AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 9.4},
      {"CVE-2023-30560", "AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:H/SA:N/S:P/V:D", 8.3},
      {"CVE-2014-0160", "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A", 8.7},
      {"CVE-2021-44228", "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A", 10.0},
      {"CVE-2014-6271", "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A", 9.3},
      {"CVE-2013-6014", "AV:A/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:H/SI:N/SA:H", 6.4},
      {"CVE-2016-5729", "AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/R:I", 9.3},
      {"CVE-2015-2890", "AV:L/AC:L/AT:P/PR:H/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/R:I", 8.7},
      {"CVE-2018-3652", "AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 8.6},
  };
  for (const auto& row : rows) EXPECT_DOUBLE_EQ(score(std::string("CVSS:4.0/") + row.vector), row.score) << row.cve;
}

// Base vectors whose scores other implementations publish in their own tests (RedHatProductSecurity/cvss,
// tests/vectors_simple4; pandatix/go-cvss). A row gives the values of AV AC AT PR UI, then VC VI VA SC SI SA, and
// tenths.
TEST(CvssV4, AgreesWithOtherImplementations) {
  const struct {
    std::string_view exploit, impact;
    int tenths;
  } rows[] = {
      {"NLNNN", "LHLNHL", 92}, {"NLNNN", "LLLHNL", 78}, {"NLNNN", "LLNNLN", 69}, {"NLNNN", "LNHNHN", 92},
      {"NLNNN", "NNNHLH", 79}, {"NLNNP", "HNLNHN", 83}, {"NLNNP", "LNLNHN", 63}, {"NLNNP", "LNNLNL", 53},
      {"NLNNA", "HHHNNN", 86}, {"NLNNA", "HHLNHN", 92}, {"NLNNA", "HHNNLL", 85}, {"NLNNA", "HLLNLH", 83},
      {"NLNNA", "LLHHHL", 84}, {"NLNNA", "LLNNLL", 51}, {"NLNLN", "HLNHNL", 84}, {"NLNLN", "HNLNLN", 71},
      {"NLNLN", "HNNHNN", 83}, {"NLNLN", "LLNHLL", 64}, {"NLNLN", "LNNNNH", 63}, {"NLNLN", "NHHNNL", 72},
      {"NLNLP", "HLLLLL", 70}, {"NLNLP", "LLNHHH", 64}, {"NLNLA", "HHHHNH", 93}, {"NLNLA", "NHHNNL", 69},
      {"NLNLA", "NLLLLH", 62}, {"NLNHN", "HHLHHH", 93}, {"NLNHN", "LLLLLN", 51}, {"NLNHP", "LHLLLL", 69},
      {"NLNHP", "LLNLNN", 48}, {"NLNHA", "LHNNHN", 81}, {"NLNHA", "NNNHHH", 62}, {"NLPNN", "HHHHNH", 95},
      {"NLPNN", "HLLHLL", 91}, {"NLPNN", "HLLNLL", 83}, {"NLPNN", "HNNLLL", 82}, {"NLPNN", "NLLHLL", 70},
      {"NLPNP", "HHNHNL", 87}, {"NLPNP", "LHLLLL", 61}, {"NLPNP", "LLNHNN", 49}, {"NLPNP", "NLNLHN", 51},
      {"NLPNA", "HLNLNL", 59}, {"NLPNA", "LLLLHH", 53}, {"NLPNA", "LLNNNH", 46}, {"NLPNA", "NNNLNN", 21},
      {"NLPLN", "HNNNNL", 60}, {"NLPLN", "LLLLHL", 53}, {"NLPLN", "LLNLHH", 56}, {"NLPLN", "NNNNLN", 23},
      {"NLPLP", "HNLNHL", 70}, {"NLPLA", "HHLLLL", 73}, {"NLPLA", "LLNNHL", 45}, {"NLPHN", "HHNHNL", 86},
      {"NLPHN", "NLLHHH", 55}, {"NLPHN", "NLNLNN", 21}, {"NLPHP", "HLLLNL", 58}, {"NLPHA", "LNLLHN", 43},
      {"NLPHA", "NLLLNN", 18}, {"NLPHA", "NNHLNL", 56}, {"NHNNN", "HHNLHL", 94}, {"NHNNN", "NNNLLH", 70},
      {"NHNNA", "LLNNNN", 21}, {"NHNLN", "HLHHHL", 73}, {"NHNLP", "HHHHLH", 88}, {"NHNLA", "LLLHHH", 52},
      {"NHNHN", "NNNLHN", 48}, {"NHNHA", "NNNNHN", 40}, {"NHPNN", "HHHHLN", 95}, {"NHPNN", "HHNNNL", 91},
      {"NHPNN", "NLNLHL", 70}, {"PLPLP", "NLNLNH", 20}, {"PLPLP", "NNNLNL", 10}, {"PLPLA", "HHHHHN", 70},
      {"PLPLA", "HHNNNL", 53}, {"PLPLA", "HLLNLN", 44}, {"PLPLA", "HNLHNN", 56}, {"PLPLA", "LNNHHL", 23},
      {"PLPHN", "HHHHLH", 72}, {"PLPHN", "LLHLHL", 59}, {"PLPHN", "LNHNNN", 43}, {"PLPHA", "HHLHNH", 70},
      {"PHNNN", "HHNHHN", 69}, {"PHNNN", "LNNHNH", 21}, {"PHNNN", "NHHHHL", 60}, {"PHNNA", "HHHLLL", 54},
      {"PHNNA", "LNLNNH", 18}, {"PHNNA", "NHHHNN", 57}, {"PHNLN", "HHNLLH", 69}, {"PHNLN", "LLHLLL", 44},
      {"PHNLP", "LLNNNN", 10}, {"PHNHN", "LLNLHH", 23}, {"PHNHP", "HHNLHN", 68}, {"PHNHP", "LNNHHH", 24},
      {"PHNHA", "NNNNNN", 0},  {"PHPNN", "HHNHHH", 72}, {"PHPNN", "LHLHHH", 61}, {"PHPNP", "HHLHLL", 70},
      {"PHPNA", "HLHNLN", 46}, {"PHPNA", "NLLHHH", 24}, {"PHPLN", "HHLHHL", 71}, {"PHPLN", "HHLLLL", 53},
      {"PHPLP", "NLNHLL", 21}, {"PHPHN", "HHHHHL", 72}, {"PHPHN", "LNNHNN", 18}, {"PHPHP", "LNNNNH", 18},
      {"PHPHA", "HNHNNN", 44}, {"PHPHA", "LNNHHL", 23}, {"PHPHA", "NHNHHN", 58}, {"NLNNN", "HHHHHH", 100},
      {"NLNNN", "HHHNNN", 93}, {"NLNNN", "NNNHHH", 79}, {"PHPHA", "LNNNNN", 10}, {"LLNLP", "NHHNLL", 52},
      {"PHPHA", "HHHHHH", 73},
  };
  constexpr const char* kNames[] = {"AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"};
  for (const auto& row : rows) {
    std::string vector = "CVSS:4.0";
    const std::string values = std::string(row.exploit) + std::string(row.impact);
    for (size_t i = 0; i < values.size(); ++i) vector += std::string("/") + kNames[i] + ":" + values[i];
    EXPECT_DOUBLE_EQ(score(vector), row.tenths / 10.0) << vector;
  }
}

TEST(CvssV4, ThreatAndEnvironmentCount) {
  const struct {
    const char* vector;
    double score;
  } rows[] = {
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:U", 9.1},
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/MVI:L/MSA:S", 9.8},
      {"AV:L/AC:L/AT:N/PR:L/UI:P/VC:N/VI:H/VA:H/SC:N/SI:L/SA:L/E:P/CR:H/IR:M/AR:H/MAV:A/MAT:P/MPR:N/MVI:H/MVA:N/MSI:H/"
       "MSA:N/S:N/V:C/U:Amber",
       4.7},
      {"AV:N/AC:H/AT:N/PR:H/UI:N/VC:N/VI:N/VA:H/SC:H/SI:H/SA:H/CR:L/IR:L/AR:L", 5.8},
      {"AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:P", 5.9},
      {"AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:U", 4.1},
      {"AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:H/IR:M/AR:L", 7.1},
      {"AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:M/IR:M/AR:M", 5.5},
      {"AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/CR:L/IR:L/AR:L", 5.4},
      {"AV:P/AC:H/AT:P/PR:H/UI:A/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:X/CR:X/MAV:X/S:X/U:X", 7.3},
      {"AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N/E:A/CR:H", 0.0},
  };
  for (const auto& row : rows) EXPECT_DOUBLE_EQ(score(std::string("CVSS:4.0/") + row.vector), row.score) << row.vector;
  const auto moved = score_cvss("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/MAV:L");
  EXPECT_EQ(moved->attack_vector, AttackVector::local);
  EXPECT_EQ(moved->version, 4);
}

// The table as a whole: 270 entries, and no MacroVector scores higher than one that is worse or equal in every group.
TEST(CvssV4, TableIsWholeAndMonotone) {
  int entries = 0;
  constexpr int kLevels[] = {3, 2, 3, 3, 3, 2};
  std::array<int, 6> eq{};
  for (int code = 0; code < 324; ++code) {
    int rest = code;
    for (size_t i = 0; i < eq.size(); ++i) eq[i] = rest % kLevels[i], rest /= kLevels[i];
    const int here = macrovector_tenths(eq);
    EXPECT_EQ(here < 0, eq[2] == 2 && eq[5] == 0);
    if (here < 0) continue;
    ++entries;
    EXPECT_GE(here, 1);
    EXPECT_LE(here, 100);
    for (size_t i = 0; i < eq.size(); ++i) {
      auto lower = eq;
      if (++lower[i] >= kLevels[i]) continue;
      EXPECT_LE(macrovector_tenths(lower), here) << code << " group " << i + 1;
    }
  }
  EXPECT_EQ(entries, 270);
}

// Every one of the 104,976 base vectors gets a score, and making one metric worse never lowers it by more than the
// tenth that rounding may cost.
TEST(CvssV4, EveryBaseVectorHasAScore) {
  constexpr const char* kNames[] = {"AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"};
  constexpr std::string_view kValues[] = {"NALP", "LH", "NP", "NLH", "NPA", "HLN", "HLN", "HLN", "HLN", "HLN", "HLN"};
  std::string vector = "CVSS:4.0/AV:?/AC:?/AT:?/PR:?/UI:?/VC:?/VI:?/VA:?/SC:?/SI:?/SA:?";
  int scored = 0;
  for (int code = 0; code < 4 * 2 * 2 * 3 * 3 * 729; ++code) {
    size_t rest = static_cast<size_t>(code), at = 12;
    for (size_t i = 0; i < std::size(kNames); ++i, at += 5) {
      vector[at] = kValues[i][rest % kValues[i].size()];
      rest /= kValues[i].size();
    }
    const double value = score(vector);
    scored += value >= 0 && value <= 10;
  }
  EXPECT_EQ(scored, 104976);
}

}  // namespace
}  // namespace plimsoll::feed

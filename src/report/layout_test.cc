#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include "base/text.h"
#include "report/benchmark_page.h"
#include "report/page.h"
#include "report/render.h"
#include "report/summary.h"
#include "report/test_report.h"

namespace plimsoll::report {
namespace {

// Takes our own colour codes out; any other escape stays and is found.
std::string without_colour(const std::string& text) {
  static const std::regex code("\x1b\\[(0|1|2|3[1-6]|1;31)m");
  return std::regex_replace(text, code, "");
}

void expect_safe_lines(const std::string& text, size_t columns) {
  ASSERT_TRUE(text.empty() || text.back() == '\n');
  const std::string plain = without_colour(text);
  for (const std::string_view line : split(plain, '\n')) {
    EXPECT_LE(columns_of(line), columns) << printable(line);
    EXPECT_EQ(printable(line, line.size() + 1), line);
  }
}

// A map over the report's own rules, as hostile as they are.
benchmark::ControlMap random_map(const Report& report) {
  benchmark::ControlMap map;
  for (const AssetReport& asset : report.assets) {
    for (const CheckResult& row : asset.checks) {
      map.controls.push_back({row.title, row.reason, row.evidence, row.remedy, true, {row.rule}});
      map.controls.push_back({row.section, "", row.reason, row.remedy, true, {}});
      map.sections[row.title] = row.section;
    }
  }
  return map;
}

TEST(Layout, NoLineIsTooWideAndNoForeignByteGetsThrough) {
  std::mt19937 random(4);
  for (int i = 0; i < 150; ++i) {
    const Report report = random_report(random);
    Options options;
    options.columns = i % 3 == 0 ? 80 : 1 + random() % 140;
    options.colour = i % 2 == 0;
    options.threats_per_asset = random() % 3;
    options.only_fixed = random() % 3 == 0;
    expect_safe_lines(render_table(report, options), options.columns);
    expect_safe_lines(render_fixes(report, options), options.columns);
    const benchmark::ControlMap map = random_map(report);
    expect_safe_lines(render_benchmark(report, {i % 2 == 0 ? &map : nullptr, i % 4 < 2}, options), options.columns);
    for (const AssetReport& asset : report.assets)
      expect_safe_lines(render_explain(asset, report, options), options.columns);
  }
}

TEST(Layout, OnlyAMissingLayerOfTheSandboxIsTold) {
  Report report = small_world();
  report.sandbox = {2, "", {{"seccomp", true, "allow-list"}, {"landlock", true, "ABI 7"}}};
  EXPECT_EQ(render_table(report, {}), render_table(small_world(), {}));
  report.sandbox.layers[1] = {"landlock", false, "this kernel has none"};
  EXPECT_NE(render_table(report, {}).find("landlock (this kernel has none)"), std::string::npos);
  report.sandbox = {0, "it was switched off", {}};
  EXPECT_NE(render_table(report, {}).find("without the sandbox: it was switched off"), std::string::npos);
  EXPECT_NE(render_html(report, {}).find("without the sandbox"), std::string::npos);
}

TEST(Layout, ColourOnlyWhereAsked) {
  EXPECT_EQ(render_table(small_world(), {}).find('\x1b'), std::string::npos);
  Options colour;
  colour.colour = true;
  const std::string coloured = render_table(small_world(), colour);
  EXPECT_NE(coloured.find("\x1b[1;31m"), std::string::npos);
  EXPECT_EQ(without_colour(coloured), render_table(small_world(), {}));
}

TEST(Layout, AnAssetNotWhollyAssessedIsNeverCalledMinimalNorGreen) {
  Report report = small_world();
  report.assets = {report.assets[3]};
  report.fixes.clear();
  Options colour;
  colour.colour = true;
  const std::string table = render_table(report, colour);
  EXPECT_EQ(table.find("minimal"), std::string::npos);
  EXPECT_EQ(table.find("\x1b[32m"), std::string::npos);
  EXPECT_NE(table.find("3? #???????"), std::string::npos) << table;
  EXPECT_NE(table.find("runtime sockets: permission"), std::string::npos);
  EXPECT_EQ(render_explain(report.assets[0], report, colour).find("minimal"), std::string::npos);
  EXPECT_EQ(render_html(report, {}).find("class=\"minimal\""), std::string::npos);
}

TEST(Layout, DatabaseIsWarnedAbout) {
  Report report = small_world();
  const auto warns = [&] { return render_table(report, {}).find("WARNING") != std::string::npos; };
  EXPECT_FALSE(warns());
  report.generated_at = *parse_rfc3339("2026-11-30T00:00:00Z");  // 7 days after the newest data
  EXPECT_FALSE(warns());
  report.generated_at = *parse_rfc3339("2026-12-01T00:00:00Z");
  EXPECT_TRUE(warns());
  report = small_world();
  report.threat_db.records = 0;
  EXPECT_TRUE(warns());
  report = small_world();
  report.threat_db.present = false;
  EXPECT_TRUE(warns());
  report = small_world();
  report.threat_db.starter_pack = true;
  report.threat_db.records = 452;
  EXPECT_TRUE(warns());
  const std::string sentence = "starter pack only: 452 entries, run `plimsoll db update`";
  EXPECT_NE(render_table(report, {}).find(sentence), std::string::npos);
  EXPECT_NE(render_html(report, {}).find(sentence), std::string::npos);
  report = small_world();
  report.threat_db.sources.clear();
  report.threat_db.built_at.reset();
  EXPECT_TRUE(warns());
}

TEST(Layout, FilteredLeavesScoresAndEverythingElse) {
  Options options;
  options.severities = {SeverityLevel::high, SeverityLevel::unknown};
  Report expected = small_world();
  std::erase_if(expected.assets[0].threats, [](const Threat& t) { return t.severity.level == SeverityLevel::medium; });
  EXPECT_EQ(filtered(small_world(), options), expected);
  options.only_fixed = true;
  std::erase_if(expected.assets[0].threats, [](const Threat& t) { return t.fixed_version.empty(); });
  EXPECT_EQ(filtered(small_world(), options), expected);
  EXPECT_EQ(filtered(small_world(), {}), small_world());
}

TEST(Layout, AllThreatsOrTheFirst) {
  Options options;
  options.threats_per_asset = 1;
  EXPECT_EQ(render_table(small_world(), options).find("CVE-2024-0727"), std::string::npos);
  EXPECT_NE(render_table(small_world(), options).find("and 2 more"), std::string::npos);
  options.threats_per_asset = 0;
  EXPECT_NE(render_table(small_world(), options).find("CVE-2099-1"), std::string::npos);
}

// The points of the column, as printed, give the sum printed below them.
TEST(Explain, PrintedPointsAddUp) {
  std::mt19937 random(11);
  static const std::regex points(R"(^ *(\d+\. |\d+ more groups).* (\d+\.\d)$)"),
      sum(R"(^ Own threats in all.* (\d+\.\d)$)");
  int sums = 0;
  for (int i = 0; i < 100; ++i) {
    Report report = random_report(random);
    for (AssetReport& asset : report.assets) {
      for (Contribution& row : asset.assessment.contributions) row.group = "group";
      double added = 0, total = -1;
      const std::string text = render_explain(asset, report, {});
      for (const std::string_view line : split(text, '\n')) {
        std::match_results<std::string_view::const_iterator> found;
        if (total < 0 && std::regex_match(line.begin(), line.end(), found, points)) added += std::stod(found[2]);
        if (std::regex_match(line.begin(), line.end(), found, sum)) total = std::stod(found[1]);
      }
      ASSERT_GE(total, 0) << text;
      EXPECT_NEAR(added, total, 0.001) << text;
      ++sums;
    }
  }
  EXPECT_GT(sums, 100);
}

TEST(Page, CutsByColumns) {
  EXPECT_EQ(cut("abcdefgh", 8), "abcdefgh");
  EXPECT_EQ(cut("abcdefghi", 8), "abcdef..");
  EXPECT_EQ(cut("日本語日本語", 7), "日本..");
  EXPECT_EQ(cut("a\nb", 80), "a\\x0Ab");
  EXPECT_EQ(cut("abc", 0), "");
  EXPECT_EQ(left("ab", 4), "ab  ");
  EXPECT_EQ(right("ab", 4), "  ab");
  EXPECT_EQ(left("日本語", 5), "日本 ");
}

TEST(Page, BreaksBetweenWords) {
  Page page(20, false);
  page.paragraph("* ", "one two three four five", 2);
  page.paragraph("* ", "abcdefghijklmnopqrstuvwxyz", 2);
  page.paragraph("* ", "", 2);
  EXPECT_EQ(page.take(), "* one two three four\n  five\n* abcdefghijklmnopqr\n  stuvwxyz\n*\n");
}

}  // namespace
}  // namespace plimsoll::report

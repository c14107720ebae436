// SARIF and JUnit, read again by other readers than ours wrote them with.
#include "report/formats.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "base/text.h"
#include "report/render.h"
#include "report/test_report.h"

namespace plimsoll::report {
namespace {

using nlohmann::json;

const std::set<std::string> kLevels{"none", "note", "warning", "error"};
const std::set<std::string> kKinds{"notApplicable", "pass", "fail", "review", "open", "informational"};

// What the standard asks of the parts that we write: SARIF 2.1.0, sections 3.13, 3.14, 3.20, 3.27, 3.49.
void expect_sarif(const std::string& text) {
  const json log = json::parse(text);
  ASSERT_EQ(log.at("version"), "2.1.0");
  ASSERT_EQ(log.at("runs").size(), 1U);
  const json& run = log.at("runs").at(0);
  const json& rules = run.at("tool").at("driver").at("rules");
  std::set<std::string> ids;
  for (const json& rule : rules) {
    EXPECT_TRUE(ids.insert(rule.at("id")).second) << "a rule's id is given once";
    EXPECT_FALSE(rule.at("shortDescription").at("text") == "" && rule.at("id") != "");
    const double severity = std::stod(rule.at("properties").at("security-severity").get<std::string>());
    EXPECT_GE(severity, 0);
    EXPECT_LE(severity, 10);
    EXPECT_EQ(rule.value("helpUri", "https://").find("https://"), 0U);
  }
  for (const json& invocation : run.at("invocations")) {
    EXPECT_TRUE(invocation.at("executionSuccessful").get<bool>());
    for (const json& note : invocation.at("toolExecutionNotifications")) {
      EXPECT_TRUE(kLevels.contains(note.at("level").get<std::string>()));
      EXPECT_TRUE(note.at("message").at("text").is_string());
    }
  }
  static const std::regex uri("([A-Za-z0-9._~/-]|%[0-9A-F]{2})*");
  for (const json& result : run.at("results")) {
    const std::string kind = result.at("kind"), level = result.at("level");
    EXPECT_TRUE(kKinds.contains(kind)) << kind;
    EXPECT_TRUE(kLevels.contains(level)) << level;
    EXPECT_EQ(kind != "fail", level == "none") << "3.27.10: whatever is no failure has the level none";
    EXPECT_EQ(rules.at(result.at("ruleIndex").get<size_t>()).at("id"), result.at("ruleId"));
    EXPECT_TRUE(result.at("message").at("text").is_string());
    for (const json& location : result.at("locations")) {
      EXPECT_EQ(location.at("logicalLocations").size(), 1U);
      if (!location.contains("physicalLocation")) continue;
      const std::string at = location.at("physicalLocation").at("artifactLocation").at("uri");
      EXPECT_TRUE(std::regex_match(at, uri)) << at;
    }
  }
}

TEST(Sarif, HoldsWhatTheStandardAsks) {
  expect_sarif(render_sarif(checked_world(), {}));
  expect_sarif(render_sarif(Report{}, {}));
  std::mt19937 random(21);
  for (int i = 0; i < 60; ++i) expect_sarif(render_sarif(random_report(random), {}));
}

TEST(Sarif, CarriesThreatsOfAllKindsAndChecks) {
  const json run = json::parse(render_sarif(checked_world(), {})).at("runs").at(0);
  std::multiset<std::string> kinds;
  std::set<std::string> rules;
  for (const json& result : run.at("results")) {
    kinds.insert(result.at("kind").get<std::string>());
    rules.insert(result.at("ruleId").get<std::string>());
  }
  // 3 vulnerabilities; 1 failed check of the host, 1 of each of two containers, not said twice as threats.
  EXPECT_EQ(kinds.count("fail"), 6U);
  EXPECT_EQ(kinds.count("open"), 1U);
  EXPECT_EQ(kinds.count("review"), 1U);
  EXPECT_EQ(kinds.count("pass"), 0U);
  EXPECT_TRUE(rules.contains("CVE-2023-44487"));
  EXPECT_TRUE(rules.contains("container.memory_limit"));
  Options high;
  high.severities = {SeverityLevel::high};
  EXPECT_EQ(json::parse(render_sarif(checked_world(), high)).at("runs").at(0).at("results").size(), 2U);
}

// A small reader of XML: every tag is closed in order, every attribute quoted, every & an entity.
void expect_well_formed(const std::string& text) {
  static const std::regex tag(R"(<(/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(/?)>)");
  static const std::regex entity("&(amp|lt|gt|quot|#39);");
  const std::string declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  ASSERT_EQ(text.find(declaration), 0U);
  const std::string body = text.substr(declaration.size());
  ASSERT_TRUE(is_utf8(body));
  std::vector<std::string> open;
  size_t tags = 0;
  for (std::sregex_iterator it(body.begin(), body.end(), tag), end; it != end; ++it, ++tags) {
    if ((*it)[1].length() > 0) {
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(open.back(), (*it)[2].str());
      open.pop_back();
    } else if ((*it)[4].length() == 0) {
      open.push_back((*it)[2].str());
    }
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(static_cast<size_t>(std::count(body.begin(), body.end(), '<')), tags);
  EXPECT_EQ(static_cast<ptrdiff_t>(std::count(body.begin(), body.end(), '&')),
            std::distance(std::sregex_iterator(body.begin(), body.end(), entity), std::sregex_iterator()));
  for (const char c : body) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
}

TEST(Junit, IsWellFormedWhateverItHolds) {
  expect_well_formed(render_junit(checked_world(), {}));
  expect_well_formed(render_junit(Report{}, {}));
  std::mt19937 random(22);
  for (int i = 0; i < 60; ++i) expect_well_formed(render_junit(random_report(random), {}));
  Report odd = checked_world();
  odd.assets[0].checks[0].evidence = "\xEF\xBF\xBE\xEF\xBF\xBF";
  EXPECT_EQ(render_junit(odd, {}).find("\xEF\xBF\xBE"), std::string::npos);
}

TEST(Junit, UnknownIsAnErrorAndManualIsSkipped) {
  const std::string text = render_junit(checked_world(), {});
  EXPECT_NE(text.find("<failure type=\"medium\" message=\"x = 1 (/proc/sys/x)\">"), std::string::npos) << text;
  EXPECT_NE(text.find("<error type=\"unknown\" message=\"x: permission denied (/proc/x)\">"), std::string::npos);
  EXPECT_NE(text.find("<skipped message=\"manual: Look whether"), std::string::npos);
  EXPECT_NE(text.find("<testsuite name=\"dock\" tests=\"5\" failures=\"1\" errors=\"2\" skipped=\"1\""),
            std::string::npos)
      << text;
}

ExceptedThreat excepted_of(const Report& report) {
  return {report.assets.at(0).threats.at(0), "x1", "not reachable \"here\"", "anna", report.generated_at};
}

// Each bill names every package once, by a reference that is its own, and each threat points to one of them.
TEST(CycloneDx, NamesEveryPackageAndPointsToIt) {
  Report report = small_world();
  for (AssetReport& asset : report.assets) {
    for (const Threat& threat : asset.threats) {
      if (threat.package) asset.packages.push_back(*threat.package);
    }
  }
  report.assets[0].excepted = {excepted_of(report)};
  report.assets[0].threats.erase(report.assets[0].threats.begin());
  const json bill = json::parse(render_cyclonedx(report, {}));
  EXPECT_EQ(bill["bomFormat"], "CycloneDX");
  EXPECT_EQ(bill["specVersion"], "1.5");
  EXPECT_TRUE(
      std::regex_match(bill["serialNumber"].get<std::string>(),
                       std::regex("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")));
  std::set<std::string> names;
  size_t packages = 0, wanted = 0, threats = 0;
  for (const json& asset : bill["components"]) {
    EXPECT_TRUE(names.insert(asset["bom-ref"]).second);
    for (const json& part : asset["components"]) {
      EXPECT_TRUE(names.insert(part["bom-ref"]).second);
      packages += part["type"] == "library" ? 1 : 0;
    }
  }
  for (const AssetReport& asset : report.assets) {
    wanted += asset.packages.size();
    for (const Threat& threat : asset.threats) threats += threat.package ? 1 : 0;
  }
  EXPECT_EQ(packages, wanted);
  EXPECT_EQ(bill["vulnerabilities"].size(), threats + 1);
  static const std::set<std::string> severities{"critical", "high", "medium", "low", "info", "none", "unknown"};
  size_t accepted = 0;
  for (const json& threat : bill["vulnerabilities"]) {
    EXPECT_TRUE(names.contains(threat["affects"][0]["ref"]));
    EXPECT_TRUE(severities.contains(threat["ratings"][0]["severity"]));
    accepted += threat.contains("analysis") ? 1 : 0;
  }
  EXPECT_EQ(accepted, 1u);
}

TEST(Spdx, EveryAssetContainsItsPackages) {
  Report report = small_world();
  for (AssetReport& asset : report.assets) asset.packages = {{}, {}};
  const json bill = json::parse(render_spdx(report, {}));
  EXPECT_EQ(bill["spdxVersion"], "SPDX-2.3");
  static const std::regex id("SPDXRef-[A-Za-z0-9.-]+");
  std::set<std::string> ids{"SPDXRef-DOCUMENT"};
  for (const json& package : bill["packages"]) {
    EXPECT_TRUE(std::regex_match(package["SPDXID"].get<std::string>(), id));
    EXPECT_TRUE(ids.insert(package["SPDXID"]).second);
    EXPECT_EQ(package["downloadLocation"], "NOASSERTION");
    EXPECT_FALSE(package["name"].get<std::string>().empty());
  }
  EXPECT_EQ(ids.size(), 1 + 3 * report.assets.size());
  EXPECT_EQ(bill["relationships"].size(), 3 * report.assets.size());
  for (const json& relation : bill["relationships"]) {
    EXPECT_TRUE(ids.contains(relation["spdxElementId"]));
    EXPECT_TRUE(ids.contains(relation["relatedSpdxElement"]));
  }
}

// RFC 4180, read by hand: rows of cells.
std::vector<std::vector<std::string>> cells_of(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      rows.back().back() += text[i++];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      rows.back().emplace_back();
    } else if (c == '\n' && !quoted) {
      rows.push_back({""});
    } else if (c != '\r' || quoted) {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

TEST(Csv, EveryRowHasEveryCellAndNoFormula) {
  std::mt19937 random(7);
  for (int i = 0; i < 30; ++i) {
    Report report = random_report(random);
    for (AssetReport& asset : report.assets) {
      asset.asset.name = "=cmd|' /C calc'!A0";
      if (!asset.threats.empty()) asset.excepted.push_back({asset.threats.front(), "x", "-1+1", "@sum", {}});
    }
    const auto rows = cells_of(render_csv(report, {}));
    for (const auto& row : rows) {
      ASSERT_EQ(row.size(), rows.front().size());
      for (const std::string& cell : row)
        EXPECT_TRUE(cell.empty() || std::string("=+-@").find(cell[0]) == std::string::npos) << cell;
    }
    EXPECT_GT(rows.size(), report.assets.size()) << "no asset is left out";
  }
}

TEST(Csv, ChecksAndThreatsAreRows) {
  const Report report = checked_world();
  size_t wanted = 0;
  for (const AssetReport& asset : report.assets) {
    size_t here = 0;
    for (const Threat& threat : asset.threats) here += threat.kind == ThreatKind::benchmark ? 0 : 1;
    for (const CheckResult& row : asset.checks)
      here += row.outcome == CheckOutcome::pass || row.outcome == CheckOutcome::not_applicable ? 0 : 1;
    wanted += std::max<size_t>(here, 1);
  }
  EXPECT_EQ(cells_of(render_csv(report, {})).size(), wanted + 1);
}

TEST(Markdown, NothingOfAStrangerIsMarkup) {
  std::mt19937 random(8);
  for (int i = 0; i < 30; ++i) {
    Report report = random_report(random);
    for (AssetReport& asset : report.assets) asset.asset.name = "<script>|[x](javascript:y)**\n# z";
    const std::string text = render_markdown(report, {});
    for (size_t at = text.find_first_of("<["); at != std::string::npos; at = text.find_first_of("<[", at + 1))
      ASSERT_TRUE(at > 0 && text[at - 1] == '\\') << text.substr(at, 40);
    EXPECT_EQ(text.find("\n# z"), std::string::npos);
    EXPECT_TRUE(report.assets.empty() || text.find("script\\>") != std::string::npos);
  }
}

TEST(Formats, WhatIsExceptedIsToldInEach) {
  Report report = small_world();
  report.assets[0].excepted = {excepted_of(report)};
  report.assets[0].threats.clear();
  for (const Format& format : formats()) {
    if (format.name == "spdx") continue;  // knows packages alone
    Options options;
    options.columns = 400;
    EXPECT_NE(format.render(report, options).find("anna"), std::string::npos) << format.name;
  }
  EXPECT_EQ(find_format("exe"), nullptr);
}

}  // namespace
}  // namespace plimsoll::report

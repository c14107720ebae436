#include "journal/export.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "journal/test_world.h"

namespace plimsoll::journal {
namespace {

Event some(const std::string& kind = "auth.sign-in") {
  return {17,
          at(0),
          kind,
          R"(user:"a]=|\)",
          {"docker:x=y"},
          R"({"a": "b\nc|=\\"})",
          std::string(64, '0'),
          std::string(64, 'a')};
}

TEST(Export, EachFormatIsOneLine) {
  for (const char* name : {"json", "syslog", "ocsf", "cef"}) {
    const std::string line = export_event(some(), *parse_export_format(name), "host");
    EXPECT_EQ(line.find('\n'), std::string::npos) << name;
    EXPECT_FALSE(line.empty());
  }
  EXPECT_FALSE(parse_export_format("xml"));
}

TEST(Export, JsonHoldsEverything) {
  const auto json = nlohmann::json::parse(event_json(some()));
  EXPECT_EQ(json["sequence"], 17);
  EXPECT_EQ(json["at"], format_rfc3339(at(0)));
  EXPECT_EQ(json["actor"], some().actor);
  EXPECT_EQ(json["body"]["a"], "b\nc|=\\");
  EXPECT_EQ(json["hash"], std::string(64, 'a'));
}

// The grammar of RFC 5424, section 6, for what we write of it; then the escapes of 6.3.3.
TEST(Export, SyslogKeepsItsGrammar) {
  const std::string line = event_syslog(some(), "my host");
  const std::regex grammar(
      R"re(<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ([!-~]{1,255}) plimsoll - ([!-~]{1,32}) (\[[!-~]+ (?:[!-~]+="(?:[^"\\\]]|\\["\\\]])*" ?)+\]) (\xEF\xBB\xBF)(.*))re");
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(line, parts, grammar)) << line;
  EXPECT_EQ(parts[1], std::to_string(13 * 8 + 6));
  EXPECT_EQ(parts[2], "myhost");
  EXPECT_EQ(parts[3], "auth.sign-in");
  EXPECT_NE(parts[4].str().find(R"(actor="user:\"a\]=|\\")"), std::string::npos) << parts[4];
  EXPECT_EQ(parts[6], some().body);
}

TEST(Export, OcsfNumbersFitTogether) {
  for (const char* kind : {"auth.sign-in", "auth.failed", "user.changed", "asset.gone", "score.changed", "what.ever"}) {
    const auto json = nlohmann::json::parse(event_ocsf(some(kind), "host"));
    const int uid = json["class_uid"];
    EXPECT_EQ(json["type_uid"], uid * 100 + json["activity_id"].get<int>()) << kind;
    EXPECT_EQ(json["category_uid"], uid / 1000) << kind;
    EXPECT_EQ(json["time"], at(0).time_since_epoch().count() * 1000);
    EXPECT_TRUE(json["metadata"].contains("product"));
  }
}

TEST(Export, CefEscapesWhatParts) {
  Event odd = some("a");
  odd.kind = "a|b\\c";  // no journal would take it
  const std::string line = event_cef(odd, "host");
  EXPECT_TRUE(line.starts_with("CEF:0|Plimsoll|Plimsoll|"));
  EXPECT_NE(line.find(R"(|a\|b\\c|a\|b\\c|1|rt=)"), std::string::npos) << line;
  EXPECT_NE(line.find(R"( cs1=docker:x\=y )"), std::string::npos) << line;
  EXPECT_NE(line.find(R"( msg={"a": "b\\nc|\=\\\\"})"), std::string::npos) << line;
}

}  // namespace
}  // namespace plimsoll::journal

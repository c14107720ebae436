#include "report/html.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "base/text.h"
#include "report/render.h"
#include "report/test_report.h"

namespace plimsoll::report {
namespace {

size_t occurrences(const std::string& text, std::string_view word) {
  size_t count = 0;
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

TEST(Html, EscapesMarkupAndControls) {
  EXPECT_EQ(escape_html("</script><img onerror='x' a=\"&\">"),
            "&lt;/script&gt;&lt;img onerror=&#39;x&#39; a=&quot;&amp;&quot;&gt;");
  EXPECT_EQ(escape_html("\x1b[2J\xff"), "\\x1B[2J\\xFF");
}

// The worked hash of the empty text: https://www.w3.org/TR/CSP3/ uses the base64 of the plain digest.
TEST(Html, HashesForThePolicy) {
  EXPECT_EQ(csp_hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(csp_hash("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

TEST(Html, PolicyAdmitsExactlyItsOwnStyleAndScript) {
  const std::string page = render_html(small_world(), {});
  const auto between = [&](std::string_view open, std::string_view close) {
    const size_t at = page.find(open) + open.size();
    return page.substr(at, page.find(close, at) - at);
  };
  EXPECT_NE(page.find("default-src 'none'; style-src '" + csp_hash(between("<style>", "</style>")) + "'; script-src '" +
                      csp_hash(between("<script>", "</script>")) + "'"),
            std::string::npos);
  EXPECT_EQ(page.find("{{"), std::string::npos);
  EXPECT_EQ(page.find(" style="), std::string::npos);  // the policy would refuse it
  EXPECT_EQ(page.find("src=\""), std::string::npos);
  EXPECT_EQ(page.find("url("), std::string::npos);
}

// With hostile text in every field the page has no element and no attribute that the renderer does not write itself.
TEST(Html, HostileTextStaysText) {
  const std::set<std::string> known{"html",   "head",  "meta",  "title",  "style",   "body",  "h1",      "h2",
                                    "h3",     "p",     "div",   "table",  "thead",   "tbody", "tr",      "th",
                                    "td",     "meter", "a",     "ul",     "ol",      "li",    "section", "span",
                                    "strong", "label", "input", "script", "!doctype"};
  const std::set<std::string> attributes{"lang",  "charset",   "http-equiv",    "content",    "name",     "class",
                                         "scope", "data-sort", "data-severity", "data-fixed", "data-kev", "min",
                                         "max",   "low",       "high",          "optimum",    "value",    "href",
                                         "rel",   "id",        "hidden",        "type",       "checked",  "html"};
  static const std::regex tag("<(/?)([!a-zA-Z0-9]+)([^>]*)>"), attribute("([a-zA-Z-]+)(=\"[^\"]*\")?");
  std::mt19937 random(9);
  for (int i = 0; i < 25; ++i) {
    std::string page = render_html(random_report(random), {});
    EXPECT_EQ(occurrences(page, "<script"), 1u);
    EXPECT_EQ(occurrences(page, "</script"), 1u);
    EXPECT_EQ(occurrences(page, "<img"), 0u);
    EXPECT_EQ(occurrences(page, "href=\"javascript:"), 0u);
    EXPECT_TRUE(is_utf8(page));
    EXPECT_EQ(page.find('\x1b'), std::string::npos);
    const size_t script = page.find("<script>") + 8;
    page.erase(script, page.find("</script>") - script);
    for (std::sregex_iterator it(page.begin(), page.end(), tag), end; it != end; ++it) {
      EXPECT_TRUE(known.contains((*it)[2])) << (*it)[0];
      const std::string inner = (*it)[3];
      for (std::sregex_iterator a(inner.begin(), inner.end(), attribute), none; a != none; ++a) {
        EXPECT_TRUE(attributes.contains((*a)[1])) << (*it)[0];
      }
    }
    EXPECT_EQ(occurrences(page, "<"),
              static_cast<size_t>(
                  std::distance(std::sregex_iterator(page.begin(), page.end(), tag), std::sregex_iterator())));
  }
}

TEST(Html, ListsEveryThreatThatIsNotFiltered) {
  Options options;
  EXPECT_EQ(occurrences(render_html(small_world(), options), "<tr data-severity="), 3u);
  options.only_fixed = true;
  const std::string page = render_html(small_world(), options);
  EXPECT_EQ(occurrences(page, "<tr data-severity="), 2u);
  EXPECT_NE(page.find("1 threats are not listed by the filters"), std::string::npos);
}

TEST(Json, IsTheFilteredReport) {
  Options options;
  options.severities = {SeverityLevel::high};
  const auto json = nlohmann::json::parse(render_json(small_world(), options));
  EXPECT_EQ(json.at("schema"), "plimsoll.report/1");
  EXPECT_EQ(json.at("assets").at(0).at("threats").size(), 1u);
  EXPECT_EQ(json.at("assets").at(0).at("score"), small_world().assets[0].assessment.score);
}

}  // namespace
}  // namespace plimsoll::report

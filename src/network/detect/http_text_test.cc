#include "network/detect/http_text.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "network/detect/detector_for_tests.h"

namespace plimsoll::network {
namespace {

TEST(HttpText, PercentDecoding) {
  EXPECT_EQ(percent_decoded("a%20b+c%2", false), "a b+c%2");
  EXPECT_EQ(percent_decoded("a+%2B", true), "a +");
  EXPECT_EQ(percent_decoded("%u0024%u20AC", false), "$\xE2\x82\xAC");
  EXPECT_EQ(percent_decoded("%C0%AE%C0%AE%C0%AF", false), "../");
  EXPECT_EQ(percent_decoded("%E0%80%AF", false), "/");
}

TEST(HttpText, Unescaping) {
  EXPECT_EQ(json_unescaped(R"(\u0024{a}\n\/\q)"), "${a}\n/q");
  EXPECT_EQ(xml_unescaped("&#36;&#x7b;&lt;&none;&#99999999;"), "${<&none;&#99999999;");
}

TEST(HttpText, PathsComeToWhatServersMakeOfThem) {
  EXPECT_EQ(normal_path("/a//b/./../c?x=1#y"), "/a/c");
  EXPECT_EQ(normal_path("/../../etc"), "/etc");
  EXPECT_EQ(normal_path("/a%2f..\\b;v=1/c"), "/b/c");
  EXPECT_EQ(normal_path("http://host:80/x/y"), "/x/y");
  EXPECT_EQ(normal_path("http://host"), "/");
}

TEST(HttpText, BodiesAreInflatedWithinBounds) {
  const std::string text = "a body that says something";
  EXPECT_EQ(decoded_body(deflated(text, gzip_window), "gzip").text, text);
  EXPECT_EQ(decoded_body(deflated(text, zlib_window), "deflate").text, text);
  EXPECT_EQ(decoded_body(deflated(text, bare_window), "deflate").text, text);
  EXPECT_EQ(decoded_body(deflated(deflated(text, gzip_window), gzip_window), "gzip, gzip").text, text);
  EXPECT_EQ(decoded_body("not packed", "gzip").text, "not packed");
  const Inflated bomb = decoded_body(deflated(std::string(8 << 20, 'x'), gzip_window), "gzip");
  EXPECT_TRUE(bomb.bomb);
  EXPECT_LE(bomb.text.size(), (1u << 20) + 16 * 1024);
}

TEST(HttpText, Utf16) {
  EXPECT_EQ(in_utf8(std::string("\xFF\xFE$\0{\0", 6), ""), "\xEF\xBB\xBF${");
  EXPECT_EQ(in_utf8(std::string("\0$\0{", 4), "text/plain; charset=UTF-16"), "${");
  EXPECT_EQ(in_utf8("plain", "text/plain"), "plain");
}

TEST(HttpText, ReadingsHoldEveryWayOnce) {
  const auto all = readings("%2524%7B\\u0024");
  for (const char* reading : {"%2524%7B\\u0024", "%24{\\u0024", "${\\u0024", "${$"}) {
    EXPECT_NE(std::find(all.begin(), all.end(), reading), all.end()) << reading;
  }
  EXPECT_EQ(readings("plain").size(), 1u);
}

}  // namespace
}  // namespace plimsoll::network

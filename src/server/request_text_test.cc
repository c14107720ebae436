#include "server/request_text.h"

#include <gtest/gtest.h>

namespace plimsoll::server {
namespace {

using Segments = std::vector<std::string>;

TEST(RequestText, PathsAreTakenApartAndDecoded) {
  EXPECT_EQ(path_segments("/"), Segments{});
  EXPECT_EQ(path_segments("/api/v1/assets/"), (Segments{"api", "v1", "assets"}));
  EXPECT_EQ(path_segments("/a/docker%3Aab%2Fc"), (Segments{"a", "docker:ab/c"}));
}

TEST(RequestText, PathsThatLeadElsewhereAreNone) {
  for (const char* path : {"", "api", "/..", "/a/../b", "/a/%2e%2e/b", "/a//b", "/a/%", "/a/%4", "/a/%zz", "/a/%00",
                           "/a/%0d%0aSet-Cookie:x", "/a/%ff", "/a/."}) {
    EXPECT_FALSE(path_segments(path)) << path;
  }
  EXPECT_FALSE(path_segments("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"));
}

TEST(RequestText, Queries) {
  const Result<Query> query = parse_query("text=open+ssl%20x&limit=5&&flag");
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->at("text"), "open ssl x");
  EXPECT_EQ(query->at("limit"), "5");
  EXPECT_EQ(query->at("flag"), "");
  EXPECT_FALSE(parse_query("a=1&a=2").ok());
  EXPECT_FALSE(parse_query("a=%0a").ok());
  EXPECT_FALSE(parse_query("=1").ok());
  std::string many;
  for (int i = 0; i < 33; ++i) many += "p" + std::to_string(i) + "=1&";
  EXPECT_FALSE(parse_query(many).ok());
}

TEST(RequestText, Cookies) {
  EXPECT_EQ(cookie_of("a=1; plimsoll=xyz; b=2", "plimsoll"), "xyz");
  EXPECT_EQ(cookie_of("plimsoll=", "plimsoll"), "");
  EXPECT_FALSE(cookie_of("xplimsoll=1; plimsollx=2", "plimsoll"));
  EXPECT_FALSE(cookie_of("plimsoll=mine; plimsoll=planted", "plimsoll"));
  EXPECT_FALSE(cookie_of("", "plimsoll"));
}

TEST(RequestText, BodiesAreFlatAndKnown) {
  const Result<Body> body =
      parse_body(R"({"name":"anna","days":3,"on":true,"list":["a","b"]})", {"name", "days", "on", "list"});
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(body->texts.at("name"), "anna");
  EXPECT_EQ(body->numbers.at("days"), 3);
  EXPECT_EQ(body->numbers.at("on"), 1);
  EXPECT_EQ(body->lists.at("list").size(), 2u);
  for (const char* wrong :
       {"", "[]", "1", "{\"name\":", R"({"other":1})", R"({"name":null})", R"({"name":{}})", R"({"name":1.5})",
        R"({"name":"a","name":"b"})", R"({"list":[1]})", "{\"name\":\"\xff\"}"}) {
    EXPECT_FALSE(parse_body(wrong, {"name", "list"}).ok()) << wrong;
  }
  EXPECT_FALSE(parse_body(std::string(100'000, '['), {"name"}).ok());
}

TEST(RequestText, Hosts) {
  const std::vector<std::string> names{"localhost", "::1", "Box.example"};
  for (const char* fine : {"localhost", "localhost:8443", "[::1]", "[::1]:8443", "box.EXAMPLE:1"})
    EXPECT_TRUE(host_is_one_of(fine, names)) << fine;
  for (const char* wrong : {"", "evil.example", "localhost.evil.example", "localhost:x", "localhost:99999", "[::1",
                            "[::1]x", "::1", "localhost@evil"})
    EXPECT_FALSE(host_is_one_of(wrong, names)) << wrong;
}

TEST(RequestText, EntityTags) {
  EXPECT_TRUE(matches_tag("\"a\", W/\"b\"", "\"b\""));
  EXPECT_TRUE(matches_tag("*", "\"b\""));
  EXPECT_FALSE(matches_tag("\"a\"", "\"b\""));
  EXPECT_FALSE(matches_tag("", "\"b\""));
}

}  // namespace
}  // namespace plimsoll::server

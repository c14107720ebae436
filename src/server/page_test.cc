#include "server/page.h"

#include <gtest/gtest.h>

namespace plimsoll::server {
namespace {

const std::vector<PageFile> files{
    {"index.html", "<!doctype html>"},
    {"assets/index-1a2b.js", "let plain;"},
    {"assets/index-1a2b.js.gz", "gzipped"},
    {"assets/index-1a2b.js.br", "brotli"},
    {"mark.svg", "<svg/>"},
};

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

Response get(const std::vector<std::string>& segments, std::vector<std::pair<std::string, std::string>> headers = {},
             const std::string& method = "GET") {
  Request request;
  request.method = method;
  request.headers = std::move(headers);
  return Page(files).answer(request, segments);
}

TEST(Page, EveryAddressInsideItIsThePage) {
  for (const std::vector<std::string>& place :
       {std::vector<std::string>{}, {"containers"}, {"settings", "database"}, {"network", "deeper", "still"}}) {
    const Response out = get(place);
    EXPECT_EQ(out.status, 200);
    EXPECT_EQ(out.body, "<!doctype html>");
    EXPECT_EQ(out.type, "text/html; charset=utf-8");
    EXPECT_EQ(header(out, "Cache-Control"), "private, no-cache");  // a new version is seen at once
  }
}

TEST(Page, AFileThatIsNotThereIsNoPage) {
  for (const std::vector<std::string>& path :
       {std::vector<std::string>{"assets", "index-old.js"}, {"assets", "x"}, {"favicon.ico"}, {"a", "..b.php"}})
    EXPECT_EQ(get(path).status, 404);
}

TEST(Page, AssetsAreKeptForEverAndComeAsTheBrowserTakesThem) {
  const std::vector<std::string> script{"assets", "index-1a2b.js"};
  const Response plain = get(script);
  EXPECT_EQ(plain.body, "let plain;");
  EXPECT_EQ(plain.type, "text/javascript; charset=utf-8");
  EXPECT_EQ(header(plain, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(plain, "Vary"), "Accept-Encoding");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");

  EXPECT_EQ(get(script, {{"accept-encoding", "gzip, deflate"}}).body, "gzipped");
  const Response brotli = get(script, {{"accept-encoding", "gzip, deflate, BR;q=0.8"}});
  EXPECT_EQ(brotli.body, "brotli");
  EXPECT_EQ(header(brotli, "Content-Encoding"), "br");
  EXPECT_EQ(brotli.type, "text/javascript; charset=utf-8");
  EXPECT_NE(header(brotli, "ETag"), header(plain, "ETag"));
  EXPECT_EQ(get(script, {{"accept-encoding", "br;q=0, gzip;q=0.000"}}).body, "let plain;");
  // Not compressed when it was built: sent as it is.
  EXPECT_EQ(get({"mark.svg"}, {{"accept-encoding", "gzip, br"}}).body, "<svg/>");
}

TEST(Page, AnUnchangedFormIsNotSentAgain) {
  const Response first = get({}, {});
  const Response again = get({}, {{"if-none-match", "\"other\", " + header(first, "ETag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(header(again, "ETag"), header(first, "ETag"));
}

TEST(Page, CanOnlyBeRead) {
  const Response out = get({}, {}, "POST");
  EXPECT_EQ(out.status, 405);
  EXPECT_EQ(header(out, "Allow"), "GET, HEAD");
}

TEST(Page, ABuildWithoutItSaysSo) {
  const Response out = Page({}).answer(Request{"GET", "/", "", {}, "", "", false}, {});
  EXPECT_EQ(out.status, 404);
  EXPECT_NE(out.body.find("no page"), std::string::npos);
}

TEST(Page, CodingsAreNamedNotGuessed) {
  EXPECT_TRUE(takes_coding("gzip", "gzip"));
  EXPECT_TRUE(takes_coding("x, gzip;q=1.0", "gzip"));
  EXPECT_TRUE(takes_coding("gzip;q=0.001", "gzip"));
  EXPECT_FALSE(takes_coding("gzip;q=0.", "gzip"));
  EXPECT_FALSE(takes_coding("*", "gzip"));
  EXPECT_FALSE(takes_coding("gzipped", "gzip"));
  EXPECT_FALSE(takes_coding("", "gzip"));
}

}  // namespace
}  // namespace plimsoll::server

#include "threatdb/retry.h"

#include <gtest/gtest.h>

#include "threatdb/urls.h"

namespace plimsoll::threatdb {
namespace {

TEST(Retry, WaitsDoubleUpToAMinute) {
  const Milliseconds first(1000);
  EXPECT_EQ(wait_before(1, first, 0, std::nullopt).count(), 1000);
  EXPECT_EQ(wait_before(3, first, 0, std::nullopt).count(), 4000);
  EXPECT_EQ(wait_before(3, first, 1, std::nullopt).count(), 6000);
  EXPECT_EQ(wait_before(1000000, first, 0, std::nullopt).count(), 60000);
  EXPECT_EQ(wait_before(1, Milliseconds(0), 1, std::nullopt).count(), 0);
}

TEST(Retry, TheServersWishCountsWhenLonger) {
  EXPECT_EQ(wait_before(1, Milliseconds(1000), 0, Milliseconds(7000)).count(), 7000);
  EXPECT_EQ(wait_before(5, Milliseconds(1000), 0, Milliseconds(7000)).count(), 16000);
}

TEST(Retry, WhichAnswersPass) {
  for (const long status : {408L, 429L, 500L, 502L, 503L, 504L}) EXPECT_TRUE(is_passing(status)) << status;
  for (const long status : {0L, 200L, 301L, 400L, 401L, 403L, 404L, 416L, 501L})
    EXPECT_FALSE(is_passing(status)) << status;
}

TEST(Retry, ContentRange) {
  EXPECT_EQ(parse_content_range("bytes 100-199/200"), (ContentRange{100, 200}));
  EXPECT_EQ(parse_content_range(" bytes 0-0/*"), (ContentRange{0, std::nullopt}));
  for (const char* bad : {"", "bytes", "bytes */200", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-1", "items 0-1/2",
                          "bytes -1/2", "bytes 0/1-2", "bytes 0-99999999999999999999/*"}) {
    EXPECT_FALSE(parse_content_range(bad)) << bad;
  }
}

TEST(Urls, Places) {
  EXPECT_EQ(place_of("HTTPS://Example.ORG/x"), (UrlPlace{"https", "example.org", "443"}));
  EXPECT_EQ(place_of("http://127.0.0.1:8080/"), (UrlPlace{"http", "127.0.0.1", "8080"}));
  for (const char* bad : {"", "no url", "http://", "file:///etc"}) EXPECT_FALSE(place_of(bad)) << bad;
  for (const char* host : {"127.0.0.1", "127.9.9.9", "[::1]", "localhost"}) EXPECT_TRUE(is_loopback_host(host)) << host;
  for (const char* host : {"128.0.0.1", "127.0.0.1.example.org", "127.0.0", "127.0.0.x", "example.org"})
    EXPECT_FALSE(is_loopback_host(host)) << host;
  EXPECT_EQ(local_path_of("file:///a%20b/c"), "/a b/c");
  EXPECT_FALSE(local_path_of("https://example.org/a"));
}

TEST(Urls, SecretsAreNotShown) {
  EXPECT_EQ(shown_url("https://me:secret@example.org/x"), "https://example.org/x");
  EXPECT_EQ(shown_url("https://example.org/\x1b[2J").find('\x1b'), std::string::npos);
}

TEST(Urls, Redirects) {
  const std::vector<std::string> cdn{"cdn.example.org"};
  const auto allowed = [&](const char* from, const char* to) { return check_redirect(from, to, cdn).ok(); };
  EXPECT_TRUE(allowed("https://a.org/x", "https://a.org/y"));
  EXPECT_TRUE(allowed("https://a.org/x", "https://cdn.example.org/y"));
  EXPECT_TRUE(allowed("http://a.org/x", "https://a.org/y")) << "to the same host, only better";
  EXPECT_TRUE(allowed("http://127.0.0.1:99/x", "http://127.0.0.1:99/y"));
  EXPECT_FALSE(allowed("https://a.org/x", "https://b.org/y")) << "elsewhere";
  EXPECT_FALSE(allowed("https://a.org/x", "https://a.org:444/y"));
  EXPECT_FALSE(allowed("https://a.org/x", "http://a.org/y")) << "down to plain http";
  EXPECT_FALSE(allowed("http://a.org/x", "http://a.org/y"));
  EXPECT_FALSE(allowed("https://127.0.0.1/x", "http://127.0.0.1/y"));
  EXPECT_FALSE(allowed("http://127.0.0.1:99/x", "http://127.0.0.1:98/y"));
  EXPECT_FALSE(allowed("https://a.org/x", "http://cdn.example.org/y"));
  for (const char* to : {"file:///etc/passwd", "ftp://a.org/x", "gopher://a.org/", "", "//", "javascript:1"})
    EXPECT_FALSE(allowed("https://a.org/x", to)) << to;
}

}  // namespace
}  // namespace plimsoll::threatdb

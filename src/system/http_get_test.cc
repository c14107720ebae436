#include "system/http_get.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "system/test_server.h"

namespace plimsoll::system {
namespace {

class HttpGet : public ::testing::Test {
 protected:
  void SetUp() override { ::setenv("no_proxy", "127.0.0.1", 1); }

  Result<std::optional<std::string>> get(const std::string& reply, size_t limit = 1000, GetBounds bounds = {}) {
    const TestServer server([&](int fd, const std::string& request) {
      asked = request.substr(0, request.find(" HTTP"));
      send_all(fd, reply);
    });
    return http_get("http://127.0.0.1:" + std::to_string(server.port()) + "/a", limit, bounds);
  }

  std::string asked;
};

TEST_F(HttpGet, BodyAndMissingFile) {
  const auto body = get("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(**body, "hello");
  EXPECT_EQ(asked, "GET /a");
  const auto missing = get("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(missing.ok());
  EXPECT_FALSE(missing->has_value());
}

TEST_F(HttpGet, Bounds) {
  const std::string large(1001, 'x');
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + large).error().kind, ErrorKind::limit);
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\n\r\n" + large).error().kind, ErrorKind::limit);  // no length told
  EXPECT_TRUE(get("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + large, 1001).ok());
}

TEST_F(HttpGet, Faults) {
  EXPECT_EQ(get("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n").error().kind, ErrorKind::denied);
  EXPECT_EQ(get("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n").error().kind, ErrorKind::unreachable);
  EXPECT_EQ(get("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\ncut").error().kind, ErrorKind::unreachable);
  EXPECT_FALSE(get("HTTP/1.1 302 There\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n").ok());
  EXPECT_EQ(http_get("file:///etc/passwd", 10'000).error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace plimsoll::system

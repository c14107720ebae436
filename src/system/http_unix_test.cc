#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "system/machine.h"
#include "system/test_directory.h"
#include "system/test_server.h"

namespace plimsoll::system {
namespace {

constexpr size_t limit = 64 << 10;

class HttpUnix : public ::testing::Test {
 protected:
  Result<HttpReply> get(const std::string& target = "/x", int seconds = 20) {
    return machine_->http_unix(socket_, "GET", target, "", limit, seconds);
  }
  Result<HttpReply> get_from(TestServer::Serve serve, int seconds = 20) {
    const TestServer server(socket_, std::move(serve));
    return get("/x", seconds);
  }

  TestDirectory dir_;
  std::string socket_ = dir_ / "api.sock";
  std::unique_ptr<Machine> machine_ = this_machine();
};

TEST_F(HttpUnix, AsksAndReads) {
  std::string seen;
  {
    const TestServer server(socket_, [&](int fd, const std::string& request) {
      seen = request;
      send_all(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello");
    });
    ::setenv("http_proxy", "http://127.0.0.1:9", 1);
    const auto reply = get("/v1.41/containers/json?all=1");
    ::unsetenv("http_proxy");
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ(reply->status, 404);
    EXPECT_EQ(reply->body, "hello");
  }
  EXPECT_EQ(seen.substr(0, seen.find('\r')), "GET /v1.41/containers/json?all=1 HTTP/1.1");
  EXPECT_NE(seen.find("Host: "), std::string::npos);
}

TEST_F(HttpUnix, SendsABody) {
  std::string seen;
  {
    const TestServer server(socket_, [&](int fd, const std::string& request) {
      seen = request;
      send_all(fd, "HTTP/1.1 204 No Content\r\n\r\n");
    });
    const auto reply = machine_->http_unix(socket_, "POST", "/do", "{\"a\":1}", limit, 20);
    ASSERT_TRUE(reply.ok()) << reply.error().to_string();
    EXPECT_EQ(reply->status, 204);
  }
  EXPECT_EQ(seen.substr(0, seen.find('\r')), "POST /do HTTP/1.1");
  EXPECT_NE(seen.find("Content-Length: 7"), std::string::npos);
}

TEST_F(HttpUnix, ChunkedReply) {
  const auto reply = get_from([](int fd, const std::string&) {
    send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  });
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->body, "abcde");
}

TEST_F(HttpUnix, SlowDripTimesOut) {
  const auto reply = get_from(
      [](int fd, const std::string&) {
        send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        while (send_all(fd, "x")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      },
      1);
  EXPECT_EQ(reply.error().kind, ErrorKind::timeout);
}

TEST_F(HttpUnix, HugeBodyMeetsTheLimit) {
  const auto endless = get_from([](int fd, const std::string&) {
    send_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (send_all(fd, std::string(16384, 'x'))) {
    }
  });
  EXPECT_EQ(endless.error().kind, ErrorKind::limit);
}

TEST_F(HttpUnix, BodyOfExactlyTheLimitFits) {
  const auto reply =
      get_from([](int fd, const std::string&) { send_all(fd, "HTTP/1.1 200 OK\r\n\r\n" + std::string(limit, 'x')); });
  ASSERT_TRUE(reply.ok());
  EXPECT_EQ(reply->body.size(), limit);
}

TEST_F(HttpUnix, EndlessHeadersAreRefused) {
  const auto reply = get_from([](int fd, const std::string&) {
    send_all(fd, "HTTP/1.1 200 OK\r\n");
    while (send_all(fd, "X-A: " + std::string(1000, 'a') + "\r\n")) {
    }
  });
  ASSERT_FALSE(reply.ok());
  EXPECT_NE(reply.error().kind, ErrorKind::timeout);
}

TEST_F(HttpUnix, ClosedEarlyIsUnreachable) {
  const auto reply =
      get_from([](int fd, const std::string&) { send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); });
  EXPECT_EQ(reply.error().kind, ErrorKind::unreachable);
}

TEST_F(HttpUnix, NothingSaidIsUnreachable) {
  EXPECT_EQ(get_from([](int, const std::string&) {}).error().kind, ErrorKind::unreachable);
}

TEST_F(HttpUnix, NotHttpIsMalformed) {
  const auto reply = get_from([](int fd, const std::string&) { send_all(fd, "SSH-2.0-OpenSSH\r\n"); });
  EXPECT_EQ(reply.error().kind, ErrorKind::malformed);
}

TEST_F(HttpUnix, NoSocketIsNotFoundAndNoListenerUnreachable) {
  EXPECT_EQ(get().error().kind, ErrorKind::not_found);
  {
    const TestServer gone(socket_, [](int, const std::string&) {});
  }
  EXPECT_EQ(get().error().kind, ErrorKind::unreachable);
  std::ofstream(dir_ / "file") << "x";
  EXPECT_EQ(machine_->http_unix(dir_ / "file", "GET", "/", "", limit, 5).error().kind, ErrorKind::unreachable);
}

TEST_F(HttpUnix, RefusesRequestsThatSmuggle) {
  const TestServer server(socket_, [](int fd, const std::string&) { send_all(fd, "HTTP/1.1 200 OK\r\n\r\n"); });
  EXPECT_EQ(get("/a\r\nX: y").error().kind, ErrorKind::malformed);
  EXPECT_EQ(get("/a b").error().kind, ErrorKind::malformed);
  EXPECT_EQ(get("no-slash").error().kind, ErrorKind::malformed);
  EXPECT_EQ(machine_->http_unix(socket_, "GET /x", "/", "", limit, 5).error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace plimsoll::system

#include "system/http_stream.h"

#include <gtest/gtest.h>

#include "system/test_directory.h"
#include "system/test_server.h"

namespace plimsoll::system {
namespace {

class HttpStream : public ::testing::Test {
 protected:
  // The whole body in pieces of `capacity`, or the error that broke it off.
  Result<std::string> read_all(const TestServer::Serve& serve, size_t capacity, StreamBounds bounds = {}) {
    const TestServer server(socket_, serve);
    PLIMSOLL_TRY(stream, stream_over_unix(socket_, "/images/x/get", bounds));
    std::string out, piece(capacity, '\0');
    for (;;) {
      PLIMSOLL_TRY(got, stream(piece.data(), piece.size()));
      if (got == 0) return out;
      out.append(piece, 0, got);
    }
  }

  TestDirectory dir_;
  std::string socket_ = dir_ / "api.sock";
};

std::string pattern(size_t size) {
  std::string out(size, '\0');
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 + i / 251);
  return out;
}

TEST_F(HttpStream, LargeBodyInSmallAndLargePieces) {
  const std::string body = pattern(3'000'001);
  for (const size_t capacity : {size_t{1000}, size_t{1} << 20}) {
    const auto got = read_all(
        [&](int fd, const std::string&) {
          send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
        },
        capacity);
    ASSERT_TRUE(got.ok()) << got.error().to_string();
    EXPECT_TRUE(*got == body);
  }
}

TEST_F(HttpStream, AnErrorStays) {
  const TestServer server(
      socket_, [](int fd, const std::string&) { send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); });
  const auto stream = stream_over_unix(socket_, "/x");
  char buffer[16];
  while (stream.ok()) {
    const auto got = (*stream)(buffer, sizeof buffer);
    if (!got.ok()) break;
    ASSERT_GT(*got, 0u);  // never an end of file
  }
  ASSERT_TRUE(stream.ok() || stream.error().kind == ErrorKind::unreachable);
  EXPECT_FALSE(stream.ok() && (*stream)(buffer, sizeof buffer).ok());
}

TEST_F(HttpStream, EmptyBody) {
  const auto got =
      read_all([](int fd, const std::string&) { send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); }, 10);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(*got, "");
}

TEST_F(HttpStream, BrokenOffIsAnErrorNotAnEnd) {
  const auto got = read_all(
      [](int fd, const std::string&) {
        send_all(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      },
      10);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().kind, ErrorKind::unreachable);
}

TEST_F(HttpStream, RefusedWithWhatThePeerSays) {
  const auto got = read_all(
      [](int fd, const std::string&) {
        send_all(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nno\x1b image");
      },
      10);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().kind, ErrorKind::not_found);
  EXPECT_NE(got.error().message.find("no\\x1B image"), std::string::npos);
}

TEST_F(HttpStream, AStallTimesOut) {
  StreamBounds bounds;
  bounds.stall_seconds = 1;
  const auto got = read_all(
      [](int fd, const std::string&) {
        send_all(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        std::this_thread::sleep_for(std::chrono::seconds(3));
      },
      10, bounds);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().kind, ErrorKind::timeout);
}

TEST_F(HttpStream, NoSocket) { EXPECT_EQ(stream_over_unix(socket_, "/x").error().kind, ErrorKind::not_found); }

}  // namespace
}  // namespace plimsoll::system

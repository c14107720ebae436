#include "system/grpc_unix.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "system/grpc_frames.h"
#include "system/machine.h"
#include "system/test_directory.h"
#include "system/test_server.h"

// A peer that speaks just as much HTTP/2 as a call needs (RFC 9113, RFC 7541).
namespace plimsoll::system {
namespace {

constexpr char data = 0, headers = 1, settings = 4;
constexpr char end_stream = 1, end_headers = 4;

std::string frame(char type, char flags, char stream, const std::string& payload) {
  std::string out;
  for (const int shift : {16, 8, 0}) out += static_cast<char>((payload.size() >> shift) & 0xff);
  return out + type + flags + std::string(3, '\0') + stream + payload;
}

// A field by its own name, not to be remembered.
std::string field(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value;
}

const std::string ok_head =
    frame(headers, end_headers, 1, field(":status", "200") + field("content-type", "application/grpc"));
std::string trailers(const std::string& fields) { return frame(headers, end_headers | end_stream, 1, fields); }

class GrpcUnix : public ::testing::Test {
 protected:
  // Answers the call with these frames, or bytes, once it is there as a whole; then waits for the peer to go.
  Result<std::string> call(const std::string& reply, size_t limit = 1000, int seconds = 20) {
    const TestServer server(socket_, [&](int fd, const std::string& begun) {
      seen_ = begun;
      char piece[4096];
      while (seen_.find("question") == std::string::npos) {
        const ssize_t got = ::recv(fd, piece, sizeof piece, 0);
        if (got <= 0) return;
        seen_.append(piece, static_cast<size_t>(got));
      }
      send_all(fd, reply);
      while (::recv(fd, piece, sizeof piece, 0) > 0) continue;
    });
    return machine_->grpc_unix(socket_, {"/a.Service/Method", "question", {{"containerd-namespace", "shop"}}}, limit,
                               seconds);
  }
  ErrorKind fault(const std::string& reply, size_t limit = 1000, int seconds = 20) {
    const auto result = call(reply, limit, seconds);
    return result.ok() ? ErrorKind::bug : result.error().kind;
  }

  const std::string greeting_ = frame(settings, 0, 0, "");
  TestDirectory dir_;
  std::string socket_ = dir_ / "api.sock", seen_;
  std::unique_ptr<Machine> machine_ = this_machine();
};

TEST_F(GrpcUnix, AsksAndReads) {
  const auto reply =
      call(greeting_ + ok_head + frame(data, 0, 1, grpc_frame("answer")) + trailers(field("grpc-status", "0")));
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(*reply, "answer");
  EXPECT_TRUE(seen_.starts_with("PRI * HTTP/2.0\r\n"));
  EXPECT_NE(seen_.find(grpc_frame("question")), std::string::npos);
}

TEST_F(GrpcUnix, WhatTheServiceRefuses) {
  const auto reply = call(greeting_ + trailers(field(":status", "200") + field("content-type", "application/grpc") +
                                               field("grpc-status", "5") + field("grpc-message", "no%20such task")));
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind, ErrorKind::not_found);
  EXPECT_NE(reply.error().to_string().find("no such task"), std::string::npos);
  EXPECT_NE(reply.error().to_string().find("/a.Service/Method"), std::string::npos);
  // One that answered and then failed.
  EXPECT_EQ(fault(greeting_ + ok_head + frame(data, 0, 1, grpc_frame("answer")) + trailers(field("grpc-status", "9"))),
            ErrorKind::conflict);
}

TEST_F(GrpcUnix, WhatIsNoReply) {
  EXPECT_EQ(fault(greeting_ + ok_head + frame(data, end_stream, 1, grpc_frame("answer"))), ErrorKind::malformed);
  EXPECT_EQ(fault(greeting_ + ok_head + trailers(field("grpc-status", "0"))), ErrorKind::malformed);
  EXPECT_EQ(fault(greeting_ + trailers(field(":status", "404"))), ErrorKind::malformed);
  EXPECT_NE(fault("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), ErrorKind::bug);
}

TEST_F(GrpcUnix, IsBounded) {
  const std::string large = frame(data, 0, 1, grpc_frame(std::string(2000, 'x')));
  EXPECT_EQ(fault(greeting_ + ok_head + large + trailers(field("grpc-status", "0"))), ErrorKind::limit);
  EXPECT_EQ(fault(greeting_ + ok_head, 1000, 1), ErrorKind::timeout);
  std::string many;
  for (int i = 0; i < 40'000; ++i) many += field("x", "0123456789");
  EXPECT_NE(fault(greeting_ + frame(headers, end_headers, 1, many.substr(0, 16'000)) + ok_head), ErrorKind::bug);
}

TEST_F(GrpcUnix, WhatCannotBeSentOrReached) {
  EXPECT_EQ(machine_->grpc_unix(dir_ / "none.sock", {"/a/B", "", {}}, 10, 1).error().kind, ErrorKind::not_found);
  EXPECT_EQ(machine_->grpc_unix(socket_, {"/a B", "", {}}, 10, 1).error().kind, ErrorKind::malformed);
  EXPECT_EQ(machine_->grpc_unix(socket_, {"/a/B", "", {{"x", "a\r\nb: c"}}}, 10, 1).error().kind, ErrorKind::malformed);
}

TEST_F(GrpcUnix, AStreamGoesOn) {
  const TestServer server(socket_, [&](int fd, const std::string& begun) {
    char piece[4096];
    std::string seen = begun;
    while (seen.find("question") == std::string::npos) {
      const ssize_t got = ::recv(fd, piece, sizeof piece, 0);
      if (got <= 0) return;
      seen.append(piece, static_cast<size_t>(got));
    }
    send_all(fd, greeting_ + ok_head + frame(data, 0, 1, grpc_frame("one")));
    send_all(fd, frame(data, 0, 1, grpc_frame("two")) + trailers(field("grpc-status", "0")));
    while (::recv(fd, piece, sizeof piece, 0) > 0) continue;
  });
  const auto stream = call_stream_over_unix(socket_, {"/a.Service/Follow", "question", {}}, {20, 20});
  ASSERT_TRUE(stream.ok()) << stream.error().to_string();
  std::string all, piece(100, '\0');
  for (;;) {
    const auto got = (*stream)(piece.data(), piece.size());
    ASSERT_TRUE(got.ok()) << got.error().to_string();
    if (*got == 0) break;
    all.append(piece, 0, *got);
  }
  EXPECT_EQ(all, grpc_frame("one") + grpc_frame("two"));
}

}  // namespace
}  // namespace plimsoll::system

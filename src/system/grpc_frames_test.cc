#include "system/grpc_frames.h"

#include <gtest/gtest.h>

namespace plimsoll::system {
namespace {

std::string bytes(const char* text, size_t size) { return {text, size}; }

TEST(GrpcFrames, AMessageAndBack) {
  EXPECT_EQ(grpc_frame("ab"), bytes("\0\0\0\0\2ab", 7));
  EXPECT_EQ(grpc_unframe(grpc_frame("ab")).value(), "ab");
  EXPECT_EQ(grpc_unframe(grpc_frame("")).value(), "");
  const std::string large(70'000, 'x');
  EXPECT_EQ(grpc_unframe(grpc_frame(large)).value(), large);
}

TEST(GrpcFrames, WhatIsNotOneWholeMessage) {
  for (const std::string& body :
       {std::string(), bytes("\0\0\0\0", 4), bytes("\0\0\0\0\3ab", 7), bytes("\0\0\0\0\1ab", 7)})
    EXPECT_EQ(grpc_unframe(body).error().kind, ErrorKind::malformed);
  EXPECT_EQ(grpc_unframe(bytes("\1\0\0\0\2ab", 7)).error().kind, ErrorKind::unsupported);
}

ErrorKind kind_of(const char* status) {
  GrpcEnd end;
  end.take(std::string("grpc-status: ") + status + "\r\n");
  const Status result = end.result();
  return result.ok() ? ErrorKind::bug : result.error().kind;
}

TEST(GrpcFrames, HowACallEnded) {
  EXPECT_EQ(kind_of("0"), ErrorKind::bug);
  EXPECT_EQ(kind_of("4"), ErrorKind::timeout);
  EXPECT_EQ(kind_of("5"), ErrorKind::not_found);
  EXPECT_EQ(kind_of("7"), ErrorKind::denied);
  EXPECT_EQ(kind_of("9"), ErrorKind::conflict);
  EXPECT_EQ(kind_of("12"), ErrorKind::unsupported);
  EXPECT_EQ(kind_of("14"), ErrorKind::unreachable);
  for (const char* odd : {"99", "-1", "", "x", "99999999999999999999"}) EXPECT_EQ(kind_of(odd), ErrorKind::unreachable);
  EXPECT_EQ(GrpcEnd().result().error().kind, ErrorKind::malformed);
}

TEST(GrpcFrames, WhatTheServiceSaid) {
  GrpcEnd end;
  end.take("HTTP/2 200 \r\n");
  end.take("Grpc-Status: 5\r\n");
  end.take("grpc-message: no%20such%0atask %zz%2\r\n");
  EXPECT_EQ(end.message, "no such\ntask %zz%2");
  EXPECT_NE(end.result().error().message.find("not found: no such"), std::string::npos);
  EXPECT_EQ(end.result().error().message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace plimsoll::system

#include "network/detect/http_stream.h"

#include <gtest/gtest.h>

#include "network/detect/http_dialogue.h"

namespace plimsoll::network {
namespace {

// What a stream hears in the end of each message, however the bytes are cut.
std::vector<HttpMessage> messages(HttpStream::Side side, std::string_view bytes, size_t piece) {
  std::vector<HttpMessage> out;
  const auto heard = [&](const HttpMessage& message, bool first) {
    if (first) {
      out.push_back(message);
    } else {
      out.back() = message;
    }
  };
  HttpStream stream(side);
  for (size_t at = 0; at < bytes.size(); at += piece) stream.feed(bytes.substr(at, piece), heard);
  stream.flush(heard);
  return out;
}

constexpr std::string_view kTwoRequests =
    "POST /a HTTP/1.1\r\nHost: x\r\nX-Long: one\r\n two\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n"
    "\r\nPUT /b HTTP/1.1\nContent-Length: 3\n\nabc"
    "GET /c HTTP/1.0\r\n\r\n";

TEST(HttpStream, RequestsAreTheSameHoweverTheyAreCut) {
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{50}, size_t{100'000}}) {
    const auto all = messages(HttpStream::Side::requests, kTwoRequests, piece);
    ASSERT_EQ(all.size(), 3u) << piece;
    EXPECT_EQ(all[0].method, "POST");
    EXPECT_EQ(all[0].target, "/a");
    EXPECT_EQ(all[0].header("x-long"), "one two");
    EXPECT_EQ(all[0].body, "hello world");
    EXPECT_TRUE(all[0].complete);
    EXPECT_EQ(all[1].body, "abc");
    EXPECT_EQ(all[2].target, "/c");
    EXPECT_TRUE(all[2].complete);
  }
}

TEST(HttpStream, ABodyThatNeverEndsIsHeardAsFarAsItCame) {
  const auto all = messages(HttpStream::Side::requests, "POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nstart", 1);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].body, "start");
  EXPECT_FALSE(all[0].complete);
}

TEST(HttpStream, ResponsesEndAsTheRfcSays) {
  const auto all = messages(HttpStream::Side::responses,
                            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
                            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.0 200 OK\r\n\r\nuntil the end",
                            3);
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[2].body, "ok");
  EXPECT_EQ(all[3].body, "until the end");
}

TEST(HttpStream, OtherProtocolsBreakIt) {
  for (const std::string_view bytes : {"SSH-2.0-OpenSSH_9.2\r\n", "\x16\x03\x01\r\n\r\n\r\n", "GET /\r\n\r\n",
                                       "get / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}) {
    EXPECT_TRUE(messages(HttpStream::Side::requests, bytes, 100).empty()) << bytes;
  }
}

TEST(HttpDialogue, PairsAnswersWithQuestions) {
  HttpDialogue dialogue;
  std::vector<std::string> heard;
  const auto answered = [&](const HttpMessage& request, const HttpMessage& response) {
    if (response.complete) heard.push_back(request.target + " " + std::to_string(response.status));
  };
  dialogue.feed(true, "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n", answered);
  dialogue.feed(false, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", answered);
  dialogue.feed(false, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", answered);
  EXPECT_EQ(heard, (std::vector<std::string>{"/1 200", "/2 404"}));
}

}  // namespace
}  // namespace plimsoll::network

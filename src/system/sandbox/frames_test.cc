#include "system/sandbox/frames.h"

#include <gtest/gtest.h>

namespace plimsoll::system::sandbox {
namespace {

const std::vector<SandboxLayer> layers{{"user", true, "uid 7"}, {"landlock", false, "this kernel has no Landlock"}};

std::string beginning() { return frame(FrameType::layers, layers_payload(layers)); }

std::string whole(std::string_view answer) {
  return beginning() + frame(FrameType::progress, number_payload(42)) + frame(FrameType::piece, answer) +
         frame(FrameType::done, number_payload(answer.size()));
}

TEST(Frames, AnAnswerComesThroughInPiecesOfAnySize) {
  const std::string bytes = whole("hello");
  for (size_t step = 1; step <= bytes.size(); ++step) {
    AnswerReader reader(100);
    for (size_t at = 0; at < bytes.size(); at += step) ASSERT_TRUE(reader.take(bytes.substr(at, step)).ok());
    ASSERT_TRUE(reader.finished());
    EXPECT_EQ(reader.progress(), 42u);
    EXPECT_EQ(reader.layers(), layers);
    EXPECT_EQ(*reader.result(), "hello");
  }
}

TEST(Frames, AnErrorComesThroughAndIsPrintable) {
  AnswerReader reader(100);
  const Error error{ErrorKind::malformed, "bad\x1b[31m", "file", "advice"};
  ASSERT_TRUE(reader.take(beginning() + frame(FrameType::failed, error_payload(error))).ok());
  const auto result = reader.result();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::malformed);
  EXPECT_EQ(result.error().message, "bad\\x1B[31m");
}

TEST(Frames, EveryFlippedBitIsRefusedOrLeavesTheAnswerOpen) {
  const std::string bytes = whole("hello");
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    AnswerReader reader(100);
    const bool taken = reader.take(damaged).ok();
    EXPECT_FALSE(taken && reader.finished()) << bit;
  }
}

TEST(Frames, OrderAndBoundsAreKept) {
  const auto refused = [](const std::string& bytes) {
    AnswerReader reader(4);
    return !reader.take(bytes).ok() && !reader.take("").ok();
  };
  EXPECT_TRUE(refused(frame(FrameType::piece, "a")));                                    // no layers
  EXPECT_TRUE(refused(beginning() + beginning()));                                       // layers twice
  EXPECT_TRUE(refused(whole("a") + frame(FrameType::piece, "b")));                       // after the end
  EXPECT_TRUE(refused(beginning() + frame(FrameType::piece, "abcde")));                  // over the bound
  EXPECT_TRUE(refused(beginning() + frame(FrameType::done, number_payload(1))));         // shorter than it says
  EXPECT_TRUE(refused(beginning() + frame(FrameType::progress, "1234567")));             // no number
  EXPECT_TRUE(refused(beginning() + frame(static_cast<FrameType>(9), "")));              // no such type
  EXPECT_TRUE(refused(beginning() + frame(FrameType::failed, std::string(1, '\x7f'))));  // no such kind
  std::string long_frame = frame(FrameType::piece, "");
  long_frame[7] = '\x7f';
  EXPECT_TRUE(refused(beginning() + long_frame));
}

}  // namespace
}  // namespace plimsoll::system::sandbox

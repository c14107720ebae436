#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/sandbox.h"

namespace plimsoll::system::sandbox {

// What a worker writes to its parent: frames of 16 bytes of header and a payload.
//   u32 type | u32 length of the payload | u64 XXH3 of type, length and payload; little-endian
// In this order: one `layers`; any number of `progress` and `piece`; one of `done` and `failed`; nothing.
enum class FrameType : uint32_t {
  layers = 1,    // u8 count, then each: u8 in force, two texts (u16 length, bytes): name and detail
  progress = 2,  // u64
  piece = 3,     // the next bytes of the answer
  done = 4,      // u64: the length of the whole answer
  failed = 5,    // u8 ErrorKind, then three texts (u16 length, bytes)
};
constexpr size_t frame_header = 16;
constexpr size_t most_payload = size_t{1} << 20;

std::string frame(FrameType type, std::string_view payload);
std::string layers_payload(const std::vector<SandboxLayer>& layers);
std::string number_payload(uint64_t number);
std::string error_payload(const Error& error);  // texts are cut where they are too long

// Reads what a worker wrote, trusting nothing: after the first fault everything more is refused.
class AnswerReader {
 public:
  // `most_bytes` bounds the answer.
  explicit AnswerReader(size_t most_bytes) : most_bytes_(most_bytes) {}

  // Pieces are handed to `sink` as they come and not kept: of a worker that goes on telling.
  void hand_on(std::function<void(std::string_view)> sink) { sink_ = std::move(sink); }

  // malformed: breaks the format or the order. limit: longer than the bound.
  Status take(std::string_view bytes);

  // Complete frames so far: a worker that adds to them is alive.
  uint64_t frames() const { return frames_; }
  uint64_t progress() const { return progress_; }
  const std::vector<SandboxLayer>& layers() const { return layers_; }
  bool finished() const { return finished_; }
  // After finished(): the answer, or the error that the worker told.
  Result<std::string> result();

 private:
  Status take_frame(FrameType type, std::string_view payload);
  Status take_layers(std::string_view payload);
  Status take_done(std::string_view payload);
  Status take_failed(std::string_view payload);

  size_t most_bytes_;
  std::function<void(std::string_view)> sink_;
  std::string waiting_;  // of a frame that is not complete yet
  std::string answer_;
  std::vector<SandboxLayer> layers_;
  std::optional<Error> told_;
  uint64_t frames_ = 0, progress_ = 0;
  bool begun_ = false, finished_ = false, broken_ = false;
};

}  // namespace plimsoll::system::sandbox

#include "system/sandbox/frames.h"

#include <xxhash.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"

namespace plimsoll::system::sandbox {
namespace {

constexpr size_t longest_text = 4096;
constexpr size_t most_layers = 16;
constexpr size_t usual_answer = size_t{4} << 20;  // address space only, until it is written to

template <class T>
void put(std::string& to, T number) {
  for (size_t i = 0; i < sizeof(T); ++i) to += static_cast<char>(static_cast<uint64_t>(number) >> (8 * i));
}

void put_text(std::string& to, std::string_view text) {
  text = text.substr(0, longest_text);
  put(to, static_cast<uint16_t>(text.size()));
  to += text;
}

std::optional<std::string> take_text(ByteReader& from) {
  const auto length = from.u16le();
  if (!length || *length > longest_text) return std::nullopt;
  const auto text = from.take(*length);
  if (!text) return std::nullopt;
  return printable(*text, longest_text);
}

uint64_t checksum_of(uint32_t type, std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), (uint64_t{type} << 32) | payload.size());
}

Error broken(std::string_view why) {
  return {ErrorKind::malformed, "the worker's answer breaks its format: " + std::string(why)};
}

}  // namespace

std::string frame(FrameType type, std::string_view payload) {
  std::string out;
  out.reserve(frame_header + payload.size());
  put(out, static_cast<uint32_t>(type));
  put(out, static_cast<uint32_t>(payload.size()));
  put(out, checksum_of(static_cast<uint32_t>(type), payload));
  out += payload;
  return out;
}

std::string layers_payload(const std::vector<SandboxLayer>& layers) {
  std::string out(1, static_cast<char>(layers.size()));
  for (const SandboxLayer& layer : layers) {
    out += static_cast<char>(layer.in_force ? 1 : 0);
    put_text(out, layer.name);
    put_text(out, layer.detail);
  }
  return out;
}

std::string number_payload(uint64_t number) {
  std::string out;
  put(out, number);
  return out;
}

std::string error_payload(const Error& error) {
  std::string out(1, static_cast<char>(error.kind));
  for (const std::string* text : {&error.message, &error.context, &error.advice}) put_text(out, *text);
  return out;
}

Status AnswerReader::take(std::string_view bytes) {
  if (broken_) return broken("it was broken before");
  waiting_ += bytes;
  size_t used = 0;
  Status status = Done{};
  while (status.ok()) {
    ByteReader reader(std::string_view(waiting_).substr(used));
    const auto type = reader.u32le();
    const auto length = reader.u32le();
    const auto checksum = reader.u64le();
    if (!checksum) break;
    if (*length > most_payload) {
      status = broken("a frame is too long");
      break;
    }
    const auto payload = reader.take(*length);
    if (!payload) break;
    if (checksum_of(*type, *payload) != *checksum) {
      status = broken("a checksum does not fit");
      break;
    }
    status = take_frame(static_cast<FrameType>(*type), *payload);
    used += frame_header + *length;
    ++frames_;
  }
  waiting_.erase(0, used);
  broken_ = !status.ok();
  return status;
}

Status AnswerReader::take_frame(FrameType type, std::string_view payload) {
  if (finished_) return broken("a frame after the last");
  if (begun_ == (type == FrameType::layers)) return broken("frames out of order");
  switch (type) {
    case FrameType::layers:
      begun_ = true;
      return take_layers(payload);
    case FrameType::progress: {
      const auto number = ByteReader(payload).u64le();
      if (!number || payload.size() != 8) return broken("no number");
      progress_ = *number;
      return Done{};
    }
    case FrameType::piece:
      if (sink_) {
        sink_(payload);
        return Done{};
      }
      if (payload.size() > most_bytes_ - answer_.size())
        return Error{ErrorKind::limit, "the worker's answer is larger than " + std::to_string(most_bytes_) + " bytes"};
      if (answer_.empty()) answer_.reserve(std::min(most_bytes_, usual_answer));
      answer_ += payload;
      return Done{};
    case FrameType::done:
      return take_done(payload);
    case FrameType::failed:
      return take_failed(payload);
  }
  return broken("a frame of no known type");
}

Status AnswerReader::take_layers(std::string_view payload) {
  ByteReader reader(payload);
  const auto count = reader.u8();
  if (!count || *count > most_layers) return broken("no list of layers");
  for (unsigned i = 0; i < *count; ++i) {
    const auto in_force = reader.u8();
    const auto name = take_text(reader);
    const auto detail = take_text(reader);
    if (!in_force || *in_force > 1 || !name || !detail) return broken("a layer is cut off");
    layers_.push_back({*name, *in_force == 1, *detail});
  }
  if (reader.remaining() != 0) return broken("more than the layers");
  return Done{};
}

Status AnswerReader::take_done(std::string_view payload) {
  const auto number = ByteReader(payload).u64le();
  if (!number || payload.size() != 8) return broken("no number");
  if (*number != answer_.size()) return broken("the answer is not as long as it says");
  finished_ = true;
  return Done{};
}

Status AnswerReader::take_failed(std::string_view payload) {
  ByteReader reader(payload);
  const auto kind = reader.u8();
  const auto message = take_text(reader), context = take_text(reader), advice = take_text(reader);
  if (!kind || *kind > static_cast<uint8_t>(ErrorKind::bug) || !message || !context || !advice ||
      reader.remaining() != 0) {
    return broken("the error is cut off");
  }
  told_ = Error{static_cast<ErrorKind>(*kind), *message, *context, *advice};
  finished_ = true;
  return Done{};
}

Result<std::string> AnswerReader::result() {
  if (told_) return *told_;
  if (!finished_) return broken("it has no end");
  return std::move(answer_);
}

}  // namespace plimsoll::system::sandbox

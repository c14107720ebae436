#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::runtime {

// The little of protobuf that containerd's messages need (https://protobuf.dev/programming-guides/encoding/).

// One field of a message. What is of the other kind is zero, or empty.
struct ProtoField {
  uint32_t number = 0;
  uint64_t value = 0;      // of a varint or a fixed number
  std::string_view bytes;  // of a string, bytes or a message within
  bool has_bytes = false;
  std::string text() const { return std::string(bytes); }
};

// Each field of `message` in turn, one pass, no recursion: what lies within is read by who knows that it is a message.
// malformed: bytes that are no message, at whatever point. `visit` may stop it with an error.
Status read_message(std::string_view message, const std::function<Status(const ProtoField&)>& visit);

// An entry of a map<string, string>, as field `number` holds it; the last one of a key counts. limit: more than `most`.
Status add_map_entry(std::string_view entry, std::map<std::string, std::string>& into, size_t most);

// A message that is written field by field.
class ProtoWriter {
 public:
  ProtoWriter& text(uint32_t number, std::string_view value);
  ProtoWriter& number(uint32_t number, uint64_t value);
  std::string take() && { return std::move(bytes_); }

 private:
  void varint(uint64_t value);
  std::string bytes_;
};

}  // namespace plimsoll::runtime

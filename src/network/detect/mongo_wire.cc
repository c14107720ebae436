#include "network/detect/mongo_wire.h"

#include <zlib.h>

#include <algorithm>
#include <bit>

#include "base/bytes.h"

namespace plimsoll::network {
namespace {

constexpr size_t kHead = 16, kNameMost = 64, kKeysMost = 64, kOpenedMost = 64 * 1024;
constexpr int32_t kMessageMost = 48 * 1024 * 1024;  // maxMessageSizeBytes
constexpr int32_t kReply = 1, kQuery = 2004, kCompressed = 2012, kMsg = 2013;
constexpr uint8_t kNoop = 0, kZlib = 2;

std::optional<std::string_view> c_string(ByteReader& in, std::string_view all) {
  const size_t end = all.find('\0', in.position());
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view text = all.substr(in.position(), end - in.position());
  in.seek(end + 1);
  return text;
}

// Moves behind the value of a BSON element; false at what is not known or not whole. https://bsonspec.org/spec.html
bool skip_value(ByteReader& in, std::string_view all, uint8_t type) {
  const auto sized = [&](uint32_t more, bool of_itself) {
    const auto size = in.u32le();
    return size && (!of_itself || *size >= 4) && in.skip(of_itself ? *size - 4 : size_t{*size} + more);
  };
  switch (type) {
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12:  // double, date, timestamp, int64
      return in.skip(8);
    case 0x02:
    case 0x0D:
    case 0x0E:  // strings
      return sized(0, false);
    case 0x03:
    case 0x04:  // document, array
      return sized(0, true);
    case 0x05:  // binary: length, kind, bytes
      return sized(1, false);
    case 0x07:
      return in.skip(12);
    case 0x08:
      return in.skip(1);
    case 0x0A:
    case 0x06:
    case 0x7F:
    case 0xFF:
      return true;
    case 0x0B:
      return c_string(in, all) && c_string(in, all);
    case 0x10:
      return in.skip(4);
    case 0x13:
      return in.skip(16);
    default:
      return false;
  }
}

bool is_one(ByteReader in, uint8_t type) {
  if (type == 0x10) return in.u32le() == 1u;
  const auto bits = in.u64le();
  return bits && (type == 0x01 ? std::bit_cast<double>(*bits) == 1.0 : type == 0x12 && *bits == 1);
}

// The first key of a document, and what its "ok" says. False when there is no key at all.
bool read_document(std::string_view document, MongoMessage& message) {
  ByteReader in(document);
  if (!in.skip(4)) return false;
  bool decided = false;
  for (size_t i = 0; i < kKeysMost; ++i) {
    const auto type = in.u8();
    message.data = type == uint8_t{0} && !decided && message.command != "$err";
    if (!type || *type == 0) return i > 0;
    const auto name = c_string(in, document);
    if (!name) return i > 0;
    if (i == 0) message.command = name->substr(0, kNameMost);
    if (*name == "ok") {
      decided = true;
      message.ok = is_one(in, *type);
    }
    if (!skip_value(in, document, *type)) return true;
  }
  return true;
}

std::optional<std::string> opened(std::string_view packed, uint8_t compressor, uint32_t size) {
  if (compressor == kNoop) return std::string(packed);
  if (compressor != kZlib) return std::nullopt;
  std::string out(std::min<size_t>(size, kOpenedMost), '\0');
  uLongf length = out.size();
  const int code = uncompress(reinterpret_cast<Bytef*>(out.data()), &length,
                              reinterpret_cast<const Bytef*>(packed.data()), packed.size());
  if (code != Z_OK && code != Z_BUF_ERROR) return std::nullopt;
  out.resize(length);
  return out;
}

bool read_body(int32_t operation, std::string_view body, MongoMessage& message) {
  ByteReader in(body);
  switch (operation) {
    case kMsg:  // flags, then sections: kind 0 is the document
      return in.skip(4) && in.u8() == uint8_t{0} && read_document(body.substr(5), message);
    case kReply:
      return in.skip(20) && read_document(body.substr(20), message);
    case kQuery: {
      if (!in.skip(4)) return false;
      const auto collection = c_string(in, body);
      if (!collection || !in.skip(8)) return false;
      const bool command = collection->size() > 5 && collection->substr(collection->size() - 5) == ".$cmd";
      if (!read_document(body.substr(in.position()), message)) return false;
      if (!command) message.command = "find";
      return true;
    }
    default:
      return false;
  }
}

std::optional<MongoMessage> read_message(std::string_view bytes) {
  MongoMessage message;
  ByteReader in(bytes);
  in.skip(4);
  message.request = static_cast<int32_t>(in.u32le().value_or(0));
  message.answers = static_cast<int32_t>(in.u32le().value_or(0));
  int32_t operation = static_cast<int32_t>(in.u32le().value_or(0));
  if (operation != kCompressed) {
    return read_body(operation, bytes.substr(kHead), message) ? std::optional(message) : std::nullopt;
  }
  operation = static_cast<int32_t>(in.u32le().value_or(0));
  const uint32_t size = in.u32le().value_or(0);
  const auto compressor = in.u8();
  if (!compressor) return std::nullopt;
  const auto body = opened(bytes.substr(in.position()), *compressor, size);
  return body && read_body(operation, *body, message) ? std::optional(message) : std::nullopt;
}

bool is_known(int32_t operation) {
  return operation == kReply || (operation >= 2001 && operation <= 2007) || operation == 2010 || operation == 2011 ||
         operation == kCompressed || operation == kMsg;
}

}  // namespace

std::vector<MongoMessage> MongoStream::feed(std::string_view bytes) {
  std::vector<MongoMessage> out;
  if (broken_) return out;
  buffer_.append(bytes);
  size_t at = 0;
  while (buffer_.size() - at >= kHead) {
    ByteReader head(std::string_view(buffer_).substr(at));
    const int32_t size = static_cast<int32_t>(head.u32le().value_or(0));
    head.skip(8);
    const int32_t operation = static_cast<int32_t>(head.u32le().value_or(0));
    broken_ = size < static_cast<int32_t>(kHead) || size > kMessageMost || !is_known(operation);
    if (broken_ || buffer_.size() - at < static_cast<size_t>(size)) break;
    if (auto message = read_message(std::string_view(buffer_).substr(at, static_cast<size_t>(size)))) {
      out.push_back(std::move(*message));
    }
    at += static_cast<size_t>(size);
  }
  buffer_.erase(0, at);
  if (broken_) buffer_.clear();
  return out;
}

}  // namespace plimsoll::network

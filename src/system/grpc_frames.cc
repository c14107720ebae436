#include "system/grpc_frames.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"

namespace plimsoll::system {
namespace {

constexpr size_t most_message = 4096;

struct Code {
  unsigned number;
  const char* name;
  ErrorKind kind;
};
constexpr std::array codes = {
    Code{1, "cancelled", ErrorKind::unreachable},        Code{2, "unknown", ErrorKind::unreachable},
    Code{3, "invalid argument", ErrorKind::malformed},   Code{4, "deadline exceeded", ErrorKind::timeout},
    Code{5, "not found", ErrorKind::not_found},          Code{6, "already exists", ErrorKind::conflict},
    Code{7, "permission denied", ErrorKind::denied},     Code{8, "resource exhausted", ErrorKind::limit},
    Code{9, "failed precondition", ErrorKind::conflict}, Code{10, "aborted", ErrorKind::conflict},
    Code{11, "out of range", ErrorKind::malformed},      Code{12, "unimplemented", ErrorKind::unsupported},
    Code{13, "internal", ErrorKind::unreachable},        Code{14, "unavailable", ErrorKind::unreachable},
    Code{15, "data loss", ErrorKind::unreachable},       Code{16, "unauthenticated", ErrorKind::denied},
};

// "a%20b"; what is no escape stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = text[i] == '%' && i + 2 < text.size() ? parse_uint(text.substr(i + 1, 2), 16) : std::nullopt;
    if (byte) i += 2;
    out += byte ? static_cast<char>(*byte) : text[i];
  }
  return out;
}

}  // namespace

std::string grpc_frame(std::string_view message) {
  const auto size = static_cast<uint32_t>(message.size());
  std::string out(1, '\0');
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xff);
  return out.append(message);
}

Result<std::string> grpc_unframe(std::string_view body) {
  ByteReader bytes(body);
  const auto compressed = bytes.u8();
  const auto size = bytes.u32be();
  if (!compressed || !size) return Error{ErrorKind::malformed, "a gRPC reply without a message"};
  if (*compressed != 0) return Error{ErrorKind::unsupported, "a gRPC reply that is compressed"};
  if (*size != bytes.remaining()) return Error{ErrorKind::malformed, "a gRPC reply that is not one whole message"};
  return std::string(*bytes.take(*size));
}

void GrpcEnd::take(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = lower(line.substr(0, colon));
  const std::string_view value = trim(line.substr(colon + 1));
  if (name == "grpc-status") {
    const auto number = parse_uint(value);
    code = number && *number <= 1000 ? static_cast<unsigned>(*number) : 2;
  } else if (name == "grpc-message") {
    message = percent_decoded(value.substr(0, most_message));
  }
}

Status GrpcEnd::result() const {
  if (!code) return Error{ErrorKind::malformed, "a gRPC reply without a status"};
  if (*code == 0) return Done{};
  const auto row = std::find_if(codes.begin(), codes.end(), [&](const Code& c) { return c.number == *code; });
  const std::string said = message.empty() ? "" : ": " + printable(message, 300);
  if (row == codes.end()) return Error{ErrorKind::unreachable, "status " + std::to_string(*code) + said};
  return Error{row->kind, row->name + said};
}

}  // namespace plimsoll::system

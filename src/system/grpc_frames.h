#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::system {

// What gRPC puts into HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). Pure.

// A message with the five bytes that stand before it: not compressed, its length.
std::string grpc_frame(std::string_view message);

// The one message of a unary reply's body. malformed: none, more than one, one cut short; unsupported: a compressed
// one, which we do not say that we take.
Result<std::string> grpc_unframe(std::string_view body);

// How a call ended, as header fields told, those of the end or, where there is no body, the only ones.
struct GrpcEnd {
  std::optional<unsigned> code;  // grpc-status
  std::string message;           // grpc-message, decoded

  // Takes one line of header fields, "name: value"; others than the two are not for us.
  void take(std::string_view line);
  // Done for OK; else an error of the kind that the code means
  // (https://github.com/grpc/grpc/blob/master/doc/statuscodes.md), with what the service said. malformed: no code.
  Status result() const;
};

}  // namespace plimsoll::system

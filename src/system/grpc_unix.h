#pragma once
#include <string>

#include "base/result.h"
#include "system/http_stream.h"
#include "system/machine.h"

namespace plimsoll::system {

// What Machine::grpc_unix of the real machine does: one call over HTTP/2 without TLS, on a connection of its own. The
// message of the reply. Errors as request_over_unix for the transport, and as GrpcEnd::result for what the service
// says; malformed: the peer does not speak gRPC.
Result<std::string> call_over_unix(const std::string& socket, const GrpcCall& call, size_t limit, int seconds);

// A call that is answered by a stream: its bytes as they come, frames and all. Waits for the first of them, as
// stream_over_unix does. How it ended is not told: whoever listens to such a stream asks again.
Result<BodyStream> call_stream_over_unix(const std::string& socket, const GrpcCall& call, StreamBounds bounds);

}  // namespace plimsoll::system

#pragma once
#include <functional>
#include <string>

#include "base/result.h"

namespace plimsoll::system {

// A body that arrives piece by piece: fills `buffer` and returns the bytes written, 0 at the end. An error is final.
// Copies share one stream; not for two threads at once.
using BodyStream = std::function<Result<size_t>(char* buffer, size_t capacity)>;

struct StreamBounds {
  int stall_seconds = 60;    // without a byte
  int whole_seconds = 3600;  // for everything
};

// GET over a UNIX socket, returned once the reply begins; holds a few hundred KiB whatever the body's size. Errors as
// request_over_unix; a status other than 200 is not_found (404) or unreachable, with what the peer said.
Result<BodyStream> stream_over_unix(const std::string& socket, const std::string& target, StreamBounds bounds = {});

}  // namespace plimsoll::system

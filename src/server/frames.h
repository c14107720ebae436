#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::server {

// What processes of plimsoll serve say to each other over socket pairs: frames of 16 bytes of header and a payload.
//   u32 type | u32 zero | u64 length of the payload; in the machine's own byte order
struct Frame {
  uint32_t type = 0;
  std::string payload;
};

// unreachable: the other end is gone. One thread at a time.
Status send_frame(int socket, uint32_t type, std::string_view payload);
// Waits for the next one. `most` bounds the payload. not_found: the other end is gone; malformed or limit: it says what
// it must not.
Result<Frame> receive_frame(int socket, uint64_t most);

}  // namespace plimsoll::server

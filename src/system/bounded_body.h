#pragma once
#include <cstddef>
#include <string>

namespace plimsoll::system {

// The body of an HTTP reply, up to `limit` bytes; a longer one breaks the transfer off.
struct BoundedBody {
  std::string bytes;
  size_t limit = 0;
  bool too_large = false;

  // libcurl's CURLOPT_WRITEFUNCTION; CURLOPT_WRITEDATA is the BoundedBody.
  static size_t take(char* data, size_t unit, size_t count, void* into) {
    BoundedBody& body = *static_cast<BoundedBody*>(into);
    const size_t length = unit * count;
    if (length > body.limit - body.bytes.size()) {
      body.too_large = true;
      return 0;
    }
    body.bytes.append(data, length);
    return length;
  }
};

}  // namespace plimsoll::system

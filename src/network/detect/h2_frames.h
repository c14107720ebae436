#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::network {

// A frame of HTTP/2 (RFC 9113 section 4); its payload is kept up to 16 KiB.
struct H2Frame {
  uint8_t type = 0;  // 0 DATA, 1 HEADERS, ...
  uint32_t stream = 0;
  uint32_t length = 0;
  std::string payload;
};

// Cuts one direction into frames; of a client's, the preface comes first. What is no HTTP/2 breaks it.
class H2Frames {
 public:
  explicit H2Frames(bool of_client) : preface_(of_client) {}
  std::vector<H2Frame> feed(std::string_view bytes);
  bool broken() const { return broken_; }

 private:
  bool preface_;  // still to come
  bool broken_ = false;
  std::string buffer_;  // of the running frame, its head included; at most its head and 16 KiB
  uint64_t skip_ = 0;   // of the running frame's payload beyond what is kept
};

}  // namespace plimsoll::network

#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plimsoll::network {

// One request or response of HTTP/1 (RFC 9112), as far as it was seen.
struct HttpMessage {
  std::string method, target;                                // of a request
  int status = 0;                                            // of a response
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case, values trimmed and unfolded
  std::string body;                                          // without its chunking, still compressed; at most 64 KiB
  bool complete = false;

  // The value of the first header of this (lower-case) name; empty when there is none.
  std::string_view header(std::string_view name) const;
};

// Cuts one direction of a connection into HTTP/1 messages. Lenient, as servers are; bounded. What is no HTTP/1 breaks
// it, and then it hears nothing more.
class HttpStream {
 public:
  enum class Side { requests, responses };
  // Called when a head is whole (`first`), and again when the body has doubled, is complete, or at flush().
  using Heard = std::function<void(const HttpMessage&, bool first)>;

  explicit HttpStream(Side side) : side_(side) {}

  void feed(std::string_view bytes, const Heard& heard);
  void flush(const Heard& heard);  // tells what came since it was last told
  bool broken() const { return state_ == State::broken; }

 private:
  enum class State { head, body, chunk_size, chunk, chunk_end, trailer, until_close, broken };

  bool step(const Heard& heard);  // false: more bytes are needed
  bool read_head(const Heard& heard);
  bool read_chunk_size();
  bool skip_line_end();
  bool read_trailer(const Heard& heard);
  bool take_body(const Heard& heard);
  bool may_begin(std::string_view text);
  bool parse_head(std::string_view head);
  bool parse_start(std::string_view line);
  void choose_body();
  void end_message(const Heard& heard);
  void tell(const Heard& heard);
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }

  Side side_;
  State state_ = State::head;
  HttpMessage message_;
  std::string buffer_;
  size_t at_ = 0;           // of buffer_, read so far
  uint64_t body_left_ = 0;  // of the body, or of the running chunk
  size_t told_ = 0;         // bytes of the body when it was last told
  bool first_ = true;
  bool open_ = false;  // a head was read whose message has not ended
};

}  // namespace plimsoll::network

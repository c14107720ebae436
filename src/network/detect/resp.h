#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::network {

// Redis' protocol (RESP 2 and 3), read piece by piece as it comes. Bounded; what is none of it breaks the reader.
// https://redis.io/docs/latest/develop/reference/protocol-spec/

// The commands of a client, as arrays of bulk strings or as lines of words.
class RespCommands {
 public:
  // The commands that became whole: their first words, at most four, upper-case the first.
  std::vector<std::vector<std::string>> feed(std::string_view bytes);
  bool broken() const { return broken_; }

 private:
  bool one(std::vector<std::string>& words);
  bool array(std::vector<std::string>& words);

  std::string buffer_;
  size_t at_ = 0;
  bool broken_ = false;
};

// The answers of a server: the first byte of each (":", "$", "-", ...) with, of errors, the text.
class RespReplies {
 public:
  std::vector<std::string> feed(std::string_view bytes);
  bool broken() const { return broken_; }

 private:
  bool one(std::string& reply);

  std::string buffer_;
  size_t at_ = 0;
  size_t skip_ = 0;      // bytes of a bulk string, with its line end, still to come
  uint64_t items_ = 0;   // elements of the running reply still to come
  std::string running_;  // the reply that they belong to
  bool broken_ = false;
};

}  // namespace plimsoll::network

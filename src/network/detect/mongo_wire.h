#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::network {

// One message of MongoDB's wire protocol, as far as the detector needs it.
// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
struct MongoMessage {
  int32_t request = 0, answers = 0;  // requestID and responseTo
  std::string command;               // first key of the document; "find" of a query of old times; at most 64 bytes
  bool ok = false;                   // the document has ok: 1
  bool data = false;                 // it has no "ok" at all: what queries of old times are answered with
};

// Cuts one direction into messages. Compressed ones (zlib; "noop") are opened, bounded; other compressors are skipped.
// What is no such protocol breaks it.
class MongoStream {
 public:
  std::vector<MongoMessage> feed(std::string_view bytes);
  bool broken() const { return broken_; }

 private:
  std::string buffer_;
  bool broken_ = false;
};

}  // namespace plimsoll::network

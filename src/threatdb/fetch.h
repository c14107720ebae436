#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "threatdb/mirror.h"

namespace plimsoll::threatdb {

// Everything but unreserved characters and "/" becomes %NN.
std::string percent_encoded_path(std::string_view path);

// Downloads by http, https and file only, over one connection where it can: bounded in size, time and redirects, each
// of which must stay with http or https. The proxy variables of the environment hold. Not thread-safe.
class Fetcher {
 public:
  // Downloads wait in unlinked files in the folder `scratch`.
  explicit Fetcher(std::string scratch);
  ~Fetcher();
  // Nothing for a missing file (404 or 410; no such file). unreachable, timeout, limit, denied otherwise.
  Result<std::optional<Bytes>> fetch(const std::string& url);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::threatdb

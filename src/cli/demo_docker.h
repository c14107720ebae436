#pragma once
#include <functional>
#include <string>

#include "base/result.h"

namespace plimsoll::cli {

// A client of the Docker Engine API that may change things: only the demo uses it, and only on objects it labelled.
class DemoDocker {
 public:
  explicit DemoDocker(std::string socket) : socket_(std::move(socket)) {}

  struct Reply {
    int status = 0;
    std::string body;
    bool ok() const { return status >= 200 && status < 300; }
  };
  // One request with a JSON body (may be empty). Fails only when the engine does not answer.
  Result<Reply> call(const std::string& method, const std::string& path, const std::string& json = {}) const;
  // The same, where any status beyond 2xx and `also_fine` is an error with the engine's own message.
  Result<std::string> expect(const std::string& method, const std::string& path, const std::string& json = {},
                             int also_fine = 0) const;
  // POST of a body read from a descriptor until its end.
  Result<std::string> upload(const std::string& path, int descriptor) const;

 private:
  std::string socket_;
};

}  // namespace plimsoll::cli

#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "threatdb/download.h"
#include "threatdb/retry.h"

namespace plimsoll::threatdb {

// What all requests of one Downloader share.
struct Budget {
  std::chrono::steady_clock::time_point deadline;
  uint64_t bytes_left = 0;
  uint64_t received = 0;  // with headers

  Milliseconds time_left() const {
    return std::chrono::duration_cast<Milliseconds>(deadline - std::chrono::steady_clock::now());
  }
};

// One request and what came of it.
struct Exchange {
  long status = 0;       // of HTTP; 0 when no answer came
  std::string redirect;  // where the answer sends us, absolute; empty: nowhere
  std::optional<Milliseconds> retry_after;
  std::optional<Error> broken;  // why the exchange did not come to its end
  bool passing = false;         // ... and whether trying again may help
  bool silent = false;          // ... and whether the server could not even be reached
};

// Sends one GET by http or https and puts the body of a 200 or 206 answer into a file; other bodies are dropped.
// Redirects are not followed. Keeps its connection for the next.
class Transfer {
 public:
  Transfer(const UpdatePolicy& policy, Budget& budget, const DownloadProgress& progress);
  ~Transfer();
  Exchange run(const std::string& url, const Validators& known, PartialFile& into);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::threatdb

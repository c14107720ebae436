#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/update_policy.h"

namespace plimsoll::threatdb {

// By which a server tells one version of a file from another, as it wrote them; both may be empty.
struct Validators {
  std::string etag, last_modified;
  bool empty() const { return etag.empty() && last_modified.empty(); }
  bool operator==(const Validators&) const = default;
};

// A file being filled: `bytes` of it are there, all of the version that `version` names.
struct PartialFile {
  int descriptor = -1;
  uint64_t bytes = 0;
  Validators version;
  // Told when another version begins, with the file empty, before its first byte: so that what a killed run has left
  // can be resumed. May be empty.
  std::function<void(const Validators&)> begun = {};
};

enum class Fetched { whole, unchanged, absent };

// Heard while a download runs: its bytes so far, and of how many (0: not known).
using DownloadProgress = std::function<void(const std::string& url, uint64_t done, uint64_t total)>;

// Downloads by http, https and file, one after another, over one connection where it can. Bounded in size, time and
// rate, each alone and all together, from its construction on. Broken downloads are resumed (Range and If-Range, RFC
// 9110) and tried again after a wait; a server that stays away is not waited for twice. The proxy variables of the
// environment hold. Not thread-safe.
class Downloader {
 public:
  explicit Downloader(const UpdatePolicy& policy, DownloadProgress progress = {});
  ~Downloader();
  // Fills `into` with what `url` holds, from where it stands when it already holds a part of the same version.
  // `unchanged` when the server says that it still is the version `known`; `absent` for 404 and 410, or no such file.
  // `into.version` is the version it holds. unreachable, timeout, limit, denied, unsupported otherwise: then `into`
  // keeps what arrived.
  Result<Fetched> get(const std::string& url, const Validators& known, PartialFile& into);
  // Waits, but never beyond the time the whole may take: false when that is over.
  bool pause(double seconds);
  // Bytes of bodies and headers that came in.
  uint64_t received() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// An unnamed file in `folder`: gone with its last descriptor, whatever happens to us. -1 and errno on failure.
int open_scratch(const std::string& folder);

}  // namespace plimsoll::threatdb

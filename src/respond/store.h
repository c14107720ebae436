#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "model/response.h"
#include "system/descriptor.h"

namespace plimsoll::respond {

// Responses on disk, a file each, 0600 in a directory of root's own. Written before what it says is done, and on the
// disk (fsync of file and directory) when put() returns: after a crash it says what may be in force. One process at a
// time holds the directory.
class Store {
 public:
  // Makes the directory when there is none. conflict: another process holds it.
  static Result<Store> open(const std::string& directory);

  Status put(const ResponseRecord& record);
  // All there are, oldest first; what cannot be read is put aside as NAME.damaged and told in `damaged`.
  Result<std::vector<ResponseRecord>> load(std::vector<std::string>& damaged);
  // Those that are over and older than `keep`, or beyond the newest `most` of them, with their evidence. Their ids.
  std::vector<std::string> trim(const std::vector<ResponseRecord>& records, Instant before, size_t most);

  const std::string& directory() const { return directory_; }
  std::string evidence_directory(const std::string& id) const { return directory_ + "/evidence/" + id; }

 private:
  Store(std::string directory, system::Descriptor lock) : directory_(std::move(directory)), lock_(std::move(lock)) {}
  std::string file_of(const std::string& id) const { return directory_ + "/records/" + id + ".json"; }

  std::string directory_;
  system::Descriptor lock_;
};

// Reads without holding the directory: for `plimsoll respond list` beside a running service. not_found: there is none.
Result<std::vector<ResponseRecord>> read_records(const std::string& directory);

// Whether `id` is one that new_id() could have made; anything else names no file.
bool is_response_id(std::string_view id);
// Sorts by the time it was made: "r-<seconds, hex>-<random, hex>".
std::string new_id(Instant now);

// "/var/lib/plimsoll/respond" for root.
std::string default_directory();

}  // namespace plimsoll::respond

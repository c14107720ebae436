#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "threatdb/download.h"
#include "threatdb/mirror.h"

namespace plimsoll::threatdb {

// What is known of one file of the cache.
struct FeedFacts {
  std::string origin;  // origin_of() the URL it came from
  Validators version;  // as the server named it: of all.zip, the version the single records were laid over
  std::string sha256;  // of the file as it lies here; empty: not known
  uint64_t records = 0;
  std::string as_of;  // NVD: when the last complete reading began (RFC 3339)
};

// Stands for a URL, which may hold a password, in a folder that others may read.
std::string origin_of(const std::string& url);

// The feeds that this machine holds, in the layout of a mirror, with what is known of them in `.state.json`. Every file
// is written beside and renamed: a reader, or the next run after a crash, sees the old one or the new one. A file that
// is not the one the state speaks of counts as absent and is fetched again. Hold the lock of its folder.
class FeedCache {
 public:
  // Makes the folder, if need be. denied, unreachable when that fails.
  static Result<FeedCache> open(const std::string& folder);

  const std::string& folder() const { return folder_; }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  const FeedFacts& facts(const std::string& name) const;
  // The file, when it is there and undamaged.
  std::optional<Bytes> read(const std::string& name) const;
  // Ecosystems with an archive, sorted.
  std::vector<std::string> ecosystems() const;
  // Every feed that is there, by its name in a mirror, sorted.
  std::vector<std::string> names() const;

  // Makes `bytes` the file `name`; its hash is added to `facts`.
  Status put(const std::string& name, std::string_view bytes, FeedFacts facts);
  // Says that the file is still good as of `facts` (all but the hash).
  Status touch(const std::string& name, FeedFacts facts);

  // A download in the making, with what an earlier run left of it.
  struct Part {
    PartialFile file;
    std::string path;
    bool finished = false;  // it is whole: if it is not adopted, it is of no use any more
    Part() = default;
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    ~Part();
    Result<Bytes> map() const;
  };
  Result<std::unique_ptr<Part>> part_of(const std::string& url);
  // Makes a finished download the file `name`.
  Status adopt(const Part& part, const std::string& name, FeedFacts facts);
  // Drops what is left of downloads.
  void drop_parts();

 private:
  explicit FeedCache(std::string folder) : folder_(std::move(folder)) {}
  Status make_parts() const;
  Status rename_into_place(const std::string& from, const std::string& name) const;
  Status save() const;

  std::string folder_;
  std::map<std::string, FeedFacts> files_;
};

}  // namespace plimsoll::threatdb

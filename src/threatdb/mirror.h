#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace plimsoll::threatdb {

// A whole file in memory: mapped, so that unused parts cost nothing.
class Bytes {
 public:
  // not_found, denied, limit (more than `max_download_bytes`), malformed (no regular file).
  static Result<Bytes> map_file(const std::string& path);
  // Maps an open descriptor, which it takes over.
  static Result<Bytes> map_descriptor(int descriptor, const std::string& name);
  Bytes(Bytes&& other) noexcept : descriptor_(other.descriptor_), data_(other.data_), size_(other.size_) {
    other.descriptor_ = -1;
    other.data_ = nullptr;
    other.size_ = 0;
  }
  Bytes& operator=(Bytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Bytes();
  std::string_view view() const { return {data_, size_}; }
  int descriptor() const { return descriptor_; }  // of the mapped file, to be read by a worker

 private:
  explicit Bytes(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
  const char* data_ = nullptr;
  size_t size_ = 0;
};

inline constexpr uint64_t max_download_bytes = uint64_t{4} << 30;

// Names of the feeds in a mirror; those of OSV are "osv/<Ecosystem>/all.zip" and "osv/<Ecosystem>/modified_id.csv".
inline constexpr const char* ecosystems_name = "osv/ecosystems.txt";
inline constexpr const char* kev_name = "kev/known_exploited_vulnerabilities.json";
inline constexpr const char* epss_name = "epss/epss_scores-current.csv.gz";
inline constexpr const char* cvss_name = "cvss/cve-cvss.jsonl.gz";

// Whether `name` may be an ecosystem's, and so a folder's: short, no "/" and no "." in front.
bool is_ecosystem_name(std::string_view name);

// Whether `name` is one that a feed may have in a mirror: the four above, and the two files of an ecosystem.
bool is_feed_name(std::string_view name);

// The ecosystems that a list names, sorted. "Debian:12" is part of "Debian", if that is there.
std::vector<std::string> parse_ecosystems(std::string_view lines);

// A copy of the public feeds, in a folder or behind a URL. Names are relative: "osv/Debian/all.zip".
class Mirror {
 public:
  // `from`: a folder, or an http://, https:// or file:// URL. Downloads wait in unlinked files in `scratch`.
  static Result<std::unique_ptr<Mirror>> open(const std::string& from, const std::string& scratch);
  virtual ~Mirror() = default;
  // Nothing when the mirror has no such file; an error when it can not be had.
  virtual Result<std::optional<Bytes>> read(const std::string& name) = 0;
  // Folders below `osv/` where the mirror can list them.
  virtual std::vector<std::string> list_ecosystems() = 0;
};

// The ecosystems of a mirror: osv/ecosystems.txt, else the folders of osv/.
Result<std::vector<std::string>> ecosystems_of(Mirror& mirror);

}  // namespace plimsoll::threatdb

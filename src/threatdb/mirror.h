#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  Bytes& operator=(Bytes&&) = delete;
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

// The ecosystems of a mirror: osv/ecosystems.txt, else the folders of osv/. "Debian:12" is part of "Debian".
Result<std::vector<std::string>> ecosystems_of(Mirror& mirror);

}  // namespace plimsoll::threatdb

#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rootfs/descriptor.h"
#include "rootfs/tree.h"

namespace plimsoll::rootfs {

// Bytes that come front to back in pieces whose size the source chooses, so that nothing is copied on the way.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  // The next bytes, valid until the next call; empty at the end, and only there.
  virtual Result<std::string_view> next() = 0;
  // Leaves out up to `count` of the bytes that follow the last piece, where that is cheaper than reading them. Returns
  // how many; 0 tells nothing about the end.
  virtual uint64_t skip(uint64_t count) {
    (void)count;
    return 0;
  }
};

// A stretch of an open file: a blob of an image layout, or a member of an archive.
struct Blob {
  std::shared_ptr<const Descriptor> file;  // shared by all blobs of one archive
  uint64_t offset = 0;
  uint64_t size = 0;
};

// Reads a blob with pread. Pieces grow while it is read in one go and are small after a jump, so that hopping from
// header to header of a plain tar reads little more than the headers.
class BlobChunks : public ChunkSource {
 public:
  explicit BlobChunks(Blob blob) : blob_(std::move(blob)) {}
  Result<std::string_view> next() override;
  uint64_t skip(uint64_t count) override;

 private:
  static constexpr size_t smallest = size_t{4} << 10;
  static constexpr size_t largest = size_t{128} << 10;
  Blob blob_;
  uint64_t at_ = 0;
  size_t piece_ = smallest;
  std::vector<char> buffer_ = std::vector<char>(largest);
};

// Bytes held elsewhere; they must outlive it.
class MemoryChunks : public ChunkSource {
 public:
  explicit MemoryChunks(std::string_view bytes) : bytes_(bytes) {}
  Result<std::string_view> next() override {
    const std::string_view out = bytes_.substr(0, size_t{64} << 10);
    bytes_.remove_prefix(out.size());
    return out;
  }

 private:
  std::string_view bytes_;
};

// Pieces of a ByteSource.
class CallbackChunks : public ChunkSource {
 public:
  explicit CallbackChunks(ByteSource source) : source_(std::move(source)) {}
  Result<std::string_view> next() override;

 private:
  ByteSource source_;
  std::vector<char> buffer_ = std::vector<char>(size_t{128} << 10);
};

// A source whose beginning was looked at already: hands out `first`, then the rest.
class Resumed : public ChunkSource {
 public:
  Resumed(std::string first, ChunkSource& rest) : first_(std::move(first)), rest_(rest) {}
  Result<std::string_view> next() override {
    if (started_ || first_.empty()) return rest_.next();
    started_ = true;
    return std::string_view(first_);
  }
  uint64_t skip(uint64_t count) override { return started_ || first_.empty() ? rest_.skip(count) : 0; }

 private:
  std::string first_;
  ChunkSource& rest_;
  bool started_ = false;
};

// At least `count` bytes from the front of `source` (whole pieces); fewer only at its end.
Result<std::string> take_front(ChunkSource& source, size_t count);

// All of it; ErrorKind::limit past `limit` bytes.
Result<std::string> drain(ChunkSource& source, size_t limit);

}  // namespace plimsoll::rootfs

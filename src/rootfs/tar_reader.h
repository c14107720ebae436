#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rootfs/chunks.h"
#include "rootfs/tar_header.h"

namespace plimsoll::rootfs {

// One member of a tar archive, its extended headers applied. Names are raw, as the archive has them.
struct TarEntry {
  std::string name;
  std::string link;
  char type = '0';  // of the header block: '0' file, '1' hard link, '2' symlink, '5' directory...
  uint64_t size = 0;
  uint32_t mode = 0;
  bool sparse = false;  // its content is stored with holes, in a form that is not expanded here
};

// Reads a tar archive front to back. Where formats leave room it does as Go's archive/tar, which is what container
// runtimes unpack layers with: what they would see is what must be assessed. Memory is bounded by `largest_name`.
class TarReader {
 public:
  explicit TarReader(ChunkSource& source) : source_(source) {}

  // Goes on to the next member; false at the end of the archive. After an error the reader is done with.
  Result<bool> next(TarEntry& entry);

  // The next bytes of the member's content, at most `most`; empty at its end. Valid until the next call.
  Result<std::string_view> content(size_t most = SIZE_MAX);
  Status skip_content(uint64_t count);
  uint64_t content_left() const { return left_; }
  uint64_t position() const { return position_; }  // in the archive, of the next byte

 private:
  static constexpr uint64_t largest_name = uint64_t{1} << 20;

  Result<std::string_view> pull();   // the source's next piece; a failure of the source stays one
  Result<std::string_view> block();  // empty at the end of the source
  Status skip(uint64_t count);
  Result<std::string> special_content(uint64_t size);
  Result<bool> read_header(TarEntry& entry);
  Status skip_sparse_map();

  ChunkSource& source_;
  std::string_view piece_;  // what is left of the source's last piece
  std::string gathered_;    // a block that lay across two pieces
  uint64_t position_ = 0;
  uint64_t left_ = 0;     // of the current member's content
  uint64_t padding_ = 0;  // behind it
  std::optional<Error> failed_;
};

}  // namespace plimsoll::rootfs

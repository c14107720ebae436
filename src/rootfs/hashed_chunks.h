#pragma once
#include "base/sha256.h"
#include "rootfs/chunks.h"

namespace plimsoll::rootfs {

// Hashes what passes through.
class HashedChunks : public ChunkSource {
 public:
  explicit HashedChunks(ChunkSource& source) : source_(source) {}
  Result<std::string_view> next() override {
    auto piece = source_.next();
    if (piece.ok()) hash_.update(*piece);
    return piece;
  }
  // The hash of everything, the rest of the source included.
  Result<std::string> hex() {
    while (true) {
      PLIMSOLL_TRY(piece, next());
      if (piece.empty()) return hash_.hex();
    }
  }

 private:
  ChunkSource& source_;
  Sha256 hash_;
};

}  // namespace plimsoll::rootfs

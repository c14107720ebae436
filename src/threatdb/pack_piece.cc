#include "threatdb/pack_piece.h"

#define ZSTD_STATIC_LINKING_ONLY  // ZSTD_WINDOWLOG_MAX
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <memory>

namespace plimsoll::threatdb {
namespace {

constexpr int level = 3;

struct Free {
  void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
};

// Log2 of a window that reaches from the end of the file back to the start of its base.
int window_log(uint64_t bytes) { return std::clamp(static_cast<int>(std::bit_width(bytes)), 20, ZSTD_WINDOWLOG_MAX); }

}  // namespace

Result<std::string> pack_piece(std::string_view bytes, std::string_view base) {
  const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  if (!context) return Error{ErrorKind::limit, "no memory to compress with"};
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  if (!base.empty()) {
    // Long distance matching finds what stayed the same, wherever it moved to.
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_enableLongDistanceMatching, 1);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log(bytes.size() + base.size()));
    ZSTD_CCtx_refPrefix(context.get(), base.data(), base.size());
  }
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const size_t size = ZSTD_compress2(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(size) != 0) {
    return Error{ErrorKind::limit, std::string("cannot be compressed: ") + ZSTD_getErrorName(size)};
  }
  out.resize(size);
  return out;
}

Result<std::string> unpack_piece(std::string_view piece, uint64_t size, std::string_view base) {
  const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  if (!context) return Error{ErrorKind::limit, "no memory to decompress with"};
  const Error broken{ErrorKind::malformed, "the pack is damaged: a piece does not unpack to its size"};
  // Never more memory than the frame itself promises.
  const unsigned long long promised = ZSTD_getFrameContentSize(piece.data(), piece.size());
  if (promised != size) return broken;
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, ZSTD_WINDOWLOG_MAX);
  if (!base.empty()) ZSTD_DCtx_refPrefix(context.get(), base.data(), base.size());
  std::string out(size, '\0');
  const size_t made = ZSTD_decompressDCtx(context.get(), out.data(), out.size(), piece.data(), piece.size());
  if (ZSTD_isError(made) != 0 || made != size) return broken;
  return out;
}

}  // namespace plimsoll::threatdb

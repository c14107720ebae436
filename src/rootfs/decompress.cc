#include "rootfs/decompress.h"

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>
#include <optional>

#include "rootfs/tar_header.h"

namespace plimsoll::rootfs {
namespace {

constexpr size_t piece_size = size_t{256} << 10;  // stays in the second-level cache
constexpr uint64_t ratio_from = uint64_t{64} << 20;
constexpr int largest_window = 27;  // 128 MiB, the default bound of the zstd tool

// What came in and went out, held against the bounds.
class Meter {
 public:
  explicit Meter(const Bounds& bounds) : bounds_(bounds) {}
  void came_in(size_t count) { in_ += count; }
  Status went_out(size_t count) {
    out_ += count;
    if (out_ > bounds_.layer_bytes) {
      return Error{ErrorKind::limit, fmt::format("inflates to more than {} bytes", bounds_.layer_bytes)};
    }
    if (out_ > ratio_from && out_ / bounds_.compression_ratio > in_) {
      return Error{ErrorKind::limit, fmt::format("inflates to more than {} times its size", bounds_.compression_ratio)};
    }
    return Done{};
  }

 private:
  const Bounds bounds_;
  uint64_t in_ = 0;
  uint64_t out_ = 0;
};

// RFC 1952, any number of members, with ISA-L.
class GzipChunks : public ChunkSource {
 public:
  GzipChunks(ChunkSource& packed, const Bounds& bounds) : packed_(packed), meter_(bounds) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  Result<std::string_view> next() override {
    if (failed_) return *failed_;
    state_->next_out = out_.data();
    state_->avail_out = static_cast<uint32_t>(out_.size());
    while (state_->avail_out == out_.size()) {
      if (state_->avail_in == 0) {
        PLIMSOLL_TRY(piece, packed_.next());
        if (piece.empty()) {
          if (state_->block_state == ISAL_BLOCK_FINISH) return std::string_view();
          PLIMSOLL_TRY(left, flush());
          if (left) break;
          return Error{ErrorKind::malformed, "the gzip data end too early"};
        }
        take(piece);
      }
      if (state_->block_state == ISAL_BLOCK_FINISH && !next_member()) continue;
      if (const int code = isal_inflate(state_.get()); code < 0) {
        failed_ = broken(code);
        if (state_->avail_out == out_.size()) return *failed_;
      }
    }
    const size_t count = out_.size() - state_->avail_out;
    PLIMSOLL_CHECK(meter_.went_out(count));
    return std::string_view(reinterpret_cast<const char*>(out_.data()), count);
  }

 private:
  static Error broken(int code) {
    const bool checksum = code == ISAL_INCORRECT_CHECKSUM;
    return {ErrorKind::malformed, checksum ? "the gzip checksum does not fit" : "not valid gzip data"};
  }
  void take(std::string_view piece) {
    meter_.came_in(piece.size());
    state_->next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(piece.data()));  // ISA-L only reads
    state_->avail_in = static_cast<uint32_t>(piece.size());
  }
  // Output that waits inside the inflater although all input is in it.
  Result<bool> flush() {
    if (const int code = isal_inflate(state_.get()); code < 0) return broken(code);
    return state_->avail_out != out_.size();
  }
  // Behind a member: another one, or padding with zeros, which is passed over.
  bool next_member() {
    while (state_->avail_in > 0 && *state_->next_in == 0) {
      ++state_->next_in;
      --state_->avail_in;
    }
    if (state_->avail_in == 0) return false;
    isal_inflate_reset(state_.get());
    state_->crc_flag = ISAL_GZIP;
    return true;
  }

  ChunkSource& packed_;
  Meter meter_;
  std::optional<Error> failed_;  // reported once what came out before it is handed on
  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
  std::vector<uint8_t> out_ = std::vector<uint8_t>(piece_size);
};

// RFC 8878, any number of frames.
class ZstdChunks : public ChunkSource {
 public:
  ZstdChunks(ChunkSource& packed, const Bounds& bounds) : packed_(packed), meter_(bounds) {
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, largest_window);
  }

  Result<std::string_view> next() override {
    if (failed_) return *failed_;
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size && !pending_) {
        PLIMSOLL_TRY(piece, packed_.next());
        if (piece.empty()) {
          if (frame_ended_) return std::string_view();
          return Error{ErrorKind::malformed, "the zstd data end too early"};
        }
        meter_.came_in(piece.size());
        in_ = {piece.data(), piece.size(), 0};
      }
      const size_t left = ZSTD_decompressStream(context_.get(), &out, &in_);
      if (ZSTD_isError(left) != 0) {
        failed_ = Error{ErrorKind::malformed, fmt::format("not valid zstd data ({})", ZSTD_getErrorName(left))};
        if (out.pos == 0) return *failed_;
        break;
      }
      frame_ended_ = left == 0;
      pending_ = out.pos == out.size && !frame_ended_;
    }
    PLIMSOLL_CHECK(meter_.went_out(out.pos));
    return std::string_view(out_.data(), out.pos);
  }

 private:
  struct Free {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  ChunkSource& packed_;
  Meter meter_;
  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
  ZSTD_inBuffer in_{nullptr, 0, 0};
  std::optional<Error> failed_;
  bool pending_ = false;  // the output buffer was filled: more may be waiting inside
  bool frame_ended_ = true;
  std::vector<char> out_ = std::vector<char>(piece_size);
};

}  // namespace

Compression compression_of(std::string_view beginning) {
  if (beginning.starts_with("\x1f\x8b")) return Compression::gzip;
  if (beginning.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  if (beginning.size() < tar_block) return beginning.empty() ? Compression::none : Compression::unknown;
  const std::string_view block = beginning.substr(0, tar_block);
  if (block.find_first_not_of('\0') == std::string_view::npos) return Compression::none;
  return parse_tar_header(block).ok() ? Compression::none : Compression::unknown;
}

std::unique_ptr<ChunkSource> inflated(ChunkSource& packed, Compression compression, const Bounds& bounds) {
  if (compression == Compression::gzip) return std::make_unique<GzipChunks>(packed, bounds);
  if (compression == Compression::zstd) return std::make_unique<ZstdChunks>(packed, bounds);
  return nullptr;
}

}  // namespace plimsoll::rootfs

#pragma once
#include <memory>
#include <string_view>

#include "rootfs/chunks.h"

namespace plimsoll::rootfs {

enum class Compression { none, gzip, zstd, unknown };

// By the first bytes: gzip and zstd by their magic numbers, none for a tar header or a block of zeros, else unknown.
// 512 bytes tell for sure.
Compression compression_of(std::string_view beginning);

// The inflated bytes of `packed`. Fails with ErrorKind::limit past `bounds.layer_bytes`, and past
// `bounds.compression_ratio` once 64 MiB have come out; with malformed for broken or cut data, checksums included.
// `packed` must outlive it.
std::unique_ptr<ChunkSource> inflated(ChunkSource& packed, Compression compression, const Bounds& bounds);

}  // namespace plimsoll::rootfs

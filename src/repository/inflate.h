#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "rootfs/tree.h"

namespace plimsoll::repository {

constexpr uint64_t max_index_bytes = uint64_t{1} << 30;  // uncompressed; the largest distribution's is about a tenth

// Gives the uncompressed bytes of `packed` to `sink`, piece by piece: gzip, xz, lzma, bzip2, zstd, lz4 by their magic
// numbers, anything else as it is. malformed for broken or cut data, limit past `limit` bytes.
Status inflate_each(std::string_view packed, uint64_t limit, const std::function<void(std::string_view)>& sink);

// The same of a file, front to back, without holding it. Also the file's own errors.
Status inflate_each(rootfs::File& packed, uint64_t limit, const std::function<void(std::string_view)>& sink);

// The same at once.
Result<std::string> inflate(std::string_view packed, uint64_t limit);

}  // namespace plimsoll::repository

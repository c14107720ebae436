#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::threatdb {

// `bytes` as one zstd frame; with a `base`, as what differs from it. limit, bug: what zstd says.
Result<std::string> pack_piece(std::string_view bytes, std::string_view base);

// The reverse: exactly `size` bytes (bound it first), else malformed. `base` must be the one it was packed with.
Result<std::string> unpack_piece(std::string_view piece, uint64_t size, std::string_view base);

}  // namespace plimsoll::threatdb

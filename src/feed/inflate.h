#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::feed {

// Inflates raw deflate data into exactly `size` bytes; more, fewer or broken data is malformed. `into` is overwritten.
Status inflate_exactly(std::string_view deflated, size_t size, std::string& into);

// CRC-32 of zip and gzip.
uint32_t crc32_of(std::string_view bytes);

bool is_gzip(std::string_view bytes);

// Unpacks gzip (all members, checksums verified); more than `limit` bytes of output is ErrorKind::limit, data cut short
// or followed by anything but zeros is malformed.
Result<std::string> gunzip(std::string_view bytes, size_t limit);

}  // namespace plimsoll::feed

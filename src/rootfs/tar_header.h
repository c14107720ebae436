#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plimsoll::rootfs {

constexpr size_t tar_block = 512;

// The fields of one header block that matter here (POSIX.1-1988 ustar, v7, old GNU, star). Views into the block.
struct TarHeader {
  std::string_view name;
  std::string_view prefix;  // goes in front of the name with a slash; often empty
  std::string_view link;
  char type = '0';
  uint64_t size = 0;
  uint32_t mode = 0;
  bool more_sparse_blocks = false;  // old GNU sparse: further blocks of its map follow
};

// `block` holds tar_block bytes. Malformed: wrong checksum, or a number that is none.
Result<TarHeader> parse_tar_header(std::string_view block);

// What the records of one pax extended header say; they override the header that follows (POSIX.1-2001).
struct PaxRecords {
  std::optional<std::string> path;
  std::optional<std::string> link;
  std::optional<uint64_t> size;
  bool sparse = false;
};
Result<PaxRecords> parse_pax(std::string_view records);

}  // namespace plimsoll::rootfs

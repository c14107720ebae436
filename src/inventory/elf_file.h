#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// One loadable part of an ELF file.
struct ElfSegment {
  uint64_t offset = 0, address = 0, file_size = 0;
  bool writable = false;
};

// The headers of an ELF file (32 or 64 bit, either byte order), read front to back.
struct ElfFile {
  bool big_endian = false;
  bool wide = false;                 // 64 bit
  std::vector<ElfSegment> segments;  // PT_LOAD only
  uint64_t section_offset = 0;
  uint16_t section_count = 0, section_entry = 0, section_names = 0;

  // Nothing when the file does not begin with ELF's magic number.
  static Result<std::optional<ElfFile>> open(rootfs::File& file);

  // Where the section `name` begins and how long it is; nothing when there is none. Needs random access.
  Result<std::optional<std::pair<uint64_t, uint64_t>>> section(rootfs::File& file, std::string_view name) const;

  // File offset of a virtual address inside a segment's bytes.
  std::optional<uint64_t> offset_of(uint64_t address) const;

  uint64_t number(std::string_view bytes) const;  // 1 to 8 bytes in the file's byte order
};

}  // namespace plimsoll::inventory

#include "inventory/elf_file.h"

#include <string_view>

namespace plimsoll::inventory {
namespace {

// Field places of the ELF specification (gABI, chapters 4 and 5) for the two classes.
struct Layout {
  size_t word;  // width of addresses and offsets
  size_t phoff, shoff, phentsize, phnum, shentsize, shnum, shstrndx, header;
  size_t p_flags, p_offset, p_vaddr, p_filesz, p_size;
  size_t sh_offset, sh_size, sh_entry;
};
constexpr Layout layout32{4, 28, 32, 42, 44, 46, 48, 50, 52, 24, 4, 8, 16, 32, 16, 20, 40};
constexpr Layout layout64{8, 32, 40, 54, 56, 58, 60, 62, 64, 4, 8, 16, 32, 56, 24, 32, 64};
constexpr uint64_t load_segment = 1, writable_flag = 2;
constexpr uint64_t max_program_headers = 512, max_sections = 8192;
constexpr size_t max_names = size_t{1} << 20;

Error broken() { return Error{ErrorKind::malformed, "its ELF headers are broken"}; }

}  // namespace

uint64_t ElfFile::number(std::string_view bytes) const {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size() && i < 8; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
  return value;
}

Result<std::optional<ElfFile>> ElfFile::open(rootfs::File& file) {
  PLIMSOLL_TRY(head, file.read_at(0, layout64.header));
  if (head.size() < layout32.header || !head.starts_with("\x7f"
                                                         "ELF"))
    return std::optional<ElfFile>{};
  ElfFile elf;
  elf.wide = head[4] == 2;
  elf.big_endian = head[5] == 2;
  const Layout& l = elf.wide ? layout64 : layout32;
  if (head.size() < l.header) return broken();
  const std::string_view h = head;
  const uint64_t phoff = elf.number(h.substr(l.phoff, l.word));
  const uint64_t phentsize = elf.number(h.substr(l.phentsize, 2)), phnum = elf.number(h.substr(l.phnum, 2));
  elf.section_offset = elf.number(h.substr(l.shoff, l.word));
  elf.section_entry = static_cast<uint16_t>(elf.number(h.substr(l.shentsize, 2)));
  elf.section_count = static_cast<uint16_t>(elf.number(h.substr(l.shnum, 2)));
  elf.section_names = static_cast<uint16_t>(elf.number(h.substr(l.shstrndx, 2)));
  if (phnum == 0) return std::optional<ElfFile>(std::move(elf));  // an object file
  if (phentsize < l.p_size || phnum > max_program_headers || phoff < l.header) return broken();
  PLIMSOLL_TRY(table, file.read_at(phoff, phentsize * phnum));
  if (table.size() < phentsize * phnum) return broken();
  for (uint64_t i = 0; i < phnum; ++i) {
    const std::string_view row = std::string_view(table).substr(i * phentsize, phentsize);
    if (elf.number(row.substr(0, 4)) != load_segment) continue;
    elf.segments.push_back({elf.number(row.substr(l.p_offset, l.word)), elf.number(row.substr(l.p_vaddr, l.word)),
                            elf.number(row.substr(l.p_filesz, l.word)),
                            (elf.number(row.substr(l.p_flags, 4)) & writable_flag) != 0});
  }
  return std::optional<ElfFile>(std::move(elf));
}

Result<std::optional<std::pair<uint64_t, uint64_t>>> ElfFile::section(rootfs::File& file, std::string_view name) const {
  using Found = std::optional<std::pair<uint64_t, uint64_t>>;
  const Layout& l = wide ? layout64 : layout32;
  if (section_count == 0) return Found{};
  if (section_entry < l.sh_entry || section_count > max_sections || section_names >= section_count) return broken();
  PLIMSOLL_TRY(table, file.read_at(section_offset, size_t{section_entry} * section_count));
  if (table.size() < size_t{section_entry} * section_count) return broken();
  const auto row = [&](size_t i) { return std::string_view(table).substr(i * section_entry, section_entry); };
  const uint64_t names_at = number(row(section_names).substr(l.sh_offset, l.word));
  const uint64_t names_size = number(row(section_names).substr(l.sh_size, l.word));
  if (names_size > max_names) return broken();
  PLIMSOLL_TRY(names, file.read_at(names_at, names_size));
  for (size_t i = 0; i < section_count; ++i) {
    const uint64_t at = number(row(i).substr(0, 4));
    if (at >= names.size() || std::string_view(names).substr(at, names.find('\0', at) - at) != name) continue;
    return Found{{number(row(i).substr(l.sh_offset, l.word)), number(row(i).substr(l.sh_size, l.word))}};
  }
  return Found{};
}

std::optional<uint64_t> ElfFile::offset_of(uint64_t address) const {
  for (const ElfSegment& s : segments) {
    if (address >= s.address && address - s.address < s.file_size) return s.offset + (address - s.address);
  }
  return std::nullopt;
}

}  // namespace plimsoll::inventory

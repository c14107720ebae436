#pragma once
#include <cstdint>
#include <string>

namespace plimsoll::inventory {

// A small 64-bit little-endian ELF file: one writable segment at `offset` with the bytes `data`, mapped at `address`;
// with `sections`, a table of three that names the segment `name`.
struct ElfForTests {
  std::string data;
  bool sections = true;
  std::string name = ".go.buildinfo";
  uint64_t offset = 0x1000, address = 0x500000;
  size_t padding = 0;  // bytes after the segment

  static void put(std::string& out, uint64_t value, int width) {
    for (int i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  }

  std::string build() const {
    const uint64_t end = offset + data.size() + padding;
    std::string names = std::string("\0.shstrtab\0", 11) + name + '\0';
    const uint64_t table = end + names.size();
    std::string out = std::string(
                          "\x7f"
                          "ELF\x02\x01\x01",
                          7) +
                      std::string(9, '\0');
    put(out, 2, 2), put(out, 62, 2), put(out, 1, 4), put(out, address, 8), put(out, 64, 8);
    put(out, sections ? table : 0, 8), put(out, 0, 4), put(out, 64, 2), put(out, 56, 2), put(out, 1, 2);
    put(out, sections ? 64 : 0, 2), put(out, sections ? 3 : 0, 2), put(out, sections ? 1 : 0, 2);
    put(out, 1, 4), put(out, 6, 4), put(out, offset, 8), put(out, address, 8), put(out, address, 8);
    put(out, data.size(), 8), put(out, data.size(), 8), put(out, 4096, 8);
    out.resize(offset, '\0');
    out += data;
    out.resize(end, '\0');
    out += names;
    const auto section = [&](uint64_t name_at, uint64_t at, uint64_t size) {
      put(out, name_at, 4), put(out, 1, 4), put(out, 0, 8), put(out, 0, 8), put(out, at, 8), put(out, size, 8);
      put(out, 0, 8), put(out, 0, 8), put(out, 0, 8);
    };
    if (sections) section(0, 0, 0), section(1, end, names.size()), section(11, offset, data.size());
    return out;
  }
};

// Build information as Go 1.18 and later write it.
inline std::string inline_build_info(const std::string& version, const std::string& modules) {
  std::string out = std::string("\xff Go buildinf:", 14) + '\x08' + '\x02' + std::string(16, '\0');
  const auto text = [&](const std::string& s) {
    for (size_t n = s.size();; n >>= 7) {
      out += static_cast<char>((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
      if (n <= 0x7f) break;
    }
    out += s;
  };
  text(version);
  text(std::string(16, '<') + modules + std::string(16, '>'));
  return out;
}

}  // namespace plimsoll::inventory

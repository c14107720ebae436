#pragma once
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace plimsoll::rootfs {

// Writes tar archives, honest ones and others.
class TarWriter {
 public:
  TarWriter& file(std::string_view name, std::string_view content, unsigned mode = 0644) {
    return member('0', name, content, {}, mode);
  }
  TarWriter& directory(std::string_view name) { return member('5', name, {}, {}, 0755); }
  TarWriter& symlink(std::string_view name, std::string_view target) { return member('2', name, {}, target, 0777); }
  TarWriter& hard_link(std::string_view name, std::string_view target) { return member('1', name, {}, target, 0644); }
  TarWriter& pax(std::string_view key, std::string_view value) {
    std::string record = " " + std::string(key) + "=" + std::string(value) + "\n";
    size_t length = record.size() + 1;
    while (std::to_string(length).size() + record.size() != length) ++length;
    return member('x', "pax", std::to_string(length) + record, {}, 0644);
  }
  TarWriter& long_name(std::string_view name) { return member('L', "././@LongLink", std::string(name) + '\0', {}, 0); }
  TarWriter& member(char type, std::string_view name, std::string_view content, std::string_view link, unsigned mode) {
    header(type, name, content.size(), link, mode);
    bytes_ += content;
    bytes_.append((512 - content.size() % 512) % 512, '\0');
    return *this;
  }
  // A header alone, with any size in it.
  TarWriter& header(char type, std::string_view name, uint64_t size, std::string_view link, unsigned mode) {
    std::string block(512, '\0');
    block.replace(0, std::min<size_t>(name.size(), 100), name.substr(0, 100));
    block.replace(100, 8, octal(mode, 7));
    block.replace(108, 8, octal(0, 7));
    block.replace(116, 8, octal(0, 7));
    block.replace(124, 12, octal(size, 11));
    block.replace(136, 12, octal(0, 11));
    block[156] = type;
    block.replace(157, std::min<size_t>(link.size(), 100), link.substr(0, 100));
    block.replace(257, 8, std::string_view("ustar\00000", 8));
    return raw_header(std::move(block));
  }
  // Sets the checksum of a header block and adds it.
  TarWriter& raw_header(std::string block) {
    block.replace(148, 8, "        ");
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    block.replace(148, 7, octal(sum, 6));
    bytes_ += block;
    return *this;
  }
  TarWriter& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  std::string finish() const { return bytes_ + std::string(1024, '\0'); }
  const std::string& unfinished() const { return bytes_; }

 private:
  static std::string octal(uint64_t value, int digits) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%0*llo", digits, static_cast<unsigned long long>(value));
    return std::string(text.data()) + '\0';
  }
  std::string bytes_;
};

}  // namespace plimsoll::rootfs

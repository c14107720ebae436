#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace plimsoll::inventory {

struct AdbPackage {
  std::string name, version, arch, origin;
  std::vector<std::pair<std::string, std::vector<std::string>>> directories;
};

// Writes apk-tools' binary form, from its description in adb.h: values before what refers to them.
class AdbWriter {
 public:
  AdbWriter() : bytes_(8, '\0') {}

  uint32_t blob(const std::string& text) {
    if (text.empty()) return 0;
    const auto at = static_cast<uint32_t>(bytes_.size());
    if (text.size() < 256) {
      bytes_ += static_cast<char>(text.size());
      bytes_ += text;
      return 0x80000000U | at;
    }
    align();
    const auto place = static_cast<uint32_t>(bytes_.size());
    word(static_cast<uint32_t>(text.size()));
    bytes_ += text;
    return 0xa0000000U | place;
  }
  uint32_t object(const std::vector<uint32_t>& fields) { return sequence(0xe0000000U, fields); }
  uint32_t array(const std::vector<uint32_t>& items) { return sequence(0xd0000000U, items); }

  // The block with its head; `root` is what everything hangs from.
  std::string block(uint32_t root) {
    for (size_t i = 0; i < 4; ++i) bytes_[4 + i] = static_cast<char>(root >> (8 * i) & 0xff);
    std::string out;
    const auto size = static_cast<uint32_t>(bytes_.size() + 4);
    for (size_t i = 0; i < 4; ++i) out += static_cast<char>(size >> (8 * i) & 0xff);
    return out + bytes_;
  }

 private:
  void align() { bytes_.resize((bytes_.size() + 3) / 4 * 4, '\0'); }
  void word(uint32_t value) {
    for (size_t i = 0; i < 4; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
  }
  uint32_t sequence(uint32_t type, const std::vector<uint32_t>& values) {
    align();
    const auto at = static_cast<uint32_t>(bytes_.size());
    word(static_cast<uint32_t>(values.size() + 1));
    for (const uint32_t value : values) word(value);
    return type | at;
  }
  std::string bytes_;
};

inline std::string package_block(const AdbPackage& package) {
  AdbWriter w;
  const uint32_t info =
      w.object({w.blob(package.name), w.blob(package.version), 0, 0, w.blob(package.arch), 0, w.blob(package.origin)});
  std::vector<uint32_t> directories;
  for (const auto& [name, files] : package.directories) {
    std::vector<uint32_t> items;
    for (const std::string& file : files) items.push_back(w.object({w.blob(file)}));
    const uint32_t list = w.array(items);
    directories.push_back(w.object({w.blob(name), 0, list}));
  }
  return w.block(w.object({info, w.array(directories)}));
}

inline std::string installed_adb(const std::vector<AdbPackage>& packages) {
  AdbWriter w;
  std::vector<uint32_t> items;
  for (const AdbPackage& package : packages) items.push_back(w.blob(package_block(package)));
  return std::string("ADB.idb\0", 8) + w.block(w.object({w.array(items)}));
}

}  // namespace plimsoll::inventory

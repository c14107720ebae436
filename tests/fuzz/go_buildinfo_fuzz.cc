#include <cstddef>
#include <cstdint>
#include <string>

#include "inventory/go_binary.h"

namespace {

class Bytes : public plimsoll::rootfs::File {
 public:
  Bytes(std::string content, bool random_access) : content_(std::move(content)), random_access_(random_access) {}
  uint64_t size() const override { return content_.size(); }
  bool random_access() const override { return random_access_; }
  plimsoll::Result<std::string> read_at(uint64_t offset, size_t length) override {
    return offset >= content_.size() ? std::string() : content_.substr(offset, length);
  }

 private:
  std::string content_;
  bool random_access_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string content(static_cast<const char*>(static_cast<const void*>(data)), size);
  for (const bool random_access : {true, false}) {
    Bytes file(content, random_access);
    const auto found = plimsoll::inventory::read_go_binary("x", file);
    static_cast<void>(found.ok());
  }
  return 0;
}

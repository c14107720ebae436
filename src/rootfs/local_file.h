#pragma once
#include <memory>

#include "rootfs/descriptor.h"
#include "rootfs/tree.h"

namespace plimsoll::rootfs {

// A stretch of an open file: a whole file of a directory tree, or one file inside an uncompressed archive.
class LocalFile : public File {
 public:
  LocalFile(int fd, uint64_t start, uint64_t size) : fd_(fd), start_(start), size_(size) {}
  uint64_t size() const override { return size_; }
  Result<std::string> read_at(uint64_t offset, size_t length) override;
  bool random_access() const override { return true; }

 private:
  int fd_;
  uint64_t start_;
  uint64_t size_;
};

// A whole file that is closed with it.
class OwnedFile : public LocalFile {
 public:
  OwnedFile(Descriptor descriptor, uint64_t size)
      : LocalFile(descriptor.get(), 0, size), descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

// Bytes held elsewhere; they must outlive it.
class MemoryFile : public File {
 public:
  explicit MemoryFile(std::string_view bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  Result<std::string> read_at(uint64_t offset, size_t length) override {
    return offset >= bytes_.size() ? std::string() : std::string(bytes_.substr(static_cast<size_t>(offset), length));
  }
  bool random_access() const override { return true; }

 private:
  std::string_view bytes_;
};

}  // namespace plimsoll::rootfs

#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "inventory/take_inventory.h"

namespace plimsoll::inventory {

// The files that the caller of take_inventory() wants whole, gathered while a tree goes by. Thread-safe until finish().
class KeptFiles {
 public:
  explicit KeptFiles(const Keeps& keeps) : keeps_(keeps) {}

  // Whether the entry is wanted; links that are wanted are remembered and resolved at the end.
  bool wants(const rootfs::Entry& entry);

  // A file that was read once and may be read again, so that a stream serves two readers.
  class Copy : public rootfs::File {
   public:
    explicit Copy(Result<std::string> bytes) : bytes_(std::move(bytes)) {}
    uint64_t size() const override { return bytes_.ok() ? bytes_->size() : 0; }
    bool random_access() const override { return true; }
    Result<std::string> read_at(uint64_t offset, size_t length) override;
    Result<std::string> read_all(size_t limit) override;

   private:
    Result<std::string> bytes_;
  };
  // Keeps the content of `file`.
  void take(const rootfs::Entry& entry, rootfs::File& file);
  // The same, and gives it back for whoever else wants it.
  Copy take_and_copy(const rootfs::Entry& entry, rootfs::File& file);

  // What the finished tree shows; what could not be kept is told in `gaps`.
  std::map<std::string, std::string> finish(rootfs::Tree& tree, IncompleteList& gaps);

 private:
  struct Found {
    std::string path, bytes;
    size_t layer;
  };
  struct Link {
    std::string path, target;
    size_t layer;
  };

  void keep(const rootfs::Entry& entry, Result<std::string> bytes);

  const Keeps& keeps_;
  std::mutex mutex_;
  std::vector<Found> files_;  // guarded by mutex_, like all below
  std::vector<Link> links_;
  IncompleteList gaps_;
  size_t total_ = 0;
};

}  // namespace plimsoll::inventory

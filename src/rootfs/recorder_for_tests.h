#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "rootfs/tree.h"

namespace plimsoll::rootfs {

// A visitor that writes down what it is shown.
class Recorder : public Visitor {
 public:
  struct Seen {
    std::string content;
    uint32_t mode = 0;
    uint64_t size = 0;
  };
  // Reads the files `chosen` says yes to; by default all.
  std::function<bool(const Entry&)> chosen = [](const Entry&) { return true; };
  std::map<std::string, EntryType> names;                // everything wants() was asked about
  std::map<std::pair<std::string, size_t>, Seen> files;  // (path, layer)
  std::vector<std::string> failures;

  bool wants(const Entry& entry) override {
    const std::lock_guard lock(mutex_);
    names[std::string(entry.path)] = entry.type;
    return chosen(entry);
  }
  void visit(const Entry& entry, File& file) override {
    Result<std::string> content = file.read_all(size_t{64} << 20);
    const std::lock_guard lock(mutex_);
    if (!content.ok()) {
      failures.push_back(content.error().to_string());
      return;
    }
    files[{std::string(entry.path), entry.layer}] = {std::move(content).value(), entry.mode, entry.size};
  }
  std::string content(const std::string& path, size_t layer = 0) const {
    const auto found = files.find({path, layer});
    return found == files.end() ? "(not shown)" : found->second.content;
  }

 private:
  std::mutex mutex_;
};

}  // namespace plimsoll::rootfs

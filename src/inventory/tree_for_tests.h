#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "rootfs/tree.h"

namespace plimsoll::inventory {

// The layers of an image in memory, with modes and removals; files are read forward only, as from an archive, unless
// `random_access`.
class LayeredTree : public rootfs::Tree {
 public:
  struct Node {
    std::string content;
    uint32_t mode = 0644;
  };
  using Layer = std::map<std::string, Node>;

  explicit LayeredTree(std::vector<Layer> layers, bool random_access = false)
      : content_(std::move(layers)), random_access_(random_access) {
    for (size_t i = 0; i < content_.size(); ++i) layers_.push_back({"sha256:layer" + std::to_string(i)});
  }
  void remove(size_t layer, const std::string& path) { removed_.insert({path, layer}); }

  Result<rootfs::WalkReport> walk(rootfs::Visitor& visitor) override {
    rootfs::WalkReport report;
    for (size_t i = content_.size(); i-- > 0;) {  // upside down: a walk promises no order
      for (const auto& [path, node] : content_[i]) {
        ++report.entries;
        const rootfs::Entry entry{
            .path = path, .size = node.content.size(), .mode = node.mode, .link_target = {}, .layer = i};
        if (!visitor.wants(entry)) continue;
        Stream file(node.content, random_access_);
        visitor.visit(entry, file);
      }
    }
    return report;
  }
  bool visible(std::string_view path, size_t layer) const override {
    const std::string name(path);
    for (size_t i = layer + 1; i < content_.size(); ++i) {
      if (content_[i].contains(name) || removed_.contains({name, i})) return false;
    }
    return content_[layer].contains(name);
  }
  const std::vector<LayerDigest>& layers() const override { return layers_; }
  Result<std::string> read(std::string_view, size_t) override {
    return Error{ErrorKind::unsupported, "an image has no read"};
  }

 private:
  class Stream : public rootfs::File {
   public:
    Stream(const std::string& content, bool random_access) : content_(content), random_access_(random_access) {}
    uint64_t size() const override { return content_.size(); }
    bool random_access() const override { return random_access_; }
    Result<std::string> read_at(uint64_t offset, size_t length) override {
      if (!random_access_ && offset < next_) return Error{ErrorKind::unsupported, "a stream does not go back"};
      next_ = offset + length;
      return offset >= content_.size() ? std::string() : content_.substr(offset, length);
    }

   private:
    const std::string& content_;
    bool random_access_;
    uint64_t next_ = 0;
  };

  std::vector<Layer> content_;
  bool random_access_;
  std::vector<LayerDigest> layers_;
  std::set<std::pair<std::string, size_t>> removed_;
};

// One layer, one file, read by a cataloger; for tests of its reader.
class FileForTests : public rootfs::File {
 public:
  explicit FileForTests(std::string content) : content_(std::move(content)) {}
  uint64_t size() const override { return content_.size(); }
  bool random_access() const override { return true; }
  Result<std::string> read_at(uint64_t offset, size_t length) override {
    return offset >= content_.size() ? std::string() : content_.substr(offset, length);
  }

 private:
  std::string content_;
};

}  // namespace plimsoll::inventory

#include <algorithm>
#include <map>

#include "base/text.h"
#include "rootfs/local_file.h"

namespace plimsoll::rootfs {
namespace {

class MemoryTree : public Tree {
 public:
  explicit MemoryTree(std::vector<std::pair<std::string, std::string>> files) {
    for (auto& [path, content] : files) files_.insert_or_assign(std::move(path), std::move(content));
  }

  Result<WalkReport> walk(Visitor& visitor) override {
    WalkReport report;
    for (const auto& [path, content] : files_) {
      ++report.entries;
      const Entry entry{.path = path, .size = content.size(), .mode = 0644, .link_target = {}};
      if (!visitor.wants(entry)) continue;
      MemoryFile file(content);
      visitor.visit(entry, file);
    }
    return report;
  }
  bool visible(std::string_view path, size_t layer) const override { return layer == 0 && files_.contains(path); }
  const std::vector<LayerDigest>& layers() const override { return layers_; }
  Result<std::string> read(std::string_view path, size_t limit) override {
    const auto found = files_.find(path);
    if (found == files_.end()) return Error{ErrorKind::not_found, "there is no such file", printable(path)};
    return MemoryFile(found->second).read_all(limit);
  }

 private:
  std::map<std::string, std::string, std::less<>> files_;
  std::vector<LayerDigest> layers_ = {LayerDigest{"memory"}};
};

}  // namespace

std::unique_ptr<Tree> memory_tree(std::vector<std::pair<std::string, std::string>> files) {
  return std::make_unique<MemoryTree>(std::move(files));
}

}  // namespace plimsoll::rootfs

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

#include "base/text.h"
#include "rootfs/directory_walk.h"
#include "rootfs/guarded_open.h"
#include "rootfs/local_file.h"

namespace plimsoll::rootfs {
namespace {

class DirectoryTree : public Tree {
 public:
  DirectoryTree(Descriptor root, std::vector<std::string> skip, Bounds bounds)
      : root_(std::move(root)), skip_(skip.begin(), skip.end()), bounds_(bounds) {}

  Result<WalkReport> walk(Visitor& visitor) override {
    return DirectoryWalk(root_.get(), skip_, bounds_, visitor).run();
  }
  bool visible(std::string_view, size_t) const override { return true; }
  const std::vector<LayerDigest>& layers() const override { return layers_; }

  Result<std::string> read(std::string_view path, size_t limit) override {
    const std::string name(path);
    struct stat status{};
    const Opened opened = open_regular_below(root_.get(), name, Links::inside_the_root, status);
    if (!opened.file.ok()) return error_of(opened.code, name);
    return LocalFile(opened.file.get(), 0, static_cast<uint64_t>(status.st_size)).read_all(limit);
  }

 private:
  Descriptor root_;
  std::set<std::string, std::less<>> skip_;
  Bounds bounds_;
  std::vector<LayerDigest> layers_;
};

}  // namespace

bool Visitor::needs_mode(std::string_view directory) {
  constexpr std::array<std::string_view, 3> homes = {"bin", "sbin", "libexec"};
  const std::string_view last = directory.substr(directory.rfind('/') + 1);
  return std::ranges::find(homes, last) != homes.end();
}

Result<std::unique_ptr<Tree>> open_directory(const std::string& path, std::vector<std::string> skip, Bounds bounds) {
  Descriptor root(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.ok()) {
    if (errno == ENOTDIR) return Error{ErrorKind::unsupported, "not a directory", printable(path)};
    return error_of(errno, path);
  }
  return std::unique_ptr<Tree>(std::make_unique<DirectoryTree>(std::move(root), std::move(skip), bounds));
}

Result<std::unique_ptr<Tree>> open_directory_at(int directory, std::vector<std::string> skip, Bounds bounds) {
  return std::unique_ptr<Tree>(std::make_unique<DirectoryTree>(Descriptor(directory), std::move(skip), bounds));
}

}  // namespace plimsoll::rootfs

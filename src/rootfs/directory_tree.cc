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
    PLIMSOLL_TRY(file, open(path));
    return file->read_all(limit);
  }

  Result<std::unique_ptr<File>> open(std::string_view path) override {
    const std::string name(path);
    struct stat status{};
    Opened opened = open_regular_below(root_.get(), name, Links::inside_the_root, status);
    if (!opened.file.ok()) return error_of(opened.code, name);
    return std::unique_ptr<File>(
        std::make_unique<OwnedFile>(std::move(opened.file), static_cast<uint64_t>(status.st_size)));
  }

 private:
  Descriptor root_;
  std::set<std::string, std::less<>> skip_;
  Bounds bounds_;
  std::vector<LayerDigest> layers_;
};

}  // namespace

Result<std::unique_ptr<File>> Tree::open(std::string_view path) {
  return Error{ErrorKind::unsupported, "single files cannot be read of this kind of tree", printable(path)};
}

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

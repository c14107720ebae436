#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "model/incomplete.h"

namespace plimsoll::rootfs {

enum class EntryType { file, directory, symlink, other };

// One name met while walking. `path` is relative to the tree's root, without a leading slash ("usr/bin/env"), raw
// bytes, never with "." or ".." parts; valid during the call only.
struct Entry {
  std::string_view path;
  EntryType type = EntryType::file;
  uint64_t size = 0;
  uint32_t mode = 0;             // permission bits with setuid/setgid/sticky; 0 when not known
  std::string_view link_target;  // symlinks of archives
  size_t layer = 0;              // index into Tree::layers(); 0 outside images
};

// The content of one regular file, while it is being visited.
class File {
 public:
  virtual ~File() = default;
  virtual uint64_t size() const = 0;
  // Up to `length` bytes at `offset`. On streamed trees an offset may only grow ("forward-only"): going back is
  // ErrorKind::unsupported; random_access() tells. Short only at the end of the file.
  virtual Result<std::string> read_at(uint64_t offset, size_t length) = 0;
  virtual bool random_access() const = 0;
  // The whole file; ErrorKind::limit when larger than `limit` bytes.
  virtual Result<std::string> read_all(size_t limit);
};

// What somebody wants to see of a tree. Both calls may come from several threads at once.
class Visitor {
 public:
  virtual ~Visitor() = default;
  // Cheap: called for every entry (before its content is read). True: visit() is called for it if it is a regular file.
  virtual bool wants(const Entry& entry) = 0;
  virtual void visit(const Entry& entry, File& file) = 0;

  // Directory trees: whether size and mode are read for the regular files of this directory before wants() is asked.
  // A system call each, so by default only where programs live. Elsewhere wants() sees 0 for both; for files that it
  // says yes to they are read, and it is asked a second time, with both known.
  virtual bool needs_mode(std::string_view directory);

  // Images: `link` is one more name (hard link) of the file `target` of the same layer, which was visited already.
  // False: that visit told all there is, and visible() of the target is true while any of its names is. True: visit()
  // is called for the link too, which may cost a second pass over the layer.
  virtual bool wants_alias(const Entry& link, std::string_view target) {
    (void)target;
    return wants(link);
  }
};

struct WalkReport {
  uint64_t entries = 0;
  IncompleteList not_assessed;  // unreadable directories, bounds met, broken layers
};

// What an image says of itself.
struct ImageConfig {
  ImageDigest digest;
  std::vector<std::string> tags;
  std::string os, architecture, user;
  std::vector<std::string> exposed_ports;
};

// A file tree that is not ours. Nothing is ever followed out of the root, written, or unpacked to disk. One walk reads
// every layer once (twice, where a large file is wanted under the name of a hard link to it); all layers' files are
// shown (also those a later layer hides): ask visible() afterwards. Where a layer holds a path twice both are visited,
// in their order, and the later one counts.
class Tree {
 public:
  virtual ~Tree() = default;
  virtual Result<WalkReport> walk(Visitor& visitor) = 0;
  // After walk(): whether the file `path` as brought by `layer` is what the finished tree shows. Always true for
  // directories.
  virtual bool visible(std::string_view path, size_t layer) const = 0;
  // Lowest first; empty for a directory tree. Of open_stream(): after walk(), in the order in which the layers came by,
  // and with whatever else looked like a layer; visible() knows the true order.
  virtual const std::vector<LayerDigest>& layers() const = 0;
  // One file by path outside a walk, symlinks resolved inside the root. Directory trees only; others
  // ErrorKind::unsupported.
  virtual Result<std::string> read(std::string_view path, size_t limit) = 0;
  // The same file open, for one that is too large to be held.
  virtual Result<std::unique_ptr<File>> open(std::string_view path);
  // What the image says of itself, for streams, where it is known after walk() only: nullptr elsewhere (see
  // Image::config).
  virtual const ImageConfig* late_config() const { return nullptr; }
};

struct Bounds {
  uint64_t entries = 20'000'000;              // names in one tree
  uint64_t layer_bytes = uint64_t{64} << 30;  // uncompressed bytes of one layer
  uint64_t compression_ratio = 1100;          // of one layer, judged past the first 64 MiB
  size_t depth = 256;                         // directories inside each other
  size_t metadata_bytes = size_t{16} << 20;   // manifest, index, configuration
  unsigned threads = 2;
};

struct Image {
  ImageConfig config;
  std::unique_ptr<Tree> tree;
};

// A directory on this machine. `skip` names paths below it (relative, no slash in front) that are not entered; pseudo
// file systems (proc, sysfs, cgroup, devpts...) and network file systems are never entered and network ones are
// reported.
Result<std::unique_ptr<Tree>> open_directory(const std::string& path, std::vector<std::string> skip = {},
                                             Bounds bounds = {});

// The same below a directory that is open already (O_PATH will do); it is closed with the tree.
Result<std::unique_ptr<Tree>> open_directory_at(int directory, std::vector<std::string> skip = {}, Bounds bounds = {});

// A `docker save` archive (also gzip/zstd around it), or an OCI archive. Several images in one file: `which` is a tag,
// or empty for the only or first one.
Result<Image> open_archive(const std::string& file, std::string_view which = {}, Bounds bounds = {});

// The same from an open file, `name` in messages; it is closed with the image.
Result<Image> open_archive_at(int descriptor, const std::string& name, std::string_view which = {}, Bounds bounds = {});

// An OCI image layout directory. `platform` like "linux/arm64" picks from an index; empty: this machine's.
Result<Image> open_oci_layout(const std::string& directory, std::string_view platform = {}, Bounds bounds = {});

// The same from an open directory, `name` in messages; it is closed.
Result<Image> open_oci_layout_at(int descriptor, const std::string& name, std::string_view platform = {},
                                 Bounds bounds = {});

// A `docker save` stream that arrives piece by piece (the runtime's API): `source` fills the buffer and returns the
// bytes written, 0 at the end. May be read once, front to back; layers that come before the manifest are handled. What
// the image says of itself comes last: Image::config stays empty, Tree::late_config() holds it after walk().
using ByteSource = std::function<Result<size_t>(char* buffer, size_t capacity)>;
Result<Image> open_stream(ByteSource source, Bounds bounds = {});

// A tree held in memory, for tests and recordings: path -> content, one layer.
std::unique_ptr<Tree> memory_tree(std::vector<std::pair<std::string, std::string>> files);

}  // namespace plimsoll::rootfs

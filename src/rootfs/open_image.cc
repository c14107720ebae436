#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/text.h"
#include "rootfs/archive_members.h"
#include "rootfs/decompress.h"
#include "rootfs/guarded_open.h"
#include "rootfs/image_tree.h"
#include "rootfs/stream_tree.h"

namespace plimsoll::rootfs {
namespace {

using FindBlob = std::function<Result<Blob>(const std::string& member)>;

Error at_file(Error error, const std::string& file) {
  error.context = error.context.empty() ? printable(file) : printable(file) + ": " + error.context;
  return error;
}

Result<Blob> blob_of(int descriptor, const std::string& file) {
  auto opened = std::make_shared<Descriptor>(descriptor);
  struct stat status{};
  if (::fstat(opened->get(), &status) != 0) return error_of(errno, file);
  if (!S_ISREG(status.st_mode)) return error_of(EINVAL, file);
  return Blob{std::move(opened), 0, static_cast<uint64_t>(status.st_size)};
}

// An image whose members can be found in any order.
Result<Image> image_of(const FindBlob& find, std::string_view which, std::string_view platform, const Bounds& bounds) {
  const auto read = [&](const std::string& member) -> Result<std::string> {
    PLIMSOLL_TRY(blob, find(member));
    return read_blob(blob, bounds.metadata_bytes);
  };
  PLIMSOLL_TRY(plan, plan_image(read, which, platform));
  std::vector<LocatedLayer> layers;
  for (PlannedLayer& planned : plan.layers) {
    LocatedLayer layer{std::move(planned), std::nullopt, refusal_of(planned.media_type)};
    if (layer.missing.empty()) {
      auto blob = find(layer.planned.member);
      if (blob.ok()) {
        layer.blob = std::move(blob).value();
      } else {
        layer.missing = blob.error().message;
      }
    }
    layers.push_back(std::move(layer));
  }
  Image out;
  out.config = std::move(plan.config);
  out.tree = std::make_unique<ImageTree>(std::move(layers), std::move(plan.notes), bounds);
  return out;
}

// A source that owns what it inflates.
class OwnedInflated : public ChunkSource {
 public:
  OwnedInflated(const Blob& blob, Compression compression, const Bounds& bounds)
      : packed_(blob), inflated_(inflated(packed_, compression, bounds)) {}
  Result<std::string_view> next() override { return inflated_->next(); }

 private:
  BlobChunks packed_;
  std::unique_ptr<ChunkSource> inflated_;
};

Result<Image> packed_archive(const Blob& archive, Compression compression, std::string_view which,
                             const Bounds& bounds) {
  const OpenSource open = [=]() -> Result<std::unique_ptr<ChunkSource>> {
    return std::unique_ptr<ChunkSource>(std::make_unique<OwnedInflated>(archive, compression, bounds));
  };
  PLIMSOLL_TRY(plan, plan_from_front_to_back(open, which, bounds));
  Image out;
  out.config = plan.config;
  out.tree = std::make_unique<StreamTree>(open, std::move(plan), bounds);
  return out;
}

Result<Image> plain_archive(const Blob& archive, std::string_view which, const Bounds& bounds) {
  PLIMSOLL_TRY(members, ArchiveMembers::open(archive));
  return image_of([&](const std::string& member) { return members.find(member); }, which, {}, bounds);
}

}  // namespace

Result<Image> open_archive(const std::string& file, std::string_view which, Bounds bounds) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (descriptor < 0) return error_of(errno, file);
  return open_archive_at(descriptor, file, which, bounds);
}

Result<Image> open_archive_at(int descriptor, const std::string& file, std::string_view which, Bounds bounds) {
  PLIMSOLL_TRY(archive, blob_of(descriptor, file));
  BlobChunks chunks(archive);
  PLIMSOLL_TRY(front, take_front(chunks, tar_block));
  const Compression compression = compression_of(front);
  if (compression == Compression::unknown) {
    return Error{ErrorKind::unsupported, "not a tar archive, nor one packed with gzip or zstd", printable(file),
                 "make it with `docker save -o FILE IMAGE`"};
  }
  auto image = compression == Compression::none ? plain_archive(archive, which, bounds)
                                                : packed_archive(archive, compression, which, bounds);
  if (!image.ok()) return at_file(image.error(), file);
  return image;
}

Result<Image> open_oci_layout(const std::string& directory, std::string_view platform, Bounds bounds) {
  const int descriptor = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return error_of(errno, directory);
  return open_oci_layout_at(descriptor, directory, platform, bounds);
}

Result<Image> open_oci_layout_at(int descriptor, const std::string& directory, std::string_view platform,
                                 Bounds bounds) {
  const Descriptor root(descriptor);
  const FindBlob find = [&](const std::string& member) -> Result<Blob> {
    struct stat status{};
    Opened opened = open_regular_below(root.get(), member, Links::inside_the_root, status);
    if (opened.code == ENOENT || opened.code == ENOTDIR) {
      return Error{ErrorKind::not_found, "not in the layout", printable(member, 200)};
    }
    if (!opened.file.ok()) return error_of(opened.code, member);
    return Blob{std::make_shared<Descriptor>(std::move(opened.file)), 0, static_cast<uint64_t>(status.st_size)};
  };
  auto image = image_of(find, {}, platform, bounds);
  if (!image.ok()) return at_file(image.error(), directory);
  return image;
}

Result<Image> open_stream(ByteSource source, Bounds bounds) {
  auto once = std::make_shared<ByteSource>(std::move(source));  // shared by the copies of the function below
  const OpenSource open = [once]() -> Result<std::unique_ptr<ChunkSource>> {
    if (!*once) return Error{ErrorKind::conflict, "a stream can be read once only"};
    return std::unique_ptr<ChunkSource>(std::make_unique<CallbackChunks>(std::exchange(*once, nullptr)));
  };
  Image out;
  out.tree = std::make_unique<StreamTree>(open, std::nullopt, bounds);
  return out;
}

}  // namespace plimsoll::rootfs

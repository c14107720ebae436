// Any bytes as a `docker save` or OCI archive that streams in: manifest, index, configuration, members, layers, links.
#include <algorithm>
#include <cstdint>

#include "rootfs/tree.h"

using namespace plimsoll;
using namespace plimsoll::rootfs;

namespace {

struct ReadsAll : Visitor {
  bool wants(const Entry& entry) override { return entry.type == EntryType::file; }
  void visit(const Entry&, File& file) override { (void)file.read_all(1 << 20); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  size_t at = 0;
  const ByteSource source = [&](char* to, size_t capacity) -> Result<size_t> {
    const size_t count = std::min({size - at, capacity, size_t{3000}});
    std::copy_n(data + at, count, to);
    at += count;
    return count;
  };
  auto image = open_stream(source, {.entries = 10000, .layer_bytes = 8 << 20, .metadata_bytes = 1 << 20});
  ReadsAll visitor;
  if (image.ok() && image->tree->walk(visitor).ok()) {
    for (size_t i = 0; i < image->tree->layers().size() && i < 10; ++i) (void)image->tree->visible("etc/passwd", i);
  }
  return 0;
}

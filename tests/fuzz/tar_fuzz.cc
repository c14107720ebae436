// Any bytes as one layer: gzip, zstd or plain tar.
#include <cstdint>

#include "rootfs/layer_walk.h"

using namespace plimsoll;
using namespace plimsoll::rootfs;

namespace {

struct ReadsAll : Visitor {
  bool wants(const Entry& entry) override { return entry.path.size() % 4 != 3; }
  void visit(const Entry&, File& file) override {
    (void)file.read_at(1, 100);
    (void)file.read_at(50, 1 << 20);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryChunks chunks({reinterpret_cast<const char*>(data), size});
  ReadsAll visitor;
  const Bounds bounds{.entries = 10000, .layer_bytes = 8 << 20};
  const PathHash hash(1, 2);
  Omissions omissions;
  ImageWalk walk{visitor, bounds, hash, omissions};
  LayerIndex index(hash);
  SmallFiles small;
  (void)walk_layer(walk, {0, "layer 1 of 1", &chunks, nullptr}, index, small);
  (void)visible_in({&index, &index}, hash, "etc/passwd", 0);
  (void)omissions.list();
  return 0;
}

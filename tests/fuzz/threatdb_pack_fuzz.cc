// Any bytes as a pack, as if its signature were right: what is taken makes the same head again, names feeds only, and
// its pieces unpack to the size they promise or not at all.
#include <cstdint>
#include <cstdlib>

#include "threatdb/mirror.h"
#include "threatdb/pack_format.h"
#include "threatdb/pack_piece.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll::threatdb;
  const auto parts = split_pack({reinterpret_cast<const char*>(data), size});
  if (!parts.ok()) return 0;
  const auto manifest = parse_manifest(parts->manifest, parts->body.size());
  if (!manifest.ok()) return 0;
  if (pack_head(*manifest) != parts->signed_bytes) std::abort();
  uint64_t at = 0;
  for (const PackedFile& file : manifest->files) {
    if (!is_feed_name(file.name)) std::abort();
    const std::string_view piece = parts->body.substr(at, file.packed_size);
    at += file.packed_size;
    if (file.size > (uint64_t{8} << 20)) continue;
    const auto bytes = unpack_piece(piece, file.size, file.kind == PieceKind::patch ? "a base" : "");
    if (bytes.ok() && bytes->size() != file.size) std::abort();
  }
  return 0;
}

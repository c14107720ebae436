#include <fmt/format.h>

#include "base/bytes.h"
#include "inventory/rpm_database.h"
#include "inventory/rpm_header.h"

namespace plimsoll::inventory {
namespace {

// rpm's own "ndb" form (lib/backend/ndb/rpmpkg.c), little-endian: a header of 32 bytes, then pages of slots, then blobs
// in blocks of 16 bytes.
constexpr uint32_t magic_file = 0x506d7052;  // "RpmP"
constexpr uint32_t magic_slot = 0x746f6c53;  // "Slot"
constexpr uint32_t magic_blob = 0x53626c42;  // "BlbS"
constexpr uint32_t magic_tail = 0x45626c42;  // "BlbE"
constexpr size_t header_size = 32, slot_size = 16, page_size = 4096, block_size = 16;
constexpr size_t blob_head = 16, blob_tail = 12;

struct Slot {
  uint32_t package = 0, block = 0, blocks = 0;
};

// The blob a slot points at; its head and tail must agree with the slot.
Result<std::string_view> blob_of(std::string_view bytes, const Slot& slot) {
  const Error broken{ErrorKind::malformed, "a slot points at a broken blob"};
  ByteReader reader(bytes);
  if (!reader.seek(size_t{slot.block} * block_size)) return broken;
  const auto magic = reader.u32le(), package = reader.u32le(), generation = reader.u32le(), length = reader.u32le();
  if (!generation || !length || *magic != magic_blob || *package != slot.package) return broken;
  if (blob_head + uint64_t{*length} + blob_tail > uint64_t{slot.blocks} * block_size) return broken;
  const auto blob = reader.take(*length);
  if (!blob) return broken;
  // The tail stands at the end of the last block: checksum, length, magic.
  ByteReader tail(bytes);
  if (!tail.seek((size_t{slot.block} + slot.blocks) * block_size - blob_tail)) return broken;
  const auto checksum = tail.u32le(), again = tail.u32le(), end = tail.u32le();
  if (!checksum || !end || *again != *length || *end != magic_tail) return broken;
  return *blob;
}

}  // namespace

Result<Found> parse_rpm_ndb(std::string_view bytes, const FileSink& files) {
  ByteReader reader(bytes);
  const auto magic = reader.u32le(), version = reader.u32le(), generation = reader.u32le(), pages = reader.u32le();
  if (!pages || !generation || *magic != magic_file) return Error{ErrorKind::malformed, "is not an ndb database"};
  if (*version != 0) return Error{ErrorKind::unsupported, fmt::format("ndb version {} is not known", *version)};
  const uint64_t slots_end = uint64_t{*pages} * page_size;
  if (*pages == 0 || slots_end > bytes.size()) return Error{ErrorKind::malformed, "its slot pages are cut short"};
  Found found;
  RpmBlobs blobs(bytes.size(), found, files);
  size_t broken = 0;
  for (size_t at = header_size; at + slot_size <= slots_end; at += slot_size) {
    reader.seek(at);
    const auto mark = reader.u32le();
    const Slot slot{*reader.u32le(), *reader.u32le(), *reader.u32le()};
    if (*mark != magic_slot) {
      ++broken;
      continue;
    }
    if (slot.block == 0) continue;  // free
    const auto blob = blob_of(bytes, slot);
    if (!blob.ok())
      ++broken;
    else if (!blobs.take(*blob))
      break;
  }
  blobs.finish();
  if (broken > 0)
    not_assessed(found, fmt::format("{} slots", broken), "broken slots or blobs: packages may be missing");
  return found;
}

}  // namespace plimsoll::inventory

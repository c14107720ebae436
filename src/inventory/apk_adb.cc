#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "inventory/apk.h"

namespace plimsoll::inventory {
namespace {

// apk-tools 3, adb.h and apk_adb.h: a file header, then blocks; the block of type ADB holds values that refer to each
// other by offsets from the block's payload. Little-endian.
constexpr uint32_t magic_plain = 0x2e424441, magic_deflate = 0x64424441,
                   magic_packed = 0x63424441;  // "ADB." "ADBd" "ADBc"
constexpr uint32_t schema_installed = 0x00626469, schema_index = 0x78646e69, schema_package = 0x676b6370;
constexpr uint32_t block_adb = 0, block_extended = 3;
constexpr uint32_t type_mask = 0xf0000000, value_mask = 0x0fffffff;
constexpr uint32_t type_blob8 = 0x80000000, type_blob16 = 0x90000000, type_blob32 = 0xa0000000;
constexpr uint32_t type_array = 0xd0000000, type_object = 0xe0000000;
constexpr size_t max_unpacked = size_t{256} << 20;
constexpr uint64_t max_items = 4'000'000;  // values looked at in one file

// Field numbers of the schemas.
constexpr uint32_t idb_packages = 1, index_packages = 2;
constexpr uint32_t package_info = 1, package_paths = 2;
constexpr uint32_t info_name = 1, info_version = 2, info_arch = 5, info_origin = 7;
constexpr uint32_t directory_name = 1, directory_files = 3, file_name = 1;

Error broken(const char* why) {
  return Error{ErrorKind::malformed, std::string("its binary database is broken: ") + why};
}

Result<std::string> inflate_raw(std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return Error{ErrorKind::limit, "zlib could not be started"};
  const auto end = [](z_stream* s) { inflateEnd(s); };
  const std::unique_ptr<z_stream, decltype(end)> guard(&stream, end);
  std::string input(packed), out;
  stream.next_in = static_cast<Bytef*>(static_cast<void*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  int state = Z_OK;
  while (state == Z_OK) {
    const size_t have = out.size();
    if (have >= max_unpacked) return Error{ErrorKind::limit, "its binary database unpacks to more than the bound"};
    out.resize(have + (size_t{1} << 18));
    stream.next_out = static_cast<Bytef*>(static_cast<void*>(out.data() + have));
    stream.avail_out = uInt{1} << 18;
    state = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  if (state != Z_STREAM_END) return broken("compressed data");
  return out;
}

Result<std::string> unzstd(std::string_view packed) {
  const std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(), ZSTD_freeDStream);
  ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, 27);
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::string out;
  size_t state = 1;
  while (state != 0) {
    const size_t have = out.size();
    if (have >= max_unpacked) return Error{ErrorKind::limit, "its binary database unpacks to more than the bound"};
    out.resize(have + (size_t{1} << 18));
    ZSTD_outBuffer to{out.data() + have, size_t{1} << 18, 0};
    state = ZSTD_decompressStream(stream.get(), &to, &in);
    out.resize(have + to.pos);
    if (ZSTD_isError(state) || (to.pos == 0 && in.pos == in.size && state != 0)) return broken("compressed data");
  }
  return out;
}

class Adb {
 public:
  explicit Adb(std::string_view payload, uint64_t& budget) : payload_(payload), budget_(budget) {}

  uint32_t root() const { return number(4).value_or(0); }

  std::string_view blob(uint32_t value) const {
    const size_t at = value & value_mask, width = (value & type_mask) == type_blob8    ? 1
                                                  : (value & type_mask) == type_blob16 ? 2
                                                                                       : 4;
    if ((value & type_mask) < type_blob8 || (value & type_mask) > type_blob32) return {};
    ByteReader reader(payload_);
    if (!reader.seek(at)) return {};
    std::optional<uint32_t> length;
    if (width == 1)
      length = reader.u8();
    else if (width == 2)
      length = reader.u16le();
    else
      length = reader.u32le();
    const uint64_t cost = length ? *length / 64 : 0;  // values may overlap in a forged file
    budget_ -= std::min(budget_, cost);
    return length && budget_ > 0 ? reader.take(*length).value_or(std::string_view{}) : std::string_view{};
  }

  // The number of slots of an object or array (the slot 0 is this number itself); 0 for anything else.
  uint32_t slots(uint32_t value) const {
    if ((value & type_mask) != type_array && (value & type_mask) != type_object) return 0;
    const size_t at = value & value_mask;
    const uint32_t count = number(at).value_or(0);
    return uint64_t{count} * 4 > payload_.size() - std::min(at, payload_.size()) ? 0 : count;
  }
  uint32_t at(uint32_t value, uint32_t slot) const {
    if (slot >= slots(value) || budget_ == 0) return 0;
    --budget_;
    return number((value & value_mask) + size_t{slot} * 4).value_or(0);
  }
  bool exhausted() const { return budget_ == 0; }

 private:
  std::optional<uint32_t> number(size_t at) const {
    ByteReader reader(payload_);
    return reader.seek(at) ? reader.u32le() : std::nullopt;
  }
  std::string_view payload_;
  uint64_t& budget_;
};

// The payload of the first ADB block in `bytes`; empty when there is none.
std::string_view adb_block(std::string_view bytes) {
  ByteReader reader(bytes);
  while (reader.remaining() >= 4) {
    const size_t begin = reader.position();
    const uint32_t word = *reader.u32le();
    uint32_t type = word >> 30;
    uint64_t size = word & 0x3fffffff, head = 4;
    if (type == block_extended) {
      type = word & 0x3fffffff;
      head = 16;
      if (!reader.u32le()) return {};
      size = reader.u64le().value_or(0);
    }
    if (size < head || size > bytes.size() - begin) return {};
    if (type == block_adb) return bytes.substr(begin + head, size - head);
    if (!reader.seek(begin) || !reader.skip((size + 7) & ~uint64_t{7})) return {};
  }
  return {};
}

void add_info(const Adb& db, uint32_t info, Found& found) {
  Package package;
  package.type = PackageType::apk;
  package.name = std::string(db.blob(db.at(info, info_name)));
  package.version = std::string(db.blob(db.at(info, info_version)));
  package.arch = std::string(db.blob(db.at(info, info_arch)));
  package.source_name = std::string(db.blob(db.at(info, info_origin)));
  if (package.source_name.empty()) package.source_name = package.name;
  package.source_version = package.version;
  const bool bounded = package.name.size() <= max_field && package.version.size() <= max_field &&
                       package.arch.size() <= max_field && package.source_name.size() <= max_field;
  if (package.name.empty() || package.version.empty() || !bounded) {
    not_assessed(found, "package " + printable(package.name, 200), "its name or version is missing or too long");
    return;
  }
  found.packages.push_back(std::move(package));
}

void each_file(const Adb& db, uint32_t paths, const std::string& package, const FileSink& sink) {
  for (uint32_t d = 1; d < db.slots(paths) && !db.exhausted(); ++d) {
    const uint32_t directory = db.at(paths, d), files = db.at(directory, directory_files);
    const std::string_view name = db.blob(db.at(directory, directory_name));
    for (uint32_t f = 1; f < db.slots(files) && !db.exhausted(); ++f) {
      const std::string_view base = db.blob(db.at(db.at(files, f), file_name));
      if (name.size() + base.size() < max_owned_path)
        sink(package, name.empty() ? std::string(base) : std::string(name) + "/" + std::string(base));
    }
  }
}

void add_package(const Adb& db, uint32_t object, Found& found, const FileSink& sink) {
  const size_t before = found.packages.size();
  add_info(db, db.at(object, package_info), found);
  if (found.packages.size() > before) each_file(db, db.at(object, package_paths), found.packages.back().name, sink);
}

}  // namespace

Result<Found> parse_apk_adb(std::string_view bytes, const FileSink& files) {
  ByteReader reader(bytes);
  const auto magic = reader.u32le();
  std::string unpacked;
  if (magic == magic_deflate || magic == magic_packed) {
    uint8_t algorithm = 1;  // 0 none, 1 deflate, 2 zstd
    if (magic == magic_packed) {
      const auto said = reader.u8(), level = reader.u8();
      if (!level) return broken("cut short");
      algorithm = *said;
    }
    const std::string_view packed = bytes.substr(reader.position());
    if (algorithm > 2) return Error{ErrorKind::unsupported, "its binary database is compressed in an unknown way"};
    if (packed.size() > max_unpacked) return Error{ErrorKind::limit, "its binary database is larger than the bound"};
    PLIMSOLL_TRY(plain, algorithm == 0   ? Result<std::string>(std::string(packed))
                        : algorithm == 1 ? inflate_raw(packed)
                                         : unzstd(packed));
    unpacked = std::move(plain);
    bytes = unpacked;
    reader = ByteReader(bytes);
    if (reader.u32le() != magic_plain) return broken("no header");
  } else if (magic != magic_plain) {
    return broken("no header");
  }
  const auto schema = reader.u32le();
  if (!schema) return broken("cut short");
  if (*schema != schema_installed && *schema != schema_index && *schema != schema_package)
    return Error{ErrorKind::unsupported, "its binary database has an unknown schema"};
  const std::string_view payload = adb_block(bytes.substr(reader.position()));
  if (payload.size() < 8) return broken("no data block");
  uint64_t budget = max_items;
  const Adb db(payload, budget);
  Found found;
  if (*schema == schema_package) {
    add_package(db, db.root(), found, files);
  } else {
    const uint32_t list = db.at(db.root(), *schema == schema_installed ? idb_packages : index_packages);
    const uint32_t count = db.slots(list);
    if (list != 0 && count == 0) return broken("package list");
    for (uint32_t i = 1; i < count && !db.exhausted() && found.packages.size() < max_packages_in_file; ++i) {
      const uint32_t item = db.at(list, i);
      if (*schema == schema_index) {
        add_info(db, item, found);
        continue;
      }
      // In the installed database every package is an ADB of its own, inside a block.
      const std::string_view inner = adb_block(db.blob(item));
      if (inner.size() < 8) {
        not_assessed(found, "a package", "its entry is broken");
        continue;
      }
      const Adb one(inner, budget);
      add_package(one, one.root(), found, files);
    }
  }
  if (db.exhausted() || found.packages.size() >= max_packages_in_file)
    not_assessed(found, "the rest of the file", "more values than the bound");
  return found;
}

}  // namespace plimsoll::inventory

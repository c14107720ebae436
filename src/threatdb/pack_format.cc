#include "threatdb/pack_format.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/sha256.h"
#include "base/text.h"
#include "threatdb/mirror.h"

namespace plimsoll::threatdb {
namespace {

void put(std::string& to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>((value >> (8 * i)) & 0xff);
}
void put(std::string& to, const Hash& hash) { to.append(hash.data(), hash.size()); }

std::optional<Hash> take_hash(ByteReader& in) {
  const auto raw = in.take(sizeof(Hash));
  if (!raw) return std::nullopt;
  Hash out;
  std::memcpy(out.data(), raw->data(), out.size());
  return out;
}

Error broken(std::string why) { return Error{ErrorKind::malformed, "the pack is damaged: " + std::move(why)}; }

std::string manifest_bytes_of(const Manifest& manifest) {
  std::string out;
  put(out, static_cast<uint64_t>(manifest.created.time_since_epoch().count()), 8);
  put(out, manifest.base);
  put(out, manifest.files.size(), 4);
  for (const PackedFile& file : manifest.files) {
    put(out, static_cast<uint64_t>(file.kind), 1);
    put(out, file.name.size(), 2);
    out += file.name;
    put(out, file.size, 8);
    put(out, file.hash);
    put(out, file.packed_size, 8);
    put(out, file.packed_hash);
  }
  return out;
}

Result<PackedFile> parse_file(ByteReader& in) {
  PackedFile out;
  const auto kind = in.u8();
  const auto length = in.u16le();
  const auto name = length ? in.take(*length) : std::nullopt;
  const auto size = in.u64le();
  const auto hash = take_hash(in);
  const auto packed_size = in.u64le();
  const auto packed_hash = take_hash(in);
  if (!kind || !name || !size || !hash || !packed_size || !packed_hash) return broken("its manifest is cut short");
  if (*kind > static_cast<uint8_t>(PieceKind::patch)) return broken("a piece of unknown kind");
  out = {static_cast<PieceKind>(*kind), std::string(*name), *size, *hash, *packed_size, *packed_hash};
  if (!is_feed_name(out.name)) return broken("\"" + printable(out.name, 120) + "\" is the name of no feed");
  if (out.size > max_pack_file_bytes) {
    return Error{ErrorKind::limit, printable(out.name) + " is larger than 1 GiB, which a pack may not hold"};
  }
  if (out.kind == PieceKind::same && out.packed_size != 0) return broken("a piece for a file that stays the same");
  return out;
}

}  // namespace

Hash hash_of(std::string_view bytes) {
  const std::string hex = sha256_hex(bytes);
  Hash out;
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<char>(parse_uint(std::string_view(hex).substr(2 * i, 2), 16).value_or(0));
  }
  return out;
}

std::string hex_of(const Hash& hash) { return to_hex({hash.data(), hash.size()}); }

Hash content_id(const std::vector<PackedFile>& files) {
  std::string text;
  for (const PackedFile& file : files) {
    put(text, file.name.size(), 2);
    text += file.name;
    put(text, file.size, 8);
    put(text, file.hash);
  }
  return hash_of(text);
}

std::string pack_head(const Manifest& manifest) {
  const std::string inner = manifest_bytes_of(manifest);
  std::string out(pack_magic);
  put(out, pack_version, 4);
  put(out, inner.size(), 4);
  return out + inner;
}

Result<PackParts> split_pack(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.take(pack_magic.size()) != pack_magic) return Error{ErrorKind::malformed, "is not a pack"};
  const auto version = in.u32le(), length = in.u32le();
  if (version && *version != pack_version) {
    return Error{ErrorKind::unsupported, "is a pack of version " + std::to_string(*version) +
                                             "; this program reads version " + std::to_string(pack_version)};
  }
  if (length && *length > max_manifest_bytes) return broken("its manifest is too large");
  const auto manifest = length ? in.take(*length) : std::nullopt;
  const auto signature = manifest ? in.take(signature_bytes) : std::nullopt;
  if (!signature) return broken("it is cut short");
  const size_t head = in.position() - signature_bytes;
  return PackParts{bytes.substr(0, head), *manifest, *signature, bytes.substr(in.position())};
}

Result<Manifest> parse_manifest(std::string_view bytes, uint64_t body_bytes) {
  ByteReader in(bytes);
  const auto created = in.u64le();
  const auto base = take_hash(in);
  const auto count = in.u32le();
  if (!created || !base || !count) return broken("its manifest is cut short");
  if (*created > 0xffffffffff || *count > max_pack_files) return broken("its manifest is out of bounds");
  Manifest out;
  out.created = Instant(std::chrono::seconds(*created));
  out.base = *base;
  uint64_t left = body_bytes;
  for (uint32_t i = 0; i < *count; ++i) {
    PLIMSOLL_TRY(file, parse_file(in));
    if (!out.files.empty() && out.files.back().name >= file.name) return broken("its files are out of order");
    if (file.kind != PieceKind::whole && !out.is_delta()) return broken("it refers to a base that it does not name");
    if (file.packed_size > left) return broken("it is cut short");
    left -= file.packed_size;
    out.files.push_back(std::move(file));
  }
  if (left != 0 || in.remaining() != 0) return broken("it holds more than its manifest says");
  return out;
}

}  // namespace plimsoll::threatdb

#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// The bytes of a pack: one signed file that carries feeds to a machine without network. The grammar in words:
// docs/threatdb-pack.md.
namespace plimsoll::threatdb {

using Hash = std::array<char, 32>;  // SHA-256

inline constexpr std::string_view pack_magic = "PLIMPCK\n";
inline constexpr uint32_t pack_version = 1;
inline constexpr size_t signature_bytes = 64;
inline constexpr size_t max_manifest_bytes = size_t{4} << 20, max_pack_files = 10000;
inline constexpr uint64_t max_pack_file_bytes = uint64_t{1} << 30;  // of one feed

enum class PieceKind : uint8_t {
  whole = 0,  // a zstd frame
  same = 1,   // nothing: the file is as in the base
  patch = 2,  // a zstd frame whose matches may point into the base's file of the same name
};

struct PackedFile {
  PieceKind kind = PieceKind::whole;
  std::string name;  // in a mirror
  uint64_t size = 0;
  Hash hash{};               // of the file
  uint64_t packed_size = 0;  // of its piece in the body
  Hash packed_hash{};        // of that piece
  bool operator==(const PackedFile&) const = default;
};

struct Manifest {
  Instant created{};
  Hash base{};                    // content id of what a delta changes; zeros: a whole pack
  std::vector<PackedFile> files;  // sorted by name; their pieces follow in this order
  bool is_delta() const { return base != Hash{}; }
  bool operator==(const Manifest&) const = default;
};

// A pack taken apart; views into it.
struct PackParts {
  std::string_view signed_bytes, manifest, signature, body;
};

Hash hash_of(std::string_view bytes);
std::string hex_of(const Hash& hash);

// What a set of files is, whichever pack brought it: the hash of their names, sizes and hashes.
Hash content_id(const std::vector<PackedFile>& files);

// Everything in front of the signature.
std::string pack_head(const Manifest& manifest);

// Finds the parts by the head alone. malformed: no pack, cut short; unsupported: of another version.
Result<PackParts> split_pack(std::string_view bytes);

// Reads a manifest; call only when its signature is right. malformed: names that are no feed's or out of order, sizes
// out of bounds, a delta's pieces without a base, pieces that do not make up `body_bytes` exactly.
Result<Manifest> parse_manifest(std::string_view bytes, uint64_t body_bytes);

}  // namespace plimsoll::threatdb

#pragma once
#include <optional>
#include <string>

#include "base/result.h"
#include "threatdb/pack_format.h"
#include "threatdb/signing.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {

struct PackReport {
  Manifest manifest;
  uint64_t bytes = 0;  // of the pack's file
};

// Writes the feeds of `folder` (a mirror, or the cache beside a database) as one signed file, beside and renamed. With
// `since`, an older whole pack signed with the same key, only what differs from that one. malformed, not_found: the
// folder holds no archive, or a damaged file; the older pack is a delta itself, or not ours.
Result<PackReport> write_pack(const std::string& folder, const std::string& path, const SigningKey& key,
                              const std::string& since);

// Makes what a pack holds the feeds beside `db_path`, then builds the database from them. Signature and hashes are
// verified before anything is used; until everything is verified and the database is built, nothing is changed.
// With `base`, a delta
// changes the feeds of that whole pack in place of those here. denied: not signed with `key`. malformed: damaged.
// conflict: a delta of other feeds; a
// pack older than the one unpacked last; a database that would lose what the pack does not have.
struct UnpackReport {
  Manifest manifest;
  ImportReport built;
};
Result<UnpackReport> unpack(const std::string& path, const SigningKey& key, const std::string& db_path,
                            const std::string& base = {}, system::sandbox::Sandbox* sandbox = nullptr);

// A pack held in memory, verified as far as its manifest. Pieces are verified as they are read.
struct VerifiedPack {
  Manifest manifest;
  std::string_view body;
};
Result<VerifiedPack> verify_pack(std::string_view bytes, const SigningKey& key);

// The content of file `index`; `base` is that of the same name in the base, for a patch.
Result<std::string> read_packed(const VerifiedPack& pack, size_t index, std::string_view base);

}  // namespace plimsoll::threatdb

#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "feed/advisory.h"
#include "feed/modified_ids.h"

namespace plimsoll::threatdb {

// One ecosystem's archive, read through once.
struct OsvArchive {
  feed::ZipReader zip;
  std::vector<feed::ModifiedId> records;  // by id; a record that breaks the schema has `unreadable_time`
};

// Stands for "no newer one is known" of a record that can not be read: it is told when the database is built.
inline constexpr Instant unreadable_time = Instant::max();

// Reads every entry of an archive held in memory, checksums included. malformed: the archive or one entry is damaged,
// or more than a tenth of its records are no OSV records.
Result<OsvArchive> read_archive(std::string_view bytes);

// The archive with `fresh` records (id to JSON) put in place of the old ones or added, and without those `gone`.
// Entries that stay are copied unread.
Result<std::string> patched_archive(const feed::ZipReader& zip, const std::map<std::string, std::string>& fresh,
                                    const std::set<std::string>& gone);

}  // namespace plimsoll::threatdb

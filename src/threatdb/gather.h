#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "threatdb/image.h"
#include "threatdb/mirror.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {

// Everything one import reads, held until it is gathered.
struct Material {
  struct Archive {
    std::string name;  // "osv/Debian": the source's name in the database
    feed::ZipReader zip;
  };
  struct Document {  // OSV JSON outside an archive
    std::string name;
    std::string_view json;
  };
  std::vector<Bytes> bytes;  // what all views point into
  std::vector<std::string> unpacked;
  std::vector<Archive> archives;
  std::vector<Document> documents;
  std::string_view exploited, epss, cvss;  // empty: not there
};

// Parses all of it, on as many threads as there are processors (at most eight), and writes the database to the open
// file `descriptor`; `path` is its name in messages. Records that can not be read are named in the report's `skipped`;
// malformed when not one record could be read.
Result<ImportReport> build(Material material, const std::string& from, const std::string& path, int descriptor);

// Builds `path` from a mirror, in a worker of `sandbox` when there is one; hold its lock. Optional feeds that the
// mirror does not have are named in `missing`.
Result<ImportReport> import_locked(Mirror& mirror, const std::string& from, const std::string& path,
                                   IncompleteList& missing, system::sandbox::Sandbox* sandbox);

// Sorts one file by its content into `material`. malformed: none of the formats we know.
Status recognise(const std::string& path, Bytes bytes, Material& material);

// The elements of a JSON array, by brackets and quotes alone; malformed when they do not close. `limit` bounds them.
Result<std::vector<std::string_view>> split_array(std::string_view json, size_t limit);

}  // namespace plimsoll::threatdb

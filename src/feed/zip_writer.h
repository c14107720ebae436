#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "feed/advisory.h"

namespace plimsoll::feed {

// Writes a zip archive in memory (PKWARE's APPNOTE 6.3; a zip64 directory when there are more than 65534 entries). All
// entries carry one fixed date, so that the same entries give the same bytes.
class ZipWriter {
 public:
  // An entry of another archive, copied as it lies there.
  void add(std::string_view name, const ZipReader::Packed& entry);
  // A new entry, deflated when that makes it smaller.
  void add(std::string_view name, std::string_view text);
  // limit: the archive would be 4 GiB or larger, or a name longer than 65535 bytes. Ends the writer's use.
  Result<std::string> finish();

 private:
  std::string body_, directory_;
  uint64_t entries_ = 0;
  bool too_large_ = false;
};

}  // namespace plimsoll::feed

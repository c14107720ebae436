// An APKINDEX.tar.gz of a stranger; input without gzip's magic number is taken as the index's text.
#include <cstdint>
#include <string>
#include <string_view>

#include "repository/apk_index.h"

using namespace plimsoll::repository;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  if (!file.starts_with("\x1f\x8b")) {
    parse_apk_entries(file);
    parse_apk_repositories(file);
    return 0;
  }
  if (const auto index = parse_apk_index(file); index.ok())
    (void)verify_apk_index(*index, file, Files({{"etc/apk/keys/a.pub", std::string(file)}})).ok();
  return 0;
}

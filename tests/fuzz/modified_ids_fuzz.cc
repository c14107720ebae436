// Any bytes as modified_id.csv: what comes out is sorted, names no path, and survives being written and read again.
#include <cstdint>
#include <cstdlib>

#include "feed/modified_ids.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll::feed;
  const auto ids = parse_modified_ids({reinterpret_cast<const char*>(data), size});
  if (!ids.ok()) return 0;
  for (size_t i = 0; i < ids->size(); ++i) {
    if ((*ids)[i].id.find('/') != std::string::npos || (i > 0 && (*ids)[i - 1].id >= (*ids)[i].id)) std::abort();
  }
  const auto again = parse_modified_ids(write_modified_ids(*ids));
  if (!again.ok() || *again != *ids) std::abort();
  return 0;
}

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "journal/cursor.h"

// A cursor comes back from a client: whatever is taken for one means the same when it is written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll::journal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_number_cursor(text).ok();
  const auto cursor = parse_cursor(text);
  if (!cursor.ok() || !*cursor) return 0;
  const auto again = parse_cursor(to_text(**cursor));
  if (!again.ok() || (*again)->key != (*cursor)->key || (*again)->no != (*cursor)->no) std::abort();
  return 0;
}

// What the two processes of `plimsoll serve` say to each other about responses, and what lies on disk: whatever the
// bytes, no crash; what is taken is written and read back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "wire/response_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto record = wire::response_from_json(text); record.ok()) {
    const std::string once = wire::response_to_json(*record);
    const auto again = wire::response_from_json(once);
    if (once.size() <= (size_t{1} << 20) && (!again.ok() || wire::response_to_json(*again) != once)) std::abort();
  }
  if (const auto request = wire::request_from_json(text); request.ok()) {
    const auto again = wire::request_from_json(wire::request_to_json(*request));
    if (!again.ok() || again->kind != request->kind) std::abort();
  }
  (void)wire::answer_from_json(text);
  return 0;
}

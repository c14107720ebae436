// Files of time zones (TZif): refused, or usable at any time.
#include <cstdint>
#include <string_view>

#include "notify/time_zone.h"

using namespace plimsoll;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto zone = notify::TimeZone::parse({reinterpret_cast<const char*>(data), size});
  if (!zone.ok()) return 0;
  for (const int64_t at : {int64_t{-4'000'000'000}, int64_t{0}, int64_t{1'790'000'000}, int64_t{9'000'000'000}})
    (void)zone->moment_of(Instant(std::chrono::seconds(at)));
  return 0;
}

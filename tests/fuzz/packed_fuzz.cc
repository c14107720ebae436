// Bytes that claim to come from a worker: whatever is accepted must survive being packed and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/packed.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  const auto report = wire::unpack<Report>(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!report.ok()) return 0;
  const std::string packed = wire::pack(*report);
  const auto again = wire::unpack<Report>(packed);
  if (!again.ok() || wire::pack(*again) != packed) std::abort();
  return 0;
}

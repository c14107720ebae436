// Bytes that claim to be a recording: whatever is accepted must survive being written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;
  const auto report = wire::facts_from_json(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz");
  if (!report.ok()) return 0;
  const std::string written = wire::facts_to_json(*report);
  const auto again = wire::facts_from_json(written, "fuzz");
  if (!again.ok() || wire::facts_to_json(*again) != written) std::abort();
  return 0;
}

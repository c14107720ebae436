// A stored report, of one asset or of the whole: what is read can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/report_json.h"
#include "wire/report_reader.h"

using namespace plimsoll;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const Result<AssetReport> asset = wire::asset_from_json(text); asset.ok()) {
    if (asset->asset.id.empty() || !wire::asset_from_json(wire::asset_to_json(*asset)).ok()) std::abort();
  }
  if (const Result<Report> whole = wire::overview_from_json(text); whole.ok()) {
    if (!wire::overview_from_json(wire::report_to_json(*whole)).ok()) std::abort();
  }
  if (const Result<Report> whole = wire::report_from_json(text, "fuzz.json"); whole.ok()) {
    if (!wire::report_from_json(wire::report_to_json(*whole), "fuzz.json").ok()) std::abort();
  }
  return 0;
}

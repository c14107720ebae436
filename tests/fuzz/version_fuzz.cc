// Input: two versions with a zero byte or line break between. Every scheme: no crash, an order exactly where both are
// valid, and the same order from both ends.
#include <compare>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "version/compare.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll::version;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t cut = text.find_first_of(std::string_view("\0\n", 2));
  const std::string_view a = text.substr(0, cut), b = cut == std::string_view::npos ? a : text.substr(cut + 1);
  for (int i = 0; i < 10; ++i) {
    const auto scheme = static_cast<Scheme>(i);
    const auto ab = compare(scheme, a, b), ba = compare(scheme, b, a), aa = compare(scheme, a, a);
    if (ab.has_value() != (is_valid(scheme, a) && is_valid(scheme, b))) std::abort();
    if (ab.has_value() != ba.has_value() || (ab && *ab != (0 <=> *ba))) std::abort();
    if (aa.has_value() != is_valid(scheme, a) || (aa && *aa != 0)) std::abort();
  }
  return 0;
}

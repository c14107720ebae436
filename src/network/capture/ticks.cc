#include "network/capture/ticks.h"

#include <algorithm>

namespace plimsoll::network {
namespace {

constexpr int64_t year_10000 = 253'402'300'800;
constexpr uint64_t million = 1'000'000;

// 10^exponent, as far as 64 bits reach.
uint64_t power_of_ten(unsigned exponent) {
  uint64_t out = 1;
  for (unsigned i = 0; i < std::min(exponent, 19u); ++i) out *= 10;
  return out;
}

}  // namespace

Time from_seconds(int64_t seconds, uint32_t microseconds) {
  const int64_t whole = std::clamp<int64_t>(seconds, 0, year_10000 - 1);
  return Time(std::chrono::seconds(whole) + std::chrono::microseconds(std::min<uint64_t>(microseconds, million - 1)));
}

Time from_ticks(uint64_t ticks, uint8_t resolution, int64_t offset_seconds) {
  const unsigned exponent = resolution & 0x7f;
  uint64_t seconds = 0, part = 0;
  if ((resolution & 0x80) == 0) {
    const uint64_t unit = power_of_ten(exponent);
    seconds = ticks / unit;
    const uint64_t rest = ticks % unit;
    part = exponent <= 6 ? rest * (million / unit) : rest / (unit / million);
  } else if (exponent < 64) {
    seconds = ticks >> exponent;
    uint64_t rest = exponent == 0 ? 0 : ticks << (64 - exponent) >> 24;  // 40 bits of the fraction
    part = rest * million >> 40;
  }
  const int64_t offset = std::clamp<int64_t>(offset_seconds, -year_10000, year_10000);
  return from_seconds(static_cast<int64_t>(std::min<uint64_t>(seconds, year_10000)) + offset,
                      static_cast<uint32_t>(part));
}

}  // namespace plimsoll::network

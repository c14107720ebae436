#include "cli/duration.h"

#include "base/text.h"

namespace plimsoll::cli {

using std::chrono::milliseconds;

std::optional<milliseconds> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    uint64_t milliseconds;
  };
  constexpr Unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"", 1000}};
  for (const Unit& unit : units) {
    if (text.size() <= unit.name.size() || !text.ends_with(unit.name)) continue;
    const auto number = parse_uint(text.substr(0, text.size() - unit.name.size()));
    constexpr uint64_t most = 100'000'000;
    if (number && *number > 0 && *number < most) return milliseconds(*number * unit.milliseconds);
  }
  return std::nullopt;
}

}  // namespace plimsoll::cli

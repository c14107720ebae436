#pragma once
#include <optional>
#include <string_view>

#include "base/text.h"
#include "model/report.h"

// What every reader of described values from outside does with one when its members are there, whatever the format.
namespace plimsoll::wire {

// Makes `v` keep the model's promises; or why it cannot be such a value.
template <class T>
std::optional<std::string_view> settle(T&) {
  return std::nullopt;
}
// These texts may be printed as they are.
inline std::optional<std::string_view> settle(Incomplete& v) {
  constexpr size_t longest = size_t{64} << 10;
  v = {printable(v.what, longest), printable(v.reason, longest), printable(v.remedy, longest)};
  return std::nullopt;
}
inline std::optional<std::string_view> settle(AssetReport& v) {
  if (v.container && v.host) return "is a container and a host at once";
  return std::nullopt;
}

}  // namespace plimsoll::wire

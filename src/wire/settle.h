#pragma once
#include <algorithm>
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
inline std::optional<std::string_view> settle(NetworkEvent& v) {
  constexpr size_t longest = 4096;
  v.title = printable(v.title, longest);
  v.evidence = printable(v.evidence, longest);
  return std::nullopt;
}
inline std::optional<std::string_view> settle(AssetBehaviour& v) {
  constexpr size_t longest = 4096;
  // Shares; what is no number is none.
  for (double* share : {&v.learned, &v.weight}) *share = *share >= 0 ? std::min(*share, 1.0) : 0;
  for (std::string& anomaly : v.anomalies) anomaly = printable(anomaly, longest);
  for (double* share : {&v.learned, &v.weight}) *share = *share > 0 ? std::min(*share, 1.0) : 0.0;  // also not a number
  return std::nullopt;
}
inline std::optional<std::string_view> settle(AssetReport& v) {
  if (v.container && v.host) return "is a container and a host at once";
  return std::nullopt;
}

}  // namespace plimsoll::wire

#pragma once
#include <optional>
#include <string>
#include <utility>

namespace plimsoll {

// A thing read from the machine, or the reason why it could not be read. Never defaults to "fine".
template <class T>
struct Fact {
  std::optional<T> value;
  std::string source;   // where it was read: "/proc/812/status CapEff", "inspect HostConfig.Privileged"
  std::string unknown;  // why there is no value; empty when there is one

  bool known() const { return value.has_value(); }
  bool is(const T& expected) const { return value && *value == expected; }
  static Fact of(T v, std::string from = {}) { return {std::move(v), std::move(from), {}}; }
  static Fact missing(std::string why, std::string from = {}) {
    return {std::nullopt, std::move(from), std::move(why)};
  }
  bool operator==(const Fact&) const = default;
};

}  // namespace plimsoll

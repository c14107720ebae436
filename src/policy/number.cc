#include "policy/number.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace plimsoll::policy {
namespace {

std::optional<double> number_of(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::scalar || node.quoted) return std::nullopt;
  double value = 0;
  const char* end = node.text.data() + node.text.size();
  const auto [stop, failed] = std::from_chars(node.text.data(), end, value);
  if (failed != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> number_in(const YamlNode& node, std::string_view name, double low, double high, bool whole,
                                Faults& faults) {
  const auto value = number_of(node);
  const std::string wanted = fmt::format("{} from {:g} to {:g}", whole ? "a whole number" : "a number", low, high);
  if (!value) {
    faults.add(node, fmt::format("{} must be a number; write {}", name, wanted));
  } else if (*value < low || *value > high || (whole && std::floor(*value) != *value)) {
    faults.add(node, fmt::format("{} is {}, out of range; write {}", name, printable(node.text, 40), wanted));
  } else {
    return value;
  }
  return std::nullopt;
}

}  // namespace plimsoll::policy

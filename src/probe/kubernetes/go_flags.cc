#include "probe/kubernetes/go_flags.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/text.h"

namespace plimsoll::probe::kubernetes {
namespace {

constexpr size_t kMaxElements = 4096;  // of one list

// strconv.ParseBool.
std::optional<bool> boolean_of(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<int64_t> integer_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto number = parse_uint(negative || text.starts_with('+') ? text.substr(1) : text);
  if (!number || *number > INT64_MAX) return std::nullopt;
  return negative ? -static_cast<int64_t>(*number) : static_cast<int64_t>(*number);
}

struct Unit {
  std::string_view name;
  double seconds;
};
constexpr std::array<Unit, 8> kUnits = {
    {{"ns", 1e-9}, {"us", 1e-6}, {"µs", 1e-6}, {"μs", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}}};

// time.ParseDuration, in whole seconds away from zero.
std::optional<int64_t> duration_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty() || text.size() > 200) return std::nullopt;
  double seconds = 0;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string_view number = text.substr(0, digits);
    const auto point = number.find('.');
    const auto whole = parse_uint(number.substr(0, point));
    const auto part = point == std::string_view::npos ? std::string_view() : number.substr(point + 1);
    const auto fraction = part.empty() ? std::optional<uint64_t>(0) : parse_uint(part);
    text.remove_prefix(digits);
    const std::string_view name = text.substr(0, std::min(text.find_first_of("0123456789."), text.size()));
    const auto* unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == name; });
    if (!whole || !fraction || unit == kUnits.end()) return std::nullopt;
    text.remove_prefix(name.size());
    seconds += unit->seconds * (static_cast<double>(*whole) +
                                static_cast<double>(*fraction) / std::pow(10.0, static_cast<double>(part.size())));
  }
  if (seconds > 1e15) return std::nullopt;
  const auto rounded = static_cast<int64_t>(std::ceil(seconds));
  return negative ? -rounded : rounded;
}

FactTree not_a(const char* what, const std::string& text, std::string source) {
  return FactTree::unknown_because(printable(text, 80) + " is no " + what, std::move(source));
}

std::vector<std::string> elements_of(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values) {
    for (const auto part : split(value, ',')) {
      if (!trim(part).empty() && out.size() < kMaxElements) out.emplace_back(trim(part));
    }
  }
  return out;
}

}  // namespace

Flags parse_flags(const std::vector<std::string>& arguments, IsSwitch is_switch) {
  Flags flags;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view word = arguments[i];
    if (word == "--") break;
    if (word.size() < 2 || word[0] != '-') continue;
    word.remove_prefix(word[1] == '-' ? 2 : 1);
    const size_t equals = word.find('=');
    std::string name(word.substr(0, equals));
    std::replace(name.begin(), name.end(), '_', '-');
    const bool takes_next = equals == std::string_view::npos && !is_switch(name) && i + 1 < arguments.size() &&
                            !arguments[i + 1].starts_with("--");
    if (equals != std::string_view::npos) {
      flags[name].emplace_back(word.substr(equals + 1));
    } else {
      flags[name].push_back(takes_next ? arguments[++i] : "true");
    }
  }
  return flags;
}

FactTree typed_value(ValueType type, const std::vector<std::string>& values, std::string source) {
  const std::string last = values.empty() ? "" : values.back();
  switch (type) {
    case ValueType::boolean: {
      const auto value = boolean_of(last);
      return value ? FactTree::of(*value, std::move(source)) : not_a("truth value", last, std::move(source));
    }
    case ValueType::integer: {
      const auto value = integer_of(last);
      return value ? FactTree::of(*value, std::move(source)) : not_a("whole number", last, std::move(source));
    }
    case ValueType::duration: {
      const auto value = duration_of(last);
      return value ? FactTree::of(*value, std::move(source)) : not_a("duration", last, std::move(source));
    }
    case ValueType::text:
      return FactTree::of(last, std::move(source));
    case ValueType::list: {
      FactTree list = FactTree::list_of({}, std::move(source));
      for (std::string& element : elements_of(values)) list.items.push_back(FactTree::of(std::move(element)));
      return list;
    }
    case ValueType::map: {
      FactTree map = FactTree::map_of({}, std::move(source));
      for (const std::string& element : elements_of(values)) {
        const size_t equals = element.find('=');
        const std::string value = equals == std::string::npos ? "true" : element.substr(equals + 1);
        const auto truth = boolean_of(value);
        map.members[element.substr(0, equals)] = truth ? FactTree::of(*truth) : FactTree::of(value);
      }
      return map;
    }
  }
  return FactTree::unknown_because("no such type");
}

}  // namespace plimsoll::probe::kubernetes

#include "base/error.h"

#include <array>

namespace plimsoll {

std::string_view name_of(ErrorKind kind) {
  constexpr std::array<std::string_view, 9> names = {
      "not found", "denied", "unreachable", "malformed", "unsupported", "over limit", "conflict", "timeout", "bug"};
  return names.at(static_cast<size_t>(kind));
}

std::string Error::to_string() const {
  std::string line = context.empty() ? message : context + ": " + message;
  if (!advice.empty()) line += "; " + advice;
  return line;
}

}  // namespace plimsoll

#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace plimsoll {

// One line of two texts laid beside each other; `text` points into the text that was given.
struct DiffLine {
  enum class Kind { same, removed, added } kind = Kind::same;
  std::string_view text;
};

// How `before` becomes `after`, line by line, with as few lines changed as can be. Nothing where the parts that differ
// are too long to be compared (2000 lines each, or what comes to the same).
std::optional<std::vector<DiffLine>> line_diff(std::string_view before, std::string_view after);

}  // namespace plimsoll

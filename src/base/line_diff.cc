#include "base/line_diff.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace plimsoll {
namespace {

constexpr size_t most_cells = size_t{2000} * 2000;  // so that what is the same in both is fewer than 65536 lines

using Lines = std::vector<std::string_view>;

// The longest common subsequence of the lines from `head` on but for the last `tail`.
void compare(const Lines& a, const Lines& b, size_t head, size_t tail, std::vector<DiffLine>& out) {
  const size_t rows = a.size() - head - tail, columns = b.size() - head - tail;
  std::vector<uint16_t> same((rows + 1) * (columns + 1));
  const auto at = [&](size_t i, size_t j) -> uint16_t& { return same[i * (columns + 1) + j]; };
  for (size_t i = rows; i-- > 0;) {
    for (size_t j = columns; j-- > 0;)
      at(i, j) = a[head + i] == b[head + j] ? static_cast<uint16_t>(at(i + 1, j + 1) + 1)
                                            : std::max(at(i + 1, j), at(i, j + 1));
  }
  for (size_t i = 0, j = 0; i < rows || j < columns;) {
    if (i < rows && j < columns && a[head + i] == b[head + j]) {
      out.push_back({DiffLine::Kind::same, a[head + i++]});
      ++j;
    } else if (j == columns || (i < rows && at(i + 1, j) >= at(i, j + 1))) {
      out.push_back({DiffLine::Kind::removed, a[head + i++]});
    } else {
      out.push_back({DiffLine::Kind::added, b[head + j++]});
    }
  }
}

}  // namespace

std::optional<std::vector<DiffLine>> line_diff(std::string_view before, std::string_view after) {
  const Lines a = split(before, '\n'), b = split(after, '\n');
  const size_t shorter = std::min(a.size(), b.size());
  size_t head = 0, tail = 0;
  while (head < shorter && a[head] == b[head]) ++head;
  while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  if ((a.size() - head - tail) * (b.size() - head - tail) > most_cells) return std::nullopt;
  std::vector<DiffLine> out;
  for (size_t i = 0; i < head; ++i) out.push_back({DiffLine::Kind::same, a[i]});
  compare(a, b, head, tail, out);
  for (size_t i = a.size() - tail; i < a.size(); ++i) out.push_back({DiffLine::Kind::same, a[i]});
  return out;
}

}  // namespace plimsoll

#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll::feed {

// One metric of a vector: its name and the values it may take, blank-separated. Parsed values are positions in that
// list.
struct Metric {
  std::string_view name;
  std::string_view values;
  bool base = false;  // must be present
};

constexpr int8_t kAbsent = -1;

// Parses "AV:N/AC:L/..." (no prefix) by the table into positions; kAbsent where a metric is not given.
// False for an unknown metric or value, a repeated one, or a base metric left out. Any order is accepted.
bool parse_metrics(std::string_view text, std::span<const Metric> table, std::span<int8_t> values);

// The CVSS v4.0 score, in tenths, of a vector without its "CVSS:4.0/" prefix; `attack_vector` becomes the position of
// the effective AV in "N A L P". -1 for an invalid vector.
int score_v4_tenths(std::string_view metrics, int& attack_vector);

// Scores of the 270 MacroVectors in tenths, -1 where there is none: cvss_v4_table.cc.
int macrovector_tenths(const std::array<int, 6>& eq);

}  // namespace plimsoll::feed

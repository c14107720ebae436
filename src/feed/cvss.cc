#include "feed/cvss.h"

#include <algorithm>
#include <cmath>

#include "feed/cvss_metrics.h"

namespace plimsoll::feed {
namespace {

constexpr size_t kMaxVector = 1024;

// Position of `value` in a blank-separated list, or kAbsent.
int8_t position_of(std::string_view value, std::string_view list) {
  int8_t at = 0;
  while (!list.empty()) {
    const size_t end = list.find(' ');
    if (list.substr(0, end) == value) return at;
    if (end == std::string_view::npos) break;
    list.remove_prefix(end + 1);
    ++at;
  }
  return kAbsent;
}

// Index of the metric `name`, looked for from `hint` on: vectors nearly always keep the order of the specification.
size_t find_metric(std::string_view name, std::span<const Metric> table, size_t hint) {
  for (size_t i = 0; i < table.size(); ++i) {
    const size_t at = (hint + i) % table.size();
    if (table[at].name == name) return at;
  }
  return table.size();
}

// CVSS v2.0, section 3.2.1 of FIRST's guide.
constexpr std::array<Metric, 14> kV2 = {{{"AV", "L A N", true},
                                         {"AC", "H M L", true},
                                         {"Au", "M S N", true},
                                         {"C", "N P C", true},
                                         {"I", "N P C", true},
                                         {"A", "N P C", true},
                                         {"E", "U POC F H ND"},
                                         {"RL", "OF TF W U ND"},
                                         {"RC", "UC UR C ND"},
                                         {"CDP", "N L LM MH H ND"},
                                         {"TD", "N L M H ND"},
                                         {"CR", "L M H ND"},
                                         {"IR", "L M H ND"},
                                         {"AR", "L M H ND"}}};

std::optional<CvssScore> score_v2(std::string_view metrics) {
  constexpr double kAv[] = {0.395, 0.646, 1.0}, kAc[] = {0.35, 0.61, 0.71}, kAu[] = {0.45, 0.56, 0.704};
  constexpr double kImpact[] = {0.0, 0.275, 0.660};
  std::array<int8_t, kV2.size()> m;
  if (!parse_metrics(metrics, kV2, m)) return std::nullopt;
  const double impact = 10.41 * (1 - (1 - kImpact[m[3]]) * (1 - kImpact[m[4]]) * (1 - kImpact[m[5]]));
  const double exploitability = 20 * kAv[m[0]] * kAc[m[1]] * kAu[m[2]];
  const double base = (0.6 * impact + 0.4 * exploitability - 1.5) * (m[3] + m[4] + m[5] == 0 ? 0 : 1.176);
  // To the nearest tenth; the small term only undoes binary rounding.
  const double score = std::floor(std::clamp(base, 0.0, 10.0) * 10 + 0.5 + 1e-9) / 10;
  return CvssScore{score, 2, attack_vector_of("LAN"[m[0]])};
}

// CVSS v3.0 and v3.1 share metrics and values; only the rounding differs.
constexpr std::array<Metric, 22> kV3 = {
    {{"AV", "N A L P", true}, {"AC", "L H", true},  {"PR", "N L H", true}, {"UI", "N R", true}, {"S", "U C", true},
     {"C", "H L N", true},    {"I", "H L N", true}, {"A", "H L N", true},  {"E", "X H F P U"},  {"RL", "X U W T O"},
     {"RC", "X C R U"},       {"CR", "X H M L"},    {"IR", "X H M L"},     {"AR", "X H M L"},   {"MAV", "X N A L P"},
     {"MAC", "X L H"},        {"MPR", "X N L H"},   {"MUI", "X N R"},      {"MS", "X U C"},     {"MC", "X N L H"},
     {"MI", "X N L H"},       {"MA", "X N L H"}}};

// Appendix A of the v3.1 specification: round up to a tenth in whole numbers, free of binary noise.
double round_up_v31(double value) {
  const auto scaled = static_cast<int64_t>(std::llround(value * 100000));
  return scaled % 10000 == 0 ? static_cast<double>(scaled) / 100000 : static_cast<double>(scaled / 10000 + 1) / 10;
}

// v3.0 only says "round up"; the small term undoes binary rounding.
double round_up_v30(double value) { return std::ceil(value * 10 - 1e-9) / 10; }

std::optional<CvssScore> score_v3(std::string_view metrics, bool v31) {
  constexpr double kAv[] = {0.85, 0.62, 0.55, 0.2}, kAc[] = {0.77, 0.44}, kUi[] = {0.85, 0.62};
  constexpr double kPr[2][3] = {{0.85, 0.62, 0.27}, {0.85, 0.68, 0.5}};  // scope unchanged, changed
  constexpr double kImpact[] = {0.56, 0.22, 0.0};
  std::array<int8_t, kV3.size()> m;
  if (!parse_metrics(metrics, kV3, m)) return std::nullopt;
  const bool changed = m[4] == 1;
  const double iss = 1 - (1 - kImpact[m[5]]) * (1 - kImpact[m[6]]) * (1 - kImpact[m[7]]);
  const double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * std::pow(iss - 0.02, 15) : 6.42 * iss;
  const double exploitability = 8.22 * kAv[m[0]] * kAc[m[1]] * kPr[changed][m[2]] * kUi[m[3]];
  double score = 0;
  if (impact > 0) {
    const double sum = std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0);
    score = v31 ? round_up_v31(sum) : round_up_v30(sum);
  }
  return CvssScore{score, 3, attack_vector_of("NALP"[m[0]])};
}

std::optional<CvssScore> score_v4(std::string_view metrics) {
  int attack_vector = 0;
  const int tenths = score_v4_tenths(metrics, attack_vector);
  if (tenths < 0) return std::nullopt;
  return CvssScore{tenths / 10.0, 4, attack_vector_of("NALP"[attack_vector])};
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

bool parse_metrics(std::string_view text, std::span<const Metric> table, std::span<int8_t> values) {
  std::fill(values.begin(), values.end(), kAbsent);
  for (size_t hint = 0;;) {
    const size_t end = text.find('/');
    const std::string_view part = text.substr(0, end);
    const size_t colon = part.find(':');
    if (colon == std::string_view::npos) return false;
    const size_t metric = find_metric(part.substr(0, colon), table, hint);
    if (metric == table.size() || values[metric] != kAbsent) return false;
    values[metric] = position_of(part.substr(colon + 1), table[metric].values);
    if (values[metric] == kAbsent) return false;
    hint = metric + 1;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (text.empty()) break;  // one slash at the end is common in the wild
  }
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i].base && values[i] == kAbsent) return false;
  }
  return true;
}

std::optional<CvssScore> score_cvss(std::string_view vector) {
  if (vector.size() > kMaxVector) return std::nullopt;
  if (vector.size() > 2 && vector.front() == '(' && vector.back() == ')') vector = vector.substr(1, vector.size() - 2);
  if (take_prefix(vector, "CVSS:3.1/")) return score_v3(vector, true);
  if (take_prefix(vector, "CVSS:3.0/")) return score_v3(vector, false);
  if (take_prefix(vector, "CVSS:4.0/")) return score_v4(vector);
  if (!take_prefix(vector, "CVSS:2.0/")) take_prefix(vector, "CVSS2#");
  return score_v2(vector);
}

AttackVector attack_vector_of(char letter) {
  switch (letter) {
    case 'N':
      return AttackVector::network;
    case 'A':
      return AttackVector::adjacent;
    case 'L':
      return AttackVector::local;
    case 'P':
      return AttackVector::physical;
    default:
      return AttackVector::unknown;
  }
}

}  // namespace plimsoll::feed

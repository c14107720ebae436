// CVSS v4.0, section 8 of FIRST's specification (https://www.first.org/cvss/v4.0/specification-document): the vector
// falls into one of 270 MacroVectors, whose score is then lowered by how far the vector lies below the worst one of its
// class. Distances are counted in whole steps (one value of one metric = 1).
#include <algorithm>
#include <cmath>

#include "feed/cvss_metrics.h"

namespace plimsoll::feed {
namespace {

enum Id { AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, E, CR, IR, AR, MAV };  // MAV..MSA follow in the order of AV..SA
constexpr int kScored = 15;

// Values stand worst first, so that a position is its distance from the worst. "X" of the optional ones stands last.
constexpr std::array<Metric, 32> kV4 = {
    {{"AV", "N A L P", true}, {"AC", "L H", true},   {"AT", "N P", true},   {"PR", "N L H", true},
     {"UI", "N P A", true},   {"VC", "H L N", true}, {"VI", "H L N", true}, {"VA", "H L N", true},
     {"SC", "H L N", true},   {"SI", "H L N", true}, {"SA", "H L N", true}, {"E", "A P U X"},
     {"CR", "H M L X"},       {"IR", "H M L X"},     {"AR", "H M L X"},     {"MAV", "N A L P X"},
     {"MAC", "L H X"},        {"MAT", "N P X"},      {"MPR", "N L H X"},    {"MUI", "N P A X"},
     {"MVC", "H L N X"},      {"MVI", "H L N X"},    {"MVA", "H L N X"},    {"MSC", "H L N X"},
     {"MSI", "S H L N X"},    {"MSA", "S H L N X"},  {"S", "X N P"},        {"AU", "X N Y"},
     {"R", "X A U I"},        {"V", "X D C"},        {"RE", "X L M H"},     {"U", "X Clear Green Amber Red"}}};

using Values = std::array<int, kScored>;  // effective values

// Modified metrics replace base ones; a threat or requirement not given counts as its worst. Subsequent-system values
// are on one scale S=0 H=1 L=2 N=3, although only SI and SA know "safety".
Values effective(const std::array<int8_t, kV4.size()>& given) {
  Values v{};
  for (int i = AV; i <= SA; ++i) {
    const bool subsequent = i == SC || i == SI || i == SA;
    v[i] = given[i] + (subsequent ? 1 : 0);
    const int modified = given[MAV + i];
    const int undefined = static_cast<int>(std::count(kV4[MAV + i].values.begin(), kV4[MAV + i].values.end(), ' '));
    if (modified != kAbsent && modified != undefined) v[i] = modified + (i == SC ? 1 : 0);
  }
  for (int i = E; i <= AR; ++i) v[i] = given[i] == kAbsent || given[i] == 3 ? 0 : given[i];
  return v;
}

// Tables 24 to 29: the equivalence level of each of the six groups.
std::array<int, 6> macrovector(const Values& v) {
  const bool network = v[AV] == 0, no_privileges = v[PR] == 0, no_user = v[UI] == 0;
  const int zeros = network + no_privileges + no_user;
  const bool c = v[VC] == 0, i = v[VI] == 0, a = v[VA] == 0;
  return {zeros == 3                ? 0
          : zeros > 0 && v[AV] != 3 ? 1
                                    : 2,
          v[AC] == 0 && v[AT] == 0 ? 0 : 1,
          c && i        ? 0
          : c || i || a ? 1
                        : 2,
          v[SI] == 0 || v[SA] == 0                 ? 0
          : v[SC] == 1 || v[SI] == 1 || v[SA] == 1 ? 1
                                                   : 2,
          v[E],
          (c && v[CR] == 0) || (i && v[IR] == 0) || (a && v[AR] == 0) ? 0 : 1};
}

// The worst vectors of one level of one group (tables of section 8.3), and how many steps deep the level is.
struct Worst {
  int depth = 1;
  int count = 0;
  std::array<std::array<int, 6>, 5> vectors{};
};
constexpr int kEq1[] = {AV, PR, UI};
constexpr int kEq2[] = {AC, AT};
constexpr int kEq36[] = {VC, VI, VA, CR, IR, AR};
constexpr int kEq4[] = {SC, SI, SA};
constexpr Worst kWorst1[] = {
    {1, 1, {{{0, 0, 0}}}}, {4, 3, {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}}, {5, 2, {{{3, 0, 0}, {1, 1, 1}}}}};
constexpr Worst kWorst2[] = {{1, 1, {{{0, 0}}}}, {2, 2, {{{1, 0}, {0, 1}}}}};
constexpr Worst kWorst4[] = {{6, 1, {{{1, 0, 0}}}}, {5, 1, {{{1, 1, 1}}}}, {4, 1, {{{2, 2, 2}}}}};
constexpr Worst kWorst36[3][2] = {
    {{7, 1, {{{0, 0, 0, 0, 0, 0}}}}, {6, 2, {{{0, 0, 1, 1, 1, 0}, {0, 0, 0, 1, 1, 1}}}}},
    {{8, 2, {{{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}}}},
     {8, 5, {{{1, 0, 1, 0, 1, 0}, {1, 0, 0, 0, 1, 1}, {0, 1, 0, 1, 0, 1}, {0, 1, 1, 1, 0, 0}, {1, 1, 0, 0, 0, 1}}}}},
    {{}, {10, 1, {{{1, 1, 1, 0, 0, 0}}}}}};

// How far, of 1, the vector lies below the first worst vector that dominates it.
double depth_of(const Values& v, std::span<const int> metrics, const Worst& worst) {
  for (int k = 0; k < worst.count; ++k) {
    int steps = 0;
    bool below = true;
    for (size_t i = 0; i < metrics.size(); ++i) {
      const int distance = v[metrics[i]] - worst.vectors[k][i];
      below = below && distance >= 0;
      steps += distance;
    }
    if (below) return static_cast<double>(steps) / worst.depth;
  }
  return 0;
}

// Score in tenths of the next lower MacroVector in group `group` (0-5), or -1. Groups 3 and 6 are one: see
// interpolate().
int lower(std::array<int, 6> eq, int group) {
  constexpr int kLevels[] = {3, 2, 3, 3, 3, 2};
  return ++eq[group] < kLevels[group] ? macrovector_tenths(eq) : -1;
}

// The next lower score of groups 3 and 6 together: from 00 the better of 01 and 10, from 10 to 11, else down in
// group 3.
int lower36(const std::array<int, 6>& eq) {
  if (eq[5] == 0 && eq[2] == 0) return std::max(lower(eq, 5), lower(eq, 2));
  return eq[5] == 0 ? lower(eq, 5) : lower(eq, 2);
}

int interpolate(const Values& v) {
  const auto eq = macrovector(v);
  const int top = macrovector_tenths(eq);
  const struct {
    int next;
    double depth;
  } groups[] = {{lower(eq, 0), depth_of(v, kEq1, kWorst1[eq[0]])},
                {lower(eq, 1), depth_of(v, kEq2, kWorst2[eq[1]])},
                {lower36(eq), depth_of(v, kEq36, kWorst36[eq[2]][eq[5]])},
                {lower(eq, 3), depth_of(v, kEq4, kWorst4[eq[3]])},
                {lower(eq, 4), 0.0}};  // group 5 has one metric: no depth inside a level, but it counts in the mean
  double sum = 0;
  int count = 0;
  for (const auto& group : groups) {
    if (group.next < 0) continue;
    sum += (top - group.next) * group.depth;
    ++count;
  }
  const double score = std::clamp(top - (count > 0 ? sum / count : 0.0), 0.0, 100.0);
  return static_cast<int>(
      std::floor(score + 0.5 + 1e-6));  // to the nearest tenth; the small term undoes binary rounding
}

}  // namespace

int score_v4_tenths(std::string_view metrics, int& attack_vector) {
  std::array<int8_t, kV4.size()> given;
  if (!parse_metrics(metrics, kV4, given)) return -1;
  const Values v = effective(given);
  attack_vector = v[AV];
  const bool harmless = v[VC] == 2 && v[VI] == 2 && v[VA] == 2 && v[SC] == 3 && v[SI] == 3 && v[SA] == 3;
  return harmless ? 0 : interpolate(v);
}

}  // namespace plimsoll::feed

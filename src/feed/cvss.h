#pragma once
#include <optional>
#include <string_view>

#include "model/threat.h"

namespace plimsoll::feed {

struct CvssScore {
  double score =
      0;  // 0-10, one decimal: the base score (v4: CVSS-B, environmental/threat metrics honoured when present)
  int version = 3;  // 2, 3 or 4
  AttackVector attack_vector = AttackVector::unknown;
};

// Scores a vector by FIRST's formulas: v2 ("AV:N/AC:L/..." with or without a prefix or parentheses), v3.0, v3.1 and
// v4.0. Nothing for a vector that is not valid (missing or repeated base metrics, unknown values).
std::optional<CvssScore> score_cvss(std::string_view vector);

// What the letter after "AV:" says, in every version of CVSS; unknown for any other letter.
AttackVector attack_vector_of(char letter);

}  // namespace plimsoll::feed

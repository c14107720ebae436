#pragma once
#include <string_view>
#include <vector>

#include "model/threat.h"

namespace plimsoll::threatdb {

// Whose opinion goes first, lowest first. For a package of a distribution the distribution's own advisory knows its
// build; after it NVD, which rates every CVE by one scale; then GHSA, then all other databases.
enum class Voice { distribution, nvd, ghsa, other };

struct Opinion {
  Severity severity;
  Voice voice = Voice::other;
};

struct Judgement {
  Severity used;
  std::vector<Severity> others;
  AttackVector attack_vector = AttackVector::unknown;
};

// Picks the opinion of the first voice that says anything, of it the highest CVSS version; a number goes before a word.
// A word without a number gets the number in the middle of its level. The same opinion twice counts once.
Judgement judge_severity(std::vector<Opinion> opinions);

// AV of a CVSS vector of any version.
AttackVector attack_vector_of(std::string_view vector);

// The middle of a level on the CVSS scale; 0 for unknown.
double representative_score(SeverityLevel level);

}  // namespace plimsoll::threatdb

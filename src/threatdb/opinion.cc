#include "threatdb/opinion.h"

#include <algorithm>

#include "feed/cvss.h"
#include "model/names.h"

namespace plimsoll::threatdb {
namespace {

// Higher is preferred; 0 says nothing.
int weight_of(const Severity& severity) {
  if (!severity.score) return severity.level == SeverityLevel::unknown ? 0 : 1;
  if (severity.vector.starts_with("CVSS:4")) return 6;
  if (severity.vector.starts_with("CVSS:3.1")) return 5;
  if (severity.vector.starts_with("CVSS:3")) return 4;
  return severity.vector.empty() ? 2 : 3;
}

bool goes_before(const Opinion& a, const Opinion& b) {
  const int weight_a = weight_of(a.severity), weight_b = weight_of(b.severity);
  if ((weight_a == 0) != (weight_b == 0)) return weight_b == 0;
  if (a.voice != b.voice) return a.voice < b.voice;
  if (weight_a != weight_b) return weight_a > weight_b;
  const double score_a = a.severity.score.value_or(representative_score(a.severity.level));
  const double score_b = b.severity.score.value_or(representative_score(b.severity.level));
  if (score_a != score_b) return score_a > score_b;
  if (a.severity.source != b.severity.source) return a.severity.source < b.severity.source;
  return a.severity.vector < b.severity.vector;
}

void complete(Severity& severity) {
  if (severity.score && severity.level == SeverityLevel::unknown) severity.level = severity_level_of(*severity.score);
  if (!severity.score && severity.level != SeverityLevel::unknown)
    severity.score = representative_score(severity.level);
}

}  // namespace

double representative_score(SeverityLevel level) {
  switch (level) {
    case SeverityLevel::unknown:
      return 0;
    case SeverityLevel::low:
      return 2.0;
    case SeverityLevel::medium:
      return 5.5;
    case SeverityLevel::high:
      return 8.0;
    case SeverityLevel::critical:
      return 9.5;
  }
  return 0;
}

AttackVector attack_vector_of(std::string_view vector) {
  size_t at = vector.starts_with("AV:") ? 0 : vector.find("/AV:");
  if (at == std::string_view::npos && vector.starts_with("(AV:")) at = 0;
  if (at == std::string_view::npos) return AttackVector::unknown;
  at = vector.find("AV:", at) + 3;
  if (at >= vector.size()) return AttackVector::unknown;
  return feed::attack_vector_of(vector[at]);
}

Judgement judge_severity(std::vector<Opinion> opinions) {
  std::sort(opinions.begin(), opinions.end(), goes_before);
  Judgement out;
  for (Opinion& opinion : opinions) {
    complete(opinion.severity);
    if (out.attack_vector == AttackVector::unknown) out.attack_vector = attack_vector_of(opinion.severity.vector);
  }
  for (size_t i = 0; i < opinions.size(); ++i) {
    if (i == 0) {
      out.used = opinions[i].severity;
    } else if (opinions[i].severity != out.used &&
               std::find(out.others.begin(), out.others.end(), opinions[i].severity) == out.others.end()) {
      out.others.push_back(opinions[i].severity);
    }
  }
  return out;
}

}  // namespace plimsoll::threatdb

#include "assess/fixes.h"

#include <algorithm>
#include <numeric>

#include "assess/trial.h"

namespace plimsoll::assess {
namespace {

constexpr size_t kMaxCandidates = 200;
constexpr size_t kMaxFixes = 50;
constexpr size_t kMaxTogether = 10, kMaxFalls = 20;

int sum_of(const std::vector<FixAction::Fall>& falls) {
  return std::accumulate(falls.begin(), falls.end(), 0,
                         [](int sum, const FixAction::Fall& fall) { return sum + fall.before - fall.after; });
}

int worst_of(const std::vector<int>& scores) {
  return scores.empty() ? 0 : *std::max_element(scores.begin(), scores.end());
}

std::vector<FixesTogether> add_up(Trial& trial, const std::vector<Candidate>& ranked) {
  std::vector<FixesTogether> out;
  Plan plan;
  for (size_t i = 0; i < std::min(ranked.size(), kMaxTogether); ++i) {
    plan.add(ranked[i]);
    const std::vector<int> after = trial.scores_after(plan);
    FixesTogether so_far{i + 1, worst_of(trial.before()), worst_of(after), 0, trial.falls(after)};
    so_far.total_fall = sum_of(so_far.falls);
    if (so_far.falls.size() > kMaxFalls) so_far.falls.resize(kMaxFalls);
    out.push_back(std::move(so_far));
  }
  return out;
}

}  // namespace

Fixes rank_fixes(const World& world) {
  std::vector<Candidate> candidates = propose(world);
  Plan everything;
  for (const Candidate& candidate : candidates) everything.add(candidate);
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.action.id < b.action.id;
  });
  if (candidates.size() > kMaxCandidates) candidates.resize(kMaxCandidates);
  Trial trial(world);
  Fixes out;
  out.all_done = trial.scores_after(everything);
  for (Candidate& candidate : candidates) {
    Plan plan;
    plan.add(candidate);
    candidate.action.falls = trial.falls(trial.scores_after(plan));
    candidate.action.total_fall = sum_of(candidate.action.falls);
  }
  std::erase_if(candidates, [](const Candidate& candidate) { return candidate.action.total_fall <= 0; });
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.action.total_fall != b.action.total_fall ? a.action.total_fall > b.action.total_fall
                                                      : a.action.id < b.action.id;
  });
  if (candidates.size() > kMaxFixes) candidates.resize(kMaxFixes);
  out.together = add_up(trial, candidates);
  for (Candidate& candidate : candidates) out.ranked.push_back(std::move(candidate.action));
  return out;
}

}  // namespace plimsoll::assess

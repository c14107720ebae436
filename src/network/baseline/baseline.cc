#include "network/baseline/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/text.h"

namespace plimsoll::network {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr size_t kGroupsMost = 2000;
constexpr seconds kLearningTime = hours(24);
constexpr uint64_t kLearningFlows = 500;
// While a group is learned, two different hours make a trait known, so that one visit teaches nothing; later it takes
// three days.
constexpr uint32_t kHoursToKnow = 2, kLaterHours = 3, kLaterDays = 3;
constexpr seconds kFadesAfter = hours(24 * 30), kHalfLife = hours(12);
constexpr double kOpens = 0.3, kCloses = 0.15, kCommonShare = 0.2, kCommonDestination = 0.2;
constexpr size_t kTold = 5;

struct KindRow {
  std::string_view name, said;
  size_t most;
  double weight;
};
constexpr std::array<KindRow, 4> kKinds{{
    {"peer", "talks to a new peer", 256, 0.3},
    {"protocol", "speaks a new protocol", 64, 0.4},
    {"listener", "listens on a new port", 64, 0.5},
    {"destination", "reaches a new outside destination", 512, 0.7},
}};
const KindRow& row_of(TraitKind kind) { return kKinds[static_cast<size_t>(kind)]; }

int64_t hour_of(Instant at) { return std::chrono::floor<hours>(at).time_since_epoch().count(); }
int64_t day_of(Instant at) { return hour_of(at) / 24; }

bool is_learned(const GroupProfile& profile) {
  return profile.observed >= kLearningTime && profile.flows >= kLearningFlows;
}

double learned_share(const GroupProfile& profile) {
  const double time = static_cast<double>(profile.observed.count()) / static_cast<double>(kLearningTime.count());
  return std::min({1.0, time, static_cast<double>(profile.flows) / static_cast<double>(kLearningFlows)});
}

double faded(Instant since, Instant now) {
  const double age = static_cast<double>((now - since).count());
  return std::pow(0.5, std::max(0.0, age) / static_cast<double>(kHalfLife.count()));
}

std::string duration_text(seconds time) {
  const auto whole = std::chrono::duration_cast<hours>(time).count();
  return whole >= 24 ? fmt::format("{} d {} h", whole / 24, whole % 24) : fmt::format("{} h", whole);
}

// Makes room among the traits of one kind: the one seen longest ago goes.
void bound(GroupProfile& profile, TraitKind kind) {
  size_t count = 0;
  auto oldest = profile.traits.end();
  for (auto each = profile.traits.begin(); each != profile.traits.end(); ++each) {
    if (each->first.kind != kind) continue;
    ++count;
    if (oldest == profile.traits.end() || each->second.last_seen < oldest->second.last_seen) oldest = each;
  }
  if (count < row_of(kind).most) return;
  profile.traits.erase(oldest);
  ++profile.forgotten;
}

}  // namespace

std::string_view name_of(TraitKind kind) { return row_of(kind).name; }

GroupProfile& Baseline::profile_of(const std::string& group) {
  const auto found = groups_.find(group);
  if (found != groups_.end()) return found->second;
  if (groups_.size() >= kGroupsMost) {
    groups_.erase(std::min_element(groups_.begin(), groups_.end(), [](const auto& a, const auto& b) {
      return a.second.last_seen < b.second.last_seen;
    }));
  }
  return groups_[group];
}

size_t Baseline::groups_with(const Trait& trait) const {
  return static_cast<size_t>(std::count_if(groups_.begin(), groups_.end(),
                                           [&](const auto& group) { return group.second.traits.count(trait) != 0; }));
}

double Baseline::weight_of(const Trait& trait) const {
  const bool common = static_cast<double>(groups_with(trait)) > kCommonShare * static_cast<double>(groups_.size());
  if (trait.kind == TraitKind::destination && groups_.size() > 1 && common) return kCommonDestination;
  return row_of(trait.kind).weight;
}

Abnormality Baseline::see(const GroupSighting& sighting, Instant now) {
  GroupProfile& profile = profile_of(sighting.group);
  const bool was_learned = is_learned(profile);
  if (was_learned) {
    for (const Trait& trait : sighting.traits) {
      const auto known = profile.traits.find(trait);
      if (known == profile.traits.end()) {
        bound(profile, trait.kind);
        profile.traits[trait] = {now, now, 0, 0, now};
      } else if (known->second.hours < kHoursToKnow && known->second.abnormal_since == Instant{}) {
        known->second.abnormal_since = now;  // once while learning, and now again: it was never known
      }
    }
  }
  if (!frozen_) learn(sighting, profile, now);
  Abnormality verdict = judge(sighting.group, profile, now);
  return verdict;
}

void Baseline::learn(const GroupSighting& sighting, GroupProfile& profile, Instant now) {
  const std::set<Trait> distrusted(sighting.distrusted.begin(), sighting.distrusted.end());
  for (const Trait& trait : sighting.traits) {
    if (distrusted.count(trait) != 0) continue;
    if (profile.traits.count(trait) == 0) {
      bound(profile, trait.kind);
      profile.traits[trait].first_seen = now;
    }
    TraitMemory& memory = profile.traits[trait];
    if (memory.hours == 0 || hour_of(memory.last_seen) != hour_of(now)) ++memory.hours;
    if (memory.days == 0 || day_of(memory.last_seen) != day_of(now)) ++memory.days;
    memory.last_seen = now;
    if (memory.hours >= kLaterHours && memory.days >= kLaterDays) memory.abnormal_since = {};
  }
  profile.observed += sighting.observed;
  profile.flows += sighting.flows;
  profile.last_seen = now;
  std::erase_if(profile.traits, [&](const auto& each) { return now - each.second.last_seen > kFadesAfter; });
}

Abnormality Baseline::judge(const std::string& group, GroupProfile& profile, Instant now) const {
  Abnormality verdict;
  verdict.learned = learned_share(profile);
  std::vector<std::pair<double, Trait>> abnormal;
  for (const auto& [trait, memory] : profile.traits) {
    if (memory.abnormal_since == Instant{}) continue;
    abnormal.emplace_back(weight_of(trait) * faded(memory.abnormal_since, now), trait);
  }
  std::stable_sort(abnormal.begin(), abnormal.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  double sum = 0;
  for (const auto& [weight, trait] : abnormal) sum += weight;
  sum = std::min(sum, 1.0);
  profile.open = sum >= (profile.open ? kCloses : kOpens);
  if (!profile.open) return verdict;
  verdict.weight = sum;
  for (size_t i = 0; i < abnormal.size() && i < kTold; ++i) {
    const Trait& trait = abnormal[i].second;
    verdict.anomalies.push_back(fmt::format(
        "{}, {}: never seen of {} in {} of observation, and of {} of {} groups in all", row_of(trait.kind).said,
        trait.text, printable(group, 120), duration_text(profile.observed), groups_with(trait) - 1, groups_.size()));
  }
  if (abnormal.size() > kTold) verdict.anomalies.push_back(fmt::format("and {} more", abnormal.size() - kTold));
  return verdict;
}

}  // namespace plimsoll::network

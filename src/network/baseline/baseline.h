#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::network {

// What a group of alike assets is learned to do on the network (docs/network.md).

enum class TraitKind { peer, protocol, listener, destination };

// One thing that a group does: "to shop/redis", "Redis as client", "tcp 6379", "example.org".
struct Trait {
  TraitKind kind = TraitKind::peer;
  std::string text;  // printable
  auto operator<=>(const Trait&) const = default;
};

// What one group was seen to do during one observation.
struct GroupSighting {
  std::string group;
  std::chrono::seconds observed{0};
  uint64_t flows = 0;
  std::vector<Trait> traits;
  std::vector<Trait> distrusted;  // of these, what came with an attack: never learned
};

struct TraitMemory {
  Instant first_seen{}, last_seen{};
  uint32_t hours = 0;        // in how many different hours it was seen
  uint32_t days = 0;         // on how many different days
  Instant abnormal_since{};  // zero: not called abnormal
  bool operator==(const TraitMemory&) const = default;
};

struct GroupProfile {
  std::chrono::seconds observed{0};
  uint64_t flows = 0;
  Instant last_seen{};
  uint64_t forgotten = 0;  // traits that a bound left out
  bool open = false;       // abnormal enough to be told (with hysteresis)
  std::map<Trait, TraitMemory> traits;
  bool operator==(const GroupProfile&) const = default;
};

// How far a sighting is from what its group was seen to do.
struct Abnormality {
  double learned = 0;                  // 0 to 1
  double weight = 0;                   // 0 to 1
  std::vector<std::string> anomalies;  // sentences, worst first; empty while learning and below the threshold
};

// The profiles of all groups. Deterministic: the same sightings at the same times give the same verdicts. Bounded in
// groups and in traits of each kind.
class Baseline {
 public:
  // Judges a sighting against what was known before it, then learns from it (unless frozen).
  Abnormality see(const GroupSighting& sighting, Instant now);

  bool frozen() const { return frozen_; }
  void freeze(bool frozen) { frozen_ = frozen; }
  const std::map<std::string, GroupProfile>& groups() const { return groups_; }

  std::string to_json() const;
  static Result<Baseline> from_json(std::string_view text, const std::string& file_name);
  bool operator==(const Baseline&) const = default;

 private:
  GroupProfile& profile_of(const std::string& group);
  void learn(const GroupSighting& sighting, GroupProfile& profile, Instant now);
  double weight_of(const Trait& trait) const;
  size_t groups_with(const Trait& trait) const;
  Abnormality judge(const std::string& group, GroupProfile& profile, Instant now) const;

  bool frozen_ = false;
  std::map<std::string, GroupProfile> groups_;
};

std::string_view name_of(TraitKind kind);

}  // namespace plimsoll::network

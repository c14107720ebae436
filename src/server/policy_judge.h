#pragma once
#include <string>
#include <vector>

#include "analyzer/policy_trial.h"
#include "journal/journal.h"
#include "server/policy_in_force.h"

namespace plimsoll::server {

// What another policy is tried out with; all but what is a value outlives it.
struct TrialGround {
  journal::Journal& journal;
  const PolicyInForce& by;
  std::string db_path;  // empty: where the database usually is
};

// Judges what is stored by `other` instead of the one in force, with the exceptions and networks of now. Changes
// nothing. limit: there is more than should be judged while somebody waits; timeout: it took over 20 s; unreachable:
// nothing is stored yet.
Result<analyzer::PolicyTrial> try_on_stored(const TrialGround& ground, const InForce& other, Instant now);

}  // namespace plimsoll::server

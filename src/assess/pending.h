#pragma once
#include <vector>

#include "base/time.h"
#include "model/report.h"

namespace plimsoll::assess {

struct PendingUpdates {
  std::vector<Threat> threats;  // one for each package, by name; kind patch, fixed_version = the version offered
  IncompleteList not_assessed;  // lists that are used though they are unverified, expired or old
};

// The security updates of an asset that are pending at `now`, chosen as apt chooses a candidate (apt_preferences(5)).
// What is held or pinned away stays a threat, and says so. Lists without an end of validity count as old after
// `stale_days`. Severity comes from the advisory, or from those of `asset.threats` that the update is known to fix.
PendingUpdates pending_updates(const AssetReport& asset, Instant now, int stale_days);

}  // namespace plimsoll::assess

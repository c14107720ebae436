#pragma once
#include "model/report.h"
#include "model/scoring.h"

namespace plimsoll::assess {

// Uses of each vulnerability's opinions the first that `scoring` prefers; the one that was used joins the others. How
// it is attacked stays as matching found it.
void prefer_opinions(AssetReport& asset, const ScoringPolicy& scoring);

}  // namespace plimsoll::assess

#pragma once
#include "base/time.h"
#include "model/fact_tree.h"

namespace plimsoll::probe::kubernetes {

// Whether the minor version of `version` ("1.30.2") still gets fixes at `now`: {until, is}. Unknown for a version the
// table does not hold, or that is not known.
FactTree still_supported(const FactTree& version, Instant now);

}  // namespace plimsoll::probe::kubernetes

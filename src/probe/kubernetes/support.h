#pragma once
#include "base/time.h"
#include "model/fact_tree.h"

namespace plimsoll::probe::kubernetes {

// Whether the minor version of `version` ("1.30.2") still gets fixes at `now`: {until, is}. Unknown for a version the
// table does not hold, or that is not known.
FactTree still_supported(const FactTree& version, Instant now);

// By how many minor versions the kubelet is older than the API server; negative: newer. Unknown where either version
// is; absent where there is no API server here.
FactTree minors_behind(const FactTree& kubelet_version, const FactTree& api_server);

}  // namespace plimsoll::probe::kubernetes

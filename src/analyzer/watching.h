#pragma once
#include <future>
#include <vector>

#include "analyzer/analyzer.h"
#include "probe/network/observation.h"
#include "runtime/runtime.h"

namespace plimsoll::analyzer {

// Starts to watch the network, beside all the rest; not valid when nobody asked for it. `machine` must outlive it.
std::future<probe::Observation> watch(const system::Machine& machine, const Settings& settings, const AssetId& host,
                                      const std::vector<runtime::Listed>& containers);

// Several recordings in one report: the events of all.
void join_views(NetworkView& into, NetworkView more);

}  // namespace plimsoll::analyzer

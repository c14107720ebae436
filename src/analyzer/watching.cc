#include "analyzer/watching.h"

#include <algorithm>
#include <iterator>

#include "probe/network/observe.h"

namespace plimsoll::analyzer {

std::future<probe::Observation> watch(const system::Machine& machine, const Settings& settings, const AssetId& host,
                                      const std::vector<runtime::Listed>& containers) {
  if (settings.observe.count() <= 0) return {};
  probe::ObserveOptions options;
  options.duration = settings.observe;
  options.detectors = network::default_detectors();
  options.capture = settings.capture;
  return std::async(std::launch::async, [&machine, host, options, watched = probe::watched(containers)] {
    return probe::observe(machine, host, watched, options);
  });
}

void join_views(NetworkView& into, NetworkView more) {
  into.observed_ms = std::max(into.observed_ms, more.observed_ms);
  std::move(more.sources.begin(), more.sources.end(), std::back_inserter(into.sources));
  std::move(more.events.begin(), more.events.end(), std::back_inserter(into.events));
  std::move(more.behaviour.begin(), more.behaviour.end(), std::back_inserter(into.behaviour));
}

}  // namespace plimsoll::analyzer

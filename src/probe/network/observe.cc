#include "probe/network/observe.h"

#include <algorithm>
#include <thread>

#include "probe/network/watcher.h"

namespace plimsoll::probe {

Observation observe(const system::Machine& machine, const AssetId& host, const std::vector<Watched>& containers,
                    const ObserveOptions& options) {
  WatchOptions watch;
  watch.sources = options.sources;
  watch.detectors = options.detectors;
  watch.limits = options.limits;
  watch.capture = options.capture;
  Watcher watcher(machine, host, std::move(watch));
  watcher.start(containers);
  const auto end = std::chrono::steady_clock::now() + options.duration;
  constexpr std::chrono::milliseconds look{50};  // at whether it shall end early
  for (auto now = std::chrono::steady_clock::now(); now < end; now = std::chrono::steady_clock::now()) {
    if (options.stop != nullptr && *options.stop) break;
    std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(look, end - now));
  }
  Observation out = watcher.observe();
  watcher.stop();
  return out;
}

}  // namespace plimsoll::probe

#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "probe/network/flow_table.h"
#include "probe/network/observe.h"

namespace plimsoll::probe {

// The flows that ended between two moments, folded: for a journal.
struct FlowBucket {
  network::Time from{}, to{};
  std::vector<SeenFlow> flows;
};

struct WatchOptions {
  SourceChoice sources;
  std::vector<const network::DetectorRow*> detectors;
  network::SensorLimits limits;
  system::sandbox::Sandbox* capture = nullptr;   // as in ObserveOptions
  std::function<void(const SeenFlow&)> on_flow;  // each flow as it leaves the table
  std::function<void(const FlowBucket&)> on_bucket;
  std::chrono::seconds bucket{10};
  std::chrono::milliseconds refresh{10'000};  // how often the amounts of connections that go on are asked for
};

// Watches the connections of this machine until it is stopped. The callbacks come from its own thread and must not call
// back; all else may be called from any thread.
class Watcher {
 public:
  Watcher(const system::Machine& machine, const AssetId& host, WatchOptions options);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void start(const std::vector<Watched>& containers);
  // All containers of now: those that are new are watched from here on, those that have gone are let go.
  void update(const std::vector<Watched>& containers);
  // All that was seen since the start. With `fresh` the amounts of connections that go on are asked for first.
  Observation observe(bool fresh = true);
  // Flows that are still open go to the callbacks too.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::probe

#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "network/capture/worker.h"
#include "network/sighting.h"
#include "network/tables/name_space.h"
#include "probe/network/observe.h"

namespace plimsoll::probe {

// Packet capture in every network namespace, parsed by a sandboxed worker. The rings are opened here, with our rights;
// what the worker tells is checked for form and taken for no more than it is. All but take() from one thread.
class PacketSource {
 public:
  // `sandbox` is taken up until this ends.
  PacketSource(system::sandbox::Sandbox& sandbox, network::CaptureOrder order);
  ~PacketSource();
  PacketSource(const PacketSource&) = delete;
  PacketSource& operator=(const PacketSource&) = delete;

  // What of a namespace is captured. `filter`: a program in the kernel (bpf::Programs::head_filter); -1: none.
  // `interfaces`: the indices of those to listen on; empty: on all.
  struct Listening {
    network::RingShape shape;
    int filter = -1;
    std::vector<uint32_t> interfaces;
  };
  // Once more for one that is there already: interfaces may have come and gone.
  Status listen(const network::NameSpace& where, const Listening& how);
  void remove(uint64_t name_space);

  struct News {
    std::vector<network::Sighting> sightings;
    std::vector<network::CapturedFinding> findings;
  };
  News take();
  // Why nothing comes any more; empty: it runs.
  std::string fault() const;
  network::RingCounts counts();
  IncompleteList losses() const;  // of the worker
  // The last flows are told; then the worker has ended.
  void stop();

 private:
  void send(const network::CaptureControl& control, int file);
  void told(std::string_view piece);

  system::Descriptor control_, worker_end_;
  std::map<std::pair<uint64_t, uint32_t>, system::Descriptor> rings_;  // by namespace and interface
  network::RingCounts counts_;
  mutable std::mutex mutex_;
  News waiting_;           // guarded by mutex_
  IncompleteList losses_;  // guarded by mutex_
  uint64_t overflow_ = 0;  // guarded by mutex_
  std::string fault_;      // guarded by mutex_
  std::thread thread_;
};

}  // namespace plimsoll::probe

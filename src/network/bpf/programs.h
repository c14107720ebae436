#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "network/sighting.h"

namespace plimsoll::network::bpf {

// One kernel program, and why this kernel (or our rights) does not let it run.
struct ProgramState {
  std::string name;  // what it is there for: "TCP sockets", "datagrams in and out", "makers of sockets"
  bool in_use = false;
  std::string why_not;  // empty when in use
};

struct KernelCounts {
  uint64_t records_lost = 0;          // the ring was full
  uint64_t conversations_opened = 0;  // UDP
  uint64_t conversations_lost = 0;    // the map was full
  bool operator==(const KernelCounts&) const = default;
};

// Our programs in the kernel, for as long as it lives: they end with it, or with the process. They read the state of
// sockets and change nothing. Not thread-safe.
class Programs {
 public:
  // `cgroup2_root`: where the cgroup2 hierarchy is mounted; empty: nowhere, then datagrams are not seen. unsupported:
  // not one program can run (also when this program was built without them); the states of all are in the message.
  static Result<std::unique_ptr<Programs>> load(const std::string& cgroup2_root);
  ~Programs();
  Programs(const Programs&) = delete;
  Programs& operator=(const Programs&) = delete;

  const std::vector<ProgramState>& states() const;
  // Readable when many records wait; else look now and then.
  int descriptor() const;
  // Takes at most `most` records out of the ring; true: more wait.
  bool take_tcp(size_t most, const std::function<void(const Sighting&)>& seen,
                const std::function<void(const ListenerSeen&)>& listens);
  // Takes all UDP conversations out of the map.
  void take_udp(const std::function<void(const Sighting&)>& seen);
  KernelCounts counts() const;

  // For packet sockets (SO_ATTACH_BPF): lets the head of each flow and direction through, and what opens and closes
  // it; the rest is counted by the programs above. -1: not in use.
  int head_filter() const;

 private:
  struct State;
  explicit Programs(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace plimsoll::network::bpf

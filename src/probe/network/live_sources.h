#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "network/bpf/programs.h"
#include "network/tables/tap.h"
#include "probe/network/nat_table.h"
#include "probe/network/observe.h"

namespace plimsoll::probe {

// What the sources lost so far, in their own units.
struct Losses {
  uint64_t records = 0;         // of kernel programs: the ring was full
  uint64_t conversations = 0;   // UDP: the map was full
  uint64_t table_overruns = 0;  // a namespace's events came faster than they were read: each time an unknown number
  bool operator==(const Losses&) const = default;
};

// The kernel's own sources of connections: programs in the kernel, and what each network namespace tells. Not
// thread-safe.
class LiveSources {
 public:
  struct Sinks {
    std::function<void(const network::Sighting&)> seen;
    std::function<void(const network::ListenerSeen&)> listens;
  };

  LiveSources(const system::Machine& machine, const SourceChoice& choice, const std::string& cgroup2_root,
              NatTable& nat);

  // A namespace to be read, until it is taken away. Its sockets so far go to the sinks at the next refresh().
  Status add(network::NameSpace where);
  void remove(uint64_t name_space);

  // All sockets that there are, of one namespace or of all: those from before we came, and how much each has sent so
  // far.
  void refresh(const Sinks& sinks, IncompleteList& gaps, std::optional<uint64_t> only = {});
  // What has happened since the last time. True: there may be more.
  bool take(const Sinks& sinks);

  int descriptor() const { return programs_ ? programs_->descriptor() : -1; }  // readable when much waits
  network::bpf::Programs* programs() { return programs_.get(); }               // null: not in use
  const std::vector<SourceState>& states() const { return states_; }
  Losses losses() const;
  // Whether sockets that live for less than a look at the tables are told with their owner.
  bool owners_are_sure() const { return tcp_by_programs_; }

 private:
  struct Place {  // of a socket, by its cookie
    uint64_t name_space = 0;
    network::Owner owner;
  };
  void complete(network::Sighting& sighting) const;
  void remember(const network::SocketSeen& socket, uint64_t name_space, const Sinks& sinks);
  void take_tracked(std::vector<network::Sighting>& waiting);
  void find_relays();
  bool has_news(const network::Tap& tap) const;

  const system::Machine& machine_;
  SourceChoice choice_;
  NatTable& nat_;
  std::unique_ptr<network::bpf::Programs> programs_;
  bool tcp_by_programs_ = false, udp_by_programs_ = false;
  std::map<uint64_t, network::Tap> taps_;
  std::unordered_map<uint64_t, uint64_t> namespace_of_cookie_;
  std::unordered_map<uint64_t, Place> places_;
  std::unordered_map<uint64_t, int> relay_sockets_;  // inode -> pid
  uint64_t conversations_opened_ = 0, table_overruns_ = 0;
  std::vector<SourceState> states_;
};

}  // namespace plimsoll::probe

#pragma once
#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "network/sighting.h"
#include "network/tables/conntrack.h"
#include "network/tables/name_space.h"
#include "network/tables/netlink_socket.h"
#include "network/tables/socket_diag.h"

namespace plimsoll::network {

struct TapChoice {
  bool ended_sockets = false;     // hear of every socket that ends
  uint32_t conntrack_groups = 0;  // what to hear of connection tracking, where it is in use
};

// What one network namespace tells through netlink: its sockets now, those that end, and what is translated. Its
// sockets stay in that namespace wherever it is read from. Not thread-safe.
class Tap {
 public:
  using Seen = std::function<void(const Sighting&)>;

  // Connection tracking is asked only where this kernel has it already: asking would load it.
  static Result<Tap> open(NameSpace where, const TapChoice& choice);

  uint64_t name_space() const { return where_.inode; }
  uint64_t cookie() const { return where_.cookie; }
  const NameSpace& where() const { return where_; }
  bool tracks() const { return tracked_.has_value(); }
  std::vector<int> descriptors() const;  // readable when there is news

  // Every socket: `raw` as it is, and those with a peer as sightings. Learns which ports listen.
  Status dump(const std::function<void(const SocketSeen&)>& raw, const Seen& seen);
  // Sockets that have ended since. True: some were missed.
  bool take_ended(const Seen& seen);
  // All entries of connection tracking; what changed since. True: some were missed.
  Status dump_tracked(const std::function<void(const Tracked&)>& seen);
  bool take_tracked(const std::function<void(const Tracked&)>& seen);

 private:
  Tap(NameSpace where, NetlinkSocket sockets) : where_(std::move(where)), sockets_(std::move(sockets)) {}
  Sighting sighting_of(const SocketSeen& socket, bool ended) const;

  NameSpace where_;
  NetlinkSocket sockets_;
  std::optional<NetlinkSocket> ended_, tracked_;
  std::set<std::pair<Transport, uint16_t>> listening_;
};

// Pure: one socket with a peer, as its end sees the flow. `listening`: its port takes connections.
Sighting sighting_of_socket(const SocketSeen& socket, bool listening, uint64_t name_space, bool has_ended, Time now);

// The same of an entry of connection tracking, seen on the way.
Sighting sighting_of_tracked(const Tracked& entry, uint64_t name_space, Time now);

}  // namespace plimsoll::network

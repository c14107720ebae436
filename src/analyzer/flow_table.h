#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "model/report.h"
#include "model/wan.h"

namespace plimsoll::analyzer {

// The flows of a report while they are gathered: one for the same ends and server port. Bounded; what the bound left
// out is told by write().
class FlowTable {
 public:
  explicit FlowTable(Instant now) : now_(now) {}

  // The client's port is not part of a flow; an asset's own address is not either, so that several are one arrow.
  // Null when the table is full.
  Flow* find_or_add(FlowEnd from, FlowEnd to, Transport transport, bool seen);

  // A seen flow between the same ends and port already stands.
  bool has_seen(const AssetId& from, const AssetId& to, uint16_t port, Transport transport) const;

  void write(Report& report);

 private:
  using Key = std::tuple<AssetId, std::string, bool, AssetId, std::string, bool, uint16_t, Transport>;
  Instant now_;
  std::map<Key, Flow> flows_;
  size_t dropped_ = 0;
};

// Which asset an address belongs to. Containers first: a host listing its bridges' addresses never hides them.
class AddressBook {
 public:
  AddressBook(const Report& report, const WanPolicy& wan);
  FlowEnd end(const std::string& raw_address, uint16_t port) const;
  // The same where the asset is known.
  FlowEnd end_of(const AssetId& asset, const std::string& raw_address, uint16_t port) const;

 private:
  std::map<std::string, AssetId> owners_;
  const WanPolicy* wan_;  // borrowed
};

// The application protocol that usually speaks on a port ("HTTP", "Redis"); empty when none is usual. A guess.
std::string usual_application(Transport transport, uint16_t port);

}  // namespace plimsoll::analyzer

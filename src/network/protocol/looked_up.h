#pragma once
#include <cstdint>
#include <list>
#include <map>
#include <string>

#include "network/flow_record.h"
#include "network/protocol/dns.h"

namespace plimsoll::network {

// By which name whom was looked up: the answers of DNS, by who asked. The last answer counts; it is forgotten after an
// hour, or when 16 384 newer ones came.
class LookedUp {
 public:
  void learn(const Address& asker, const DnsMessage& answer, Time at);
  // Printable; empty when `asker` did not ask for `address`.
  std::string name_of(const Address& asker, const Address& address, Time at) const;

 private:
  struct Key {
    Address asker, address;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    Key key;
    std::string name;
    Time at{};
  };

  std::list<Entry> by_age_;
  std::map<Key, std::list<Entry>::iterator> by_key_;
};

}  // namespace plimsoll::network

#pragma once
#include <memory>
#include <string_view>

#include "network/packet/decode.h"

namespace plimsoll::network {

// nDPI, behind the few verbs that are needed of it. Only what it found by looking into the bytes counts: its guesses by
// port and address are never told. Its tables (6 MB) are made at the first look. Not thread-safe; two
// may not take their first look at once.
class Ndpi {
 public:
  Ndpi();
  ~Ndpi();
  Ndpi(const Ndpi&) = delete;
  Ndpi& operator=(const Ndpi&) = delete;

  // What it remembers of one flow.
  struct Release {
    void operator()(void* flow) const;
  };
  using Session = std::unique_ptr<void, Release>;

  // Shows it a packet, from the IP header on. The name to show, once it knows one; else empty. The name lives as long
  // as this object. `session` is made at the first call.
  std::string_view look(Session& session, Bytes ip, Time at);

 private:
  struct Module;
  std::unique_ptr<Module> module_;  // null until the first look
};

}  // namespace plimsoll::network

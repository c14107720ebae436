#pragma once
#include <optional>
#include <vector>

#include "model/ip_address.h"
#include "model/wan.h"
#include "respond/ruleset.h"

namespace plimsoll::respond {

// Somebody a cut must keep us from.
struct TestTarget {
  IpAddress address;
  uint16_t port = 9;  // discard (RFC 863)
  Transport transport = Transport::udp;
  bool operator==(const TestTarget&) const = default;
};

// Addresses of the interfaces of the calling thread's network namespace, without loopback and link-local ones.
std::vector<IpAddress> own_addresses();

// Whom to try, for each cut and each family of addresses that `own` has; none where every neighbour is allowed. Pure.
std::vector<TestTarget> targets_of(const std::vector<Cut>& cuts, const WanPolicy& wan,
                                   const std::vector<IpAddress>& own);

enum class Sent { sent, refused, no_route };
// One byte of UDP, or the opening of a TCP connection that is given up at once. refused: the kernel would not send it.
Sent send_test(const TestTarget& target);

}  // namespace plimsoll::respond

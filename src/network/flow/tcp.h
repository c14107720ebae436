#pragma once
#include <optional>

#include "network/detect/detector.h"
#include "network/flow/flow.h"
#include "network/packet/decode.h"

namespace plimsoll::network {

// The states of a TCP connection as an observer in the middle sees them. For each segment of a flow first
// before_data(), then its bytes go into the sender's stream, then after_data().
struct TcpStep {
  bool begins_anew = false;  // a new connection between the same ends: the flow is over, and this segment opens another
  bool takes_syn_data = false;  // the server took what came with the client's SYN: it goes into the client's stream
  bool ignored = false;         // out of any window: its bytes are not looked at
  std::optional<FlowEvent> event;
};
TcpStep before_data(Flow& flow, bool from_client, const Decoded& segment, Time at);
TcpStep after_data(Flow& flow, bool from_client, const Decoded& segment);

// For a segment that belongs to no flow: who opened the connection it belongs to. Nothing: it opens none and carries no
// bytes, so that there is nothing to follow.
struct Opening {
  FlowKey key;
  bool seen = false;  // FlowRecord::opener_seen
};
std::optional<Opening> opening_of(const Decoded& segment);
// The kind of scan without connection that such a segment could belong to.
std::optional<ProbeKind> probe_of(const Decoded& segment);

// Likewise for the first datagram of a UDP conversation.
Opening opening_of_datagram(const Decoded& datagram);

// The state a flow leaves with.
void settle_state(Flow& flow);

}  // namespace plimsoll::network

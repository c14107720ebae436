#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "network/flow/stream.h"
#include "network/flow_record.h"
#include "network/protocol/ndpi.h"
#include "network/protocol/recogniser.h"

namespace plimsoll::network {

// The search for what one flow speaks. It is shown the bytes and the packets until it says that it is done: our own
// recognisers first, nDPI where none of them fits. Given up after 16 KiB of a direction, after 200 packets with data,
// or after 20 that leave none of our recognisers in doubt.
class Inquiry {
 public:
  explicit Inquiry(Transport transport);

  // More bytes of one direction, in order; of UDP a datagram. They are kept, and counted in `budget`.
  void hear(bool from_client, std::string_view bytes, StreamBudget& budget);
  // A packet with data, for nDPI.
  void see(Ndpi& ndpi, Bytes ip, Time at);

  // What follows from all that came, into `record`. True: the application is known now and was not before.
  bool conclude(FlowRecord& record);
  // Likewise when nothing more will come: what is likely is taken.
  bool conclude_last(FlowRecord& record);

  bool done() const { return done_; }
  void close(StreamBudget& budget);  // gives its memory back

 private:
  bool decide(FlowRecord& record, bool last);
  bool given_up() const;
  bool settle(FlowRecord& record, const Identity& identity);
  std::string_view inner(std::string_view client) const;

  Transport transport_;
  uint64_t alive_;       // recognisers that did not say no, by their place in the table
  uint64_t fitted_ = 0;  // that said likely once
  uint64_t sure_ = 0;
  std::string client_, server_;
  std::string_view deep_;  // nDPI's name
  Ndpi::Session session_;
  int packets_ = 0;
  bool starved_ = false;  // no memory for more
  bool named_ = false, done_ = false, news_ = false;
};

}  // namespace plimsoll::network

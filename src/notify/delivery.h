#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "notify/message.h"
#include "notify/settings.h"

namespace plimsoll::notify {

// What the files of a receiver held.
struct Credentials {
  Address address;  // of the receiver, or of url_file
  std::string secret, bearer, password, ca_pem;
};

// Reads them with the rights of whoever calls. denied: a file that others than its owner may read ("chmod 600").
Result<Credentials> load_credentials(const Receiver& receiver);

// What came of an attempt.
struct Outcome {
  enum class Kind {
    delivered,
    later,   // the receiver is away, or too busy: try again
    refused  // the receiver does not want this message
  } kind = Kind::later;
  std::string why;               // for people; empty when delivered
  std::chrono::seconds wait{0};  // asked for by the receiver (Retry-After)
};

// The way to one receiver; keeps its connection. One thread at a time; an attempt ends within `DeliveryBounds`.
class Delivery {
 public:
  virtual ~Delivery() = default;
  virtual Outcome deliver(const Message& message) = 0;
};

struct DeliveryBounds {
  std::chrono::seconds connect{10}, stall{20}, whole{60};
};

std::unique_ptr<Delivery> make_delivery(const Receiver& receiver, Credentials credentials, DeliveryBounds bounds = {});

// How long to wait after so many failures in a row: 1 s, twice as long each time, five minutes at most. `spread` in
// 0..1 takes up to a fifth off, so that many who wait for one receiver do not all come back at once.
std::chrono::milliseconds back_off(unsigned failures, double spread);

}  // namespace plimsoll::notify

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network/address.h"

namespace plimsoll::network {

struct DnsQuestion {
  std::string name;  // without the last dot; foreign bytes
  uint16_t type = 0, klass = 0;
};

struct DnsAnswer {
  uint16_t type = 0;
  std::optional<Address> address;  // of A and AAAA
  std::string text;                // of TXT: its first string
};

// One message of DNS (RFC 1035 section 4). Bounded: 64 answers, names of 255 bytes; a compression pointer must point
// backwards.
struct DnsMessage {
  uint16_t id = 0;
  bool response = false, truncated = false;
  uint8_t operation = 0, code = 0;
  std::vector<DnsQuestion> questions;
  std::vector<DnsAnswer> answers;  // those that could be read
};

// Nothing when the bytes are no such message.
std::optional<DnsMessage> parse_dns(std::string_view bytes);

}  // namespace plimsoll::network

#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::notify {

// Where a receiver is: "https://hooks.example/plimsoll", "smtp://mail.example:587", "udp://[2001:db8::1]:514".
struct Address {
  std::string scheme;  // in lower case
  std::string host;    // without the brackets of an IPv6 address
  uint16_t port = 0;   // 0: none was written
  std::string rest;    // from the path on; begins with '/', '?' or is empty
};

// Nothing when it is none, holds blanks or control characters, or a name and a secret before an '@': those have places
// of their own.
std::optional<Address> parse_address(std::string_view text);

// "127.0.0.1", "::1", "localhost": what never leaves the machine.
bool is_loopback(const std::string& host);

// Without what may be secret in it, for people: "https://hooks.example/...".
std::string shown(const Address& address);

}  // namespace plimsoll::notify

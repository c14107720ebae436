#include "model/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace plimsoll {
namespace {

constexpr std::array<uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

bool IpAddress::v4() const { return std::memcmp(bytes.data(), mapped.data(), mapped.size()) == 0; }

IpAddress address_of_v4(const uint8_t* four_bytes) {
  IpAddress out;
  std::memcpy(out.bytes.data(), mapped.data(), mapped.size());
  std::memcpy(out.bytes.data() + mapped.size(), four_bytes, 4);
  return out;
}

IpAddress address_of_v6(const uint8_t* sixteen_bytes) {
  IpAddress out;
  std::memcpy(out.bytes.data(), sixteen_bytes, 16);
  return out;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  uint8_t raw[16];
  if (::inet_pton(AF_INET, buffer, raw) == 1) return address_of_v4(raw);
  if (::inet_pton(AF_INET6, buffer, raw) == 1) return address_of_v6(raw);
  return std::nullopt;
}

std::string to_text(const IpAddress& address) {
  char buffer[INET6_ADDRSTRLEN] = {};
  if (address.v4())
    ::inet_ntop(AF_INET, address.bytes.data() + mapped.size(), buffer, sizeof buffer);
  else
    ::inet_ntop(AF_INET6, address.bytes.data(), buffer, sizeof buffer);
  return buffer;
}

bool IpNetwork::holds(const IpAddress& other) const {
  const int whole = std::clamp(bits, 0, 128) / 8, rest = std::clamp(bits, 0, 128) % 8;
  if (std::memcmp(address.bytes.data(), other.bytes.data(), static_cast<size_t>(whole)) != 0) return false;
  if (rest == 0) return true;
  const auto at = static_cast<size_t>(whole);
  return ((address.bytes[at] ^ other.bytes[at]) >> (8 - rest)) == 0;
}

std::optional<IpNetwork> parse_prefix(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  // The way it is written decides: "::ffff:10.0.0.0/104" counts of 128 bits.
  const bool four = text.substr(0, slash).find(':') == std::string_view::npos;
  if (slash == std::string_view::npos) return IpNetwork{*address, 128};
  const auto bits = parse_uint(text.substr(slash + 1));
  if (!bits || *bits > (four ? 32u : 128u)) return std::nullopt;
  return IpNetwork{*address, static_cast<int>(*bits) + (four ? 96 : 0)};
}

}  // namespace plimsoll

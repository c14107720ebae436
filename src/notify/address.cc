#include "notify/address.h"

#include <algorithm>

#include "base/text.h"

namespace plimsoll::notify {
namespace {

constexpr size_t longest = 2000;

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f' && c != '\\' && c != '#'; });
}

bool is_host(std::string_view host, bool in_brackets) {
  if (host.empty() || host.size() > 255) return false;
  return std::all_of(host.begin(), host.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_' || (in_brackets && (c == ':' || c == '%'));
  });
}

// "host", "host:1", "[::1]:1"
bool take_authority(std::string_view text, Address& out) {
  const bool in_brackets = !text.empty() && text.front() == '[';
  const size_t end = in_brackets ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return false;
  const std::string_view host = in_brackets ? text.substr(1, end - 1) : text.substr(0, end);
  const std::string_view rest = text.substr(in_brackets ? end + 1 : end);
  if (!is_host(host, in_brackets)) return false;
  out.host = std::string(host);
  if (rest.empty()) return true;
  const auto port = rest.front() == ':' ? parse_uint(rest.substr(1)) : std::nullopt;
  if (!port || *port == 0 || *port > 65535) return false;
  out.port = static_cast<uint16_t>(*port);
  return true;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const size_t colon = text.find("://");
  if (text.size() > longest || !is_plain(text) || colon == std::string_view::npos || colon == 0) return std::nullopt;
  Address out;
  out.scheme = lower(text.substr(0, colon));
  const std::string_view after = text.substr(colon + 3);
  const size_t end = std::min(after.find_first_of("/?"), after.size());
  if (!take_authority(after.substr(0, end), out)) return std::nullopt;
  out.rest = std::string(after.substr(end));
  return out;
}

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0; }

std::string shown(const Address& address) {
  std::string out = address.scheme + "://";
  out += address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  if (address.port != 0) out += ":" + std::to_string(address.port);
  return address.rest.size() > 1 ? out + "/..." : out;
}

}  // namespace plimsoll::notify

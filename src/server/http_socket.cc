#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "server/http.h"
#include "system/errno_error.h"

namespace plimsoll::server {
namespace {

struct SocketName {
  sockaddr_storage bytes{};
  socklen_t length = 0;
};

std::optional<SocketName> name_of_address(const std::string& host, uint16_t port) {
  SocketName out;
  in_addr four{};
  in6_addr six{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr = four;
    std::memcpy(&out.bytes, &name, out.length = sizeof name);
    return out;
  }
  if (::inet_pton(AF_INET6, host.c_str(), &six) == 1) {
    sockaddr_in6 name{};
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(port);
    name.sin6_addr = six;
    std::memcpy(&out.bytes, &name, out.length = sizeof name);
    return out;
  }
  return std::nullopt;
}

bool is_loopback(const std::string& host) {
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
  in6_addr six{};
  return ::inet_pton(AF_INET6, host.c_str(), &six) == 1 && std::memcmp(&six, &in6addr_loopback, sizeof six) == 0;
}

struct Reason {
  int status;
  std::string_view text;
};
constexpr std::array reasons = {
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{303, "See Other"},
    Reason{304, "Not Modified"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{413, "Content Too Large"},
    Reason{415, "Unsupported Media Type"},
    Reason{421, "Misdirected Request"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{503, "Service Unavailable"},
};

}  // namespace

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

std::string_view reason_of(int status) {
  for (const Reason& reason : reasons) {
    if (reason.status == status) return reason.text;
  }
  return "Status";
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const Error wrong{ErrorKind::malformed,
                    "'" + printable(text, 80) + "' is no address and port",
                    {},
                    "use 127.0.0.1:8443 or [::1]:8443"};
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto port = parse_uint(text.substr(colon + 1));
  ListenAddress out{std::string(host), 0, false};
  if (!port || *port > 65535 || !name_of_address(out.host, 0) || bracketed != (host.find(':') != host.npos))
    return wrong;
  out.port = static_cast<uint16_t>(*port);
  out.loopback = is_loopback(out.host);
  return out;
}

Result<system::Descriptor> listen_on(const ListenAddress& address) {
  const std::optional<SocketName> name = name_of_address(address.host, address.port);
  const std::string shown = printable(address.host) + " port " + std::to_string(address.port);
  if (!name) return Error{ErrorKind::malformed, "not an address", shown};
  system::Descriptor out(::socket(name->bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  constexpr int waiting = 512;
  if (!out.valid() || ::setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(out.get(), reinterpret_cast<const sockaddr*>(&name->bytes), name->length) != 0 ||
      ::listen(out.get(), waiting) != 0) {
    return system::errno_error(errno, "listen on", shown);
  }
  return out;
}

uint16_t port_of(int listener) {
  sockaddr_storage name{};
  socklen_t length = sizeof name;
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&name), &length) != 0) return 0;
  return ntohs(name.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(name).sin6_port
                                          : reinterpret_cast<const sockaddr_in&>(name).sin_port);
}

}  // namespace plimsoll::server

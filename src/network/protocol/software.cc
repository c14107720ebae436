#include "network/protocol/software.h"

#include "base/text.h"

namespace plimsoll::network {

void read_software(std::string_view banner, Identity& identity) {
  banner = trim(banner);
  if (banner.empty() || banner.size() > 256) return;
  const std::string_view product = banner.substr(0, banner.find_first_of(" (;,"));
  const size_t slash = product.find('/');
  identity.software = product.substr(0, slash);
  identity.software_version = slash == std::string_view::npos ? std::string_view{} : product.substr(slash + 1);
}

std::string_view without_port(std::string_view host) {
  host = trim(host);
  if (host.starts_with('[')) {
    const size_t end = host.find(']');
    return end == std::string_view::npos ? std::string_view{} : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace plimsoll::network

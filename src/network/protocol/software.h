#pragma once
#include <string_view>

#include "network/protocol/recogniser.h"

namespace plimsoll::network {

// Software and version of a Server header or its like: "nginx/1.22.1", "Apache/2.4.62 (Debian)", "SimpleHTTP/0.6
// Python/3.11.2". Of several products the first counts.
void read_software(std::string_view banner, Identity& identity);

// A Host header without its port; an IPv6 address without its brackets.
std::string_view without_port(std::string_view host);

}  // namespace plimsoll::network

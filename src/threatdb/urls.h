#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll::threatdb {

// Everything but unreserved characters and "/" becomes %NN.
std::string percent_encoded_path(std::string_view path);

// The parts of an absolute URL that decide where a request goes.
struct UrlPlace {
  std::string scheme, host, port;  // lower case; the port is always there
  bool operator==(const UrlPlace&) const = default;
};
std::optional<UrlPlace> place_of(const std::string& url);

// 127.0.0.0/8, ::1 and localhost.
bool is_loopback_host(std::string_view host);

// The path of a file:// URL without a host (or with localhost), decoded; nothing for any other URL.
std::optional<std::string> local_path_of(const std::string& url);

// A URL as it may be shown: printable, and without the user and password that it may hold.
std::string shown_url(const std::string& url);

// Whether a server at `from` may send us on to `to`. denied: to another scheme than https (http to http only where both
// are on loopback), or to another host or port that is not among `hosts`.
Status check_redirect(const std::string& from, const std::string& to, const std::vector<std::string>& hosts);

}  // namespace plimsoll::threatdb

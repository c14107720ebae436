#pragma once
#include <optional>
#include <string>

#include "base/result.h"

namespace plimsoll::system {

struct GetBounds {
  int connect_seconds = 20;
  int stall_seconds = 30;  // slower than a trickle for so long is broken
  int whole_seconds = 600;
};

// GET of an http or https URL into memory; certificates are checked, the proxy variables of the environment hold, at
// most five redirects are followed, each within http and https. Nothing for 404 and 410. limit: more than `limit`
// bytes; unsupported: another scheme; timeout, denied (401, 403), unreachable otherwise.
Result<std::optional<std::string>> http_get(const std::string& url, size_t limit, GetBounds bounds = {});

}  // namespace plimsoll::system

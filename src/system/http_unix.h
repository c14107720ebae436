#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "system/machine.h"

namespace plimsoll::system {

// What Machine::http_unix of the real machine does. Plain HTTP/1.1 only, no proxy, no redirect; bodies of the reply
// larger than `limit` are ErrorKind::limit, no end within `seconds` is timeout, a peer that breaks off is unreachable,
// one that does not speak HTTP is malformed. not_found: no such socket; denied: may not connect.
Result<HttpReply> request_over_unix(const std::string& socket, std::string_view method, const std::string& target,
                                    std::string_view body, size_t limit, int seconds);

}  // namespace plimsoll::system

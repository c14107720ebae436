#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::network {

// A JNDI look-up that Log4j 2 would have made of a text (CVE-2021-44228).
struct JndiLookup {
  std::string scheme;              // "ldap", "rmi", "dns"...
  std::vector<std::string> hosts;  // that it would ask, lower case: more than one where "#" hides one behind another
  std::string resolved;            // what the expression comes to, at most 256 bytes, foreign text
  bool closed = false;             // its end was seen: without it, more of it may be to come
};

// The first one in `text`, after the nested look-ups are resolved as Log4j does: lower, upper, date with quoted text,
// base64, and the default (":-") of any that nobody can know here. Linear in time; depth 16, 4 KiB an expression.
std::optional<JndiLookup> find_jndi(std::string_view text);

}  // namespace plimsoll::network

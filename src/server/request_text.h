#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll::server {

// The texts of a request, which a stranger wrote. Pure, bounded, fuzzed (tests/fuzz/request_text_fuzz.cc).

// %XX undone (RFC 3986). Nothing where an escape is broken, or a control character or no UTF-8 comes out.
std::optional<std::string> percent_decoded(std::string_view text);

// The segments of an absolute path, decoded: "/api/v1/assets/a%2Fb" -> {"api", "v1", "assets", "a/b"}. Nothing where a
// segment is broken, empty (but for one at the end), "." or "..", or there are more than 16.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

// name=value&..., decoded; '+' is a blank. malformed: a broken escape, a name twice, more than 32 of them.
using Query = std::map<std::string, std::string, std::less<>>;
Result<Query> parse_query(std::string_view text);

// The value of one cookie of a Cookie header (RFC 6265); nothing when it is not there, or there twice.
std::optional<std::string> cookie_of(std::string_view header, std::string_view name);

// A flat JSON object of texts, numbers, truths and lists of texts: all that any body of ours holds.
struct Body {
  std::map<std::string, std::string, std::less<>> texts;
  std::map<std::string, int64_t, std::less<>> numbers;
  std::map<std::string, std::vector<std::string>, std::less<>> lists;
};
// malformed: anything else, a member twice, or one that is not in `allowed`.
Result<Body> parse_body(std::string_view json, const std::vector<std::string_view>& allowed);

// Whether `host` (of a Host header) names one of `names`, whatever its port. IPv6 addresses in brackets.
bool host_is_one_of(std::string_view host, const std::vector<std::string>& names);

// Whether a list of entity tags (If-None-Match, RFC 9110) holds `tag`, quotes included; weakly compared.
bool matches_tag(std::string_view header, std::string_view tag);

}  // namespace plimsoll::server

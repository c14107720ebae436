#pragma once
#include <string>
#include <string_view>

namespace plimsoll::report {

// `text` as HTML character data or the value of a quoted attribute: control characters and broken UTF-8 escaped
// visibly, then the five characters of markup.
std::string escape_html(std::string_view text);

// The Content-Security-Policy source that admits exactly `content` inline: "sha256-<base64>" (CSP level 3).
std::string csp_hash(std::string_view content);

}  // namespace plimsoll::report

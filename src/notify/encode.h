#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::notify {

// Base64 (RFC 4648 section 4, with padding), all on one line.
std::string base64(std::string_view bytes);
// Nothing when it is none; blanks and line breaks are left out first.
std::optional<std::string> from_base64(std::string_view text);

// HMAC-SHA256 (RFC 2104), 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace plimsoll::notify

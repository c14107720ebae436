#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll {

using Instant = std::chrono::sys_seconds;  // UTC, whole seconds

std::string format_rfc3339(Instant at);                       // "2026-11-24T08:00:00Z"
std::optional<Instant> parse_rfc3339(std::string_view text);  // offsets and fractions allowed; also a bare "2026-11-24"

}  // namespace plimsoll

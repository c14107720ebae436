#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace plimsoll::cli {

// "500ms", "10s", "2m", "1h"; a bare number is seconds. Nothing for zero and for what is none.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace plimsoll::cli

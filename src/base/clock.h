#pragma once
#include "base/time.h"

namespace plimsoll {

// The wall's clock. It may be set: what measures a length of time asks a steady one.
inline Instant wall_clock() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace plimsoll

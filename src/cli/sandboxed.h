#pragma once
#include <memory>

#include "base/result.h"
#include "system/sandbox/sandbox.h"

namespace plimsoll::cli {

// For finding faults and measuring: with this variable set foreign bytes are parsed in the program itself. The report
// says so.
inline constexpr const char* no_sandbox_variable = "PLIMSOLL_NO_SANDBOX";

// Null when it is switched off.
Result<std::unique_ptr<system::sandbox::Sandbox>> start_sandbox();

}  // namespace plimsoll::cli

#pragma once
#include <string>

#include "base/result.h"

namespace plimsoll::respond {

// Runs commands in the language of nft(8), all or none, in the network namespace of the calling thread; what they print
// (rules without counters, everything as numbers unless `counters`). By libnftables, which is loaded at the first call:
// no program is started. unsupported: there is no libnftables.so.1; conflict: the kernel, or the library, refuses.
Result<std::string> run_nft(const std::string& commands, bool counters = false);

}  // namespace plimsoll::respond

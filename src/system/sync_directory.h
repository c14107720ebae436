#pragma once
#include <string>

#include "base/result.h"

namespace plimsoll::system {

// A name that was written, or renamed into place, is there after a loss of power only when its directory is synced,
// too.
Status sync_directory(const std::string& path);

}  // namespace plimsoll::system

#pragma once
#include <string>

#include "base/result.h"
#include "respond/target.h"

namespace plimsoll::respond {

// Keeps what the container is and does at this moment as files below `directory`, which is made (0700, files 0600):
// container.json (as the engine describes it, environment and all), processes.json, changes.json (files changed against
// its image), hashes.json (SHA-256 of those that are regular files), open-files.json, connections.json. Each part is
// bounded; what could not be kept is told. A sentence for a person.
Result<std::string> take_snapshot(const system::Machine& machine, const Target& target, const std::string& directory);

}  // namespace plimsoll::respond

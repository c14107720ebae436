#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fact_tree.h"
#include "probe/runtime/daemon_process.h"
#include "system/files.h"

namespace plimsoll::probe {

// The settings a file sets, each with the file as its source. malformed: no JSON object.
Result<std::map<std::string, FactTree>> read_daemon_file(std::string_view text, const std::string& path);

// The dockerd that listens on the engine's socket; the newest where none says so; nullptr when none runs here.
const DaemonProcess* daemon_of(const std::vector<DaemonProcess>& daemons, const system::Files& files,
                               const std::string& socket);

// Adds to the engine's tree: `daemon` (each setting as it is in force: by the engine's word, else the command line,
// else the configuration file, else dockerd's default), `config_file`, `command`, `uid`, `program`, `limits`. `process`
// is nullptr when none runs here or `unseen` says why none can be seen: then settings that nothing else tells are
// unknown.
void add_daemon(const system::Files& files, const DaemonProcess* process, const std::string& unseen, FactTree& engine);

}  // namespace plimsoll::probe

#pragma once
#include <set>
#include <string>

#include "probe/host/settings/context.h"
#include "system/machine.h"

namespace plimsoll::probe::settings {

EngineFiles read_engine_files(const system::Machine& machine);

// Where engines keep images and containers besides the places they come with: of dockerd --data-root (-g) or
// "data-root" of its file, of containerd --root or `root` of its file, of Podman `graphroot` of storage.conf. Absolute,
// without a slash at the end; never "/" itself. Asks the context's processes and engine files.
std::set<std::string> chosen_data_roots(const Context& context);

}  // namespace plimsoll::probe::settings

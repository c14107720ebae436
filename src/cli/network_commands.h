#pragma once
#include "cli/commands.h"

namespace plimsoll::cli {

// The parts of `plimsoll network`, each in a file of its own; each adds its command to `network`.
void add_network_replay(CLI::App& network, Run& run);
void add_network_graph(CLI::App& network, Run& run);
void add_network_watch(CLI::App& network, Run& run);

}  // namespace plimsoll::cli

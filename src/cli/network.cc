#include <CLI/CLI.hpp>

#include "cli/network_commands.h"

namespace plimsoll::cli {

void add_network(CLI::App& app, Run& run) {
  CLI::App* network = app.add_subcommand("network", "Who talks to whom, in what protocol, and to the outside");
  network->require_subcommand(1);
  add_network_replay(*network, run);
  add_network_graph(*network, run);
  add_network_watch(*network, run);
}

}  // namespace plimsoll::cli

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/exit_code.h"
#include "cli/network_commands.h"
#include "cli/scan_options.h"
#include "report/graph.h"

namespace plimsoll::cli {
namespace {

int run_graph(const ScanOptions& options, bool permitted) {
  Result<World> world = assess_world(options);
  if (!world.ok()) return fail(world.error(), exit_incomplete);
  const Result<report::Options> how = render_options(options, world->policy);
  if (!how.ok()) return fail(how.error(), exit_usage);
  const report::Graph graph = report::graph_of(world->report, permitted);
  const std::string text = options.format == "dot"    ? report::graph_dot(graph)
                           : options.format == "json" ? report::graph_json(graph)
                                                      : report::graph_tree(graph, *how);
  if (const int code = deliver(text, options); code != exit_done) return code;
  return completeness(world->report);
}

}  // namespace

void add_network_graph(CLI::App& network, Run& run) {
  const auto options = std::make_shared<ScanOptions>();
  const auto permitted = std::make_shared<bool>(false);
  CLI::App* command = network.add_subcommand("graph", "Who talks to whom, with the threat level of each");
  command->add_option("TARGET", options->targets, targets_help)->check(target_fault);
  add_world_options(*command, *options);
  options->format = "tree";
  command->add_option("--format", options->format, "tree, dot (for Graphviz) or json")
      ->check(CLI::IsMember({"tree", "dot", "json"}));
  command->add_flag("--permitted", *permitted, "Also what is only permitted: published ports, shared networks");
  command->callback(
      [options, permitted, &run] { run = [options, permitted] { return run_graph(*options, *permitted); }; });
}

}  // namespace plimsoll::cli

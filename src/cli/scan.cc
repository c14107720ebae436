#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/policy_facts.h"
#include "cli/scan_options.h"
#include "report/formats.h"

namespace plimsoll::cli {

const char* const targets_help =
    "What to score (default: this machine): host | container:NAME | image:REF | archive:FILE | oci:DIR | rootfs:DIR | "
    "replay:DIR | all";

std::string target_fault(const std::string& text) {
  const Result<analyzer::Target> target = analyzer::parse_target(text);
  return target.ok() ? "" : target.error().to_string();
}

int deliver(const std::string& text, const ScanOptions& options) {
  if (!options.output.empty()) {
    const Status written = write_file_atomically(options.output, text);
    return written.ok() ? exit_done : fail(written.error(), exit_incomplete);
  }
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? exit_done : exit_incomplete;
}

std::string render(const Report& report, const ScanOptions& options, const report::Options& how) {
  const report::Format* format = report::find_format(options.format);
  return format != nullptr ? format->render(report, how) : report::render_table(report, how);
}

void add_rules_option(CLI::App& command, ScanOptions& options) {
  command.add_option("--rules", options.rules, "Directory of your own checks, beside /etc/plimsoll/benchmarks");
}

void add_world_options(CLI::App& command, ScanOptions& options) {
  command.add_option("--db", options.db, "Threat database file")->envname("PLIMSOLL_DB");
  command.add_option("--policy", options.policy_file, "Policy file, laid over the built-in one")
      ->envname("PLIMSOLL_POLICY");
  add_rules_option(command, options);
  command.add_option("--docker-socket", options.docker_socket, "Socket of the Docker Engine")
      ->envname("PLIMSOLL_DOCKER_SOCKET");
  command.add_flag("--repositories", options.repositories,
                   "Ask the package repositories themselves for pending security updates (network)");
  command.add_flag("--changelogs", options.changelogs,
                   "Name the CVEs in the changelogs of pending Debian and Ubuntu updates (network)");
  command.add_option("-o,--output", options.output, "Write to this file instead of standard output");
  options.observe = "5s";
  command
      .add_option("--observe", options.observe,
                  "How long the network of this machine is watched: 10s, 500ms; 0: not at all")
      ->envname("PLIMSOLL_OBSERVE");
  command.add_option("--baseline", options.baseline,
                     "Learn in this file what assets do on the network, and tell departures from it");
  command.add_flag("-q,--quiet", options.quiet, "No progress line");
}

namespace {

int run_scan(const ScanOptions& options) {
  // What the command line got wrong is told before the work, not after.
  Result<bool> fail_on = meets_fail_on(Report{}, options.fail_on);
  if (!fail_on.ok()) return fail(fail_on.error(), exit_usage);
  Result<report::Options> early = render_options(options, policy::Policy{});
  if (!early.ok()) return fail(early.error(), exit_usage);

  Result<World> world = assess_world(options);
  if (!world.ok()) return fail(world.error(), exit_incomplete);
  const Result<report::Options> how = render_options(options, world->policy);
  if (!how.ok()) return fail(how.error(), exit_usage);
  if (const int code = deliver(render(world->report, options, *how), options); code != exit_done) return code;
  const int code = completeness(world->report);
  return meets_fail_on(world->report, options.fail_on).value_or(false) ? exit_fail_on : code;
}

int run_explain(const ScanOptions& options, const std::string& name) {
  Result<World> world = assess_world(options);
  if (!world.ok()) return fail(world.error(), exit_incomplete);
  const Result<report::Options> how = render_options(options, world->policy);
  if (!how.ok()) return fail(how.error(), exit_usage);
  const Result<const AssetReport*> found = find_asset(world->report, name);
  if (!found.ok()) return fail(found.error(), exit_incomplete);
  const int code = deliver(report::render_explain(**found, world->report, *how), options);
  return code == exit_done && !(*found)->assessment.not_assessed.empty() ? static_cast<int>(exit_incomplete) : code;
}

int run_fix(const ScanOptions& options) {
  Result<World> world = assess_world(options);
  if (!world.ok()) return fail(world.error(), exit_incomplete);
  const Result<report::Options> how = render_options(options, world->policy);
  if (!how.ok()) return fail(how.error(), exit_usage);
  const int code = deliver(report::render_fixes(world->report, *how), options);
  return code == exit_done ? completeness(world->report) : code;
}

}  // namespace

void add_scan(CLI::App& app, Run& run) {
  const auto options = std::make_shared<ScanOptions>();
  CLI::App* scan = app.add_subcommand("scan", "Score this machine, its container runtime and every container on it");
  scan->add_option("TARGET", options->targets, targets_help)->check(target_fault);
  add_world_options(*scan, *options);
  std::vector<std::string> formats;
  for (const report::Format& format : report::formats()) formats.emplace_back(format.name);
  scan->add_option("--format", options->format, join(formats, ", "))->check(CLI::IsMember(formats));
  scan->add_option("--severity", options->severities,
                   "Show only threats of these severities: critical,high,medium,low,unknown");
  scan->add_flag("--only-fixed", options->only_fixed, "Show only threats that an upgrade removes");
  scan->add_flag("--all-threats", options->all_threats, "Table: show every threat, not only the worst of each asset");
  scan->add_option("--fail-on", options->fail_on, "Exit 1 when an asset reaches this level or score");
  scan->add_option("--record", options->record, "Also write what was gathered to this directory, for replay:DIR");
  scan->callback([options, &run] { run = [options] { return run_scan(*options); }; });

  const auto name = std::make_shared<std::string>();
  CLI::App* explain = app.add_subcommand("explain", "The make-up of one asset's threat level");
  explain->add_option("ASSET", *name, "Name or id of a container, or 'host'")->required();
  explain->add_option("--target", options->targets, targets_help)->check(target_fault);
  add_world_options(*explain, *options);
  explain->callback([options, name, &run] { run = [options, name] { return run_explain(*options, *name); }; });

  CLI::App* fix = app.add_subcommand("fix", "What to fix first, ranked by how far it lowers the threat levels");
  fix->add_option("TARGET", options->targets, targets_help)->check(target_fault);
  add_world_options(*fix, *options);
  fix->callback([options, &run] { run = [options] { return run_fix(*options); }; });
}

}  // namespace plimsoll::cli

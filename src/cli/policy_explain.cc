// plimsoll policy explain ASSET: which settings hold for one asset that are not the built-in ones, and where they
// stand.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/policy_commands.h"
#include "cli/policy_facts.h"
#include "model/names.h"
#include "policy/explain.h"
#include "policy/selection.h"
#include "wire/json_writer.h"
#include "wire/response_json.h"

namespace plimsoll::cli {
namespace {

using policy::Explanation;

struct ExplainOptions {
  ScanOptions scan;
  std::string asset, against, journal;
};

// Without facts of its own, this machine is looked at, for what is there and no more.
Result<Report> world_of(const ExplainOptions& options) {
  if (!options.against.empty()) {
    PLIMSOLL_TRY(facts, facts_of(options.against, options.journal));
    return std::move(facts.report);
  }
  PLIMSOLL_TRY(world, assess_world(options.scan));
  return std::move(world.report);
}

std::string place_of(const std::string& file, int line) { return fmt::format("{}:{}", printable(file), line); }

std::string as_table(const Explanation& explained, const Asset& asset, Instant now) {
  std::string out =
      fmt::format("{} ({}): {} setting{} otherwise than built in\n", printable(asset.name, 200), name_of(asset.kind),
                  explained.settings.size(), explained.settings.size() == 1 ? "" : "s");
  for (const policy::ExplainedSetting& setting : explained.settings) {
    out += fmt::format("  {} = {}", setting.path, setting.value);
    out += setting.built_in.empty() ? " (not set)" : fmt::format(" (built in: {})", setting.built_in);
    out += fmt::format("\n      {}, {}\n", place_of(setting.file, setting.line),
                       setting.scope.empty() ? "for all assets" : "for " + setting.scope);
  }
  if (!explained.scopes.empty()) out += "scopes that fit, the most specific first\n";
  for (const policy::ScopedSettings* entry : explained.scopes)
    out += fmt::format("  {}\n      {}\n", policy::describe(entry->on), place_of(entry->file, entry->line));
  if (!explained.exceptions.empty()) out += "exceptions\n";
  for (const Exception* exception : explained.exceptions) {
    out += fmt::format("  {} {} {}: {} ({})\n      {}\n", printable(exception->threat.value, 200),
                       exception->expires_at > now ? "until" : "NOT APPLIED, ended",
                       format_rfc3339(exception->expires_at), printable(exception->reason, 200),
                       printable(exception->owner, 200), printable(exception->created_by));
  }
  if (!explained.responses.empty()) out += "response rules that may fire on it\n";
  for (const ResponseRule* rule : explained.responses)
    out += fmt::format("  {} {}: {}\n", rule->id, name_of(rule->mode), wire::describe_actions(rule->actions));
  return out;
}

std::string as_json(const Explanation& explained, const Asset& asset, Instant now) {
  wire::JsonWriter out;
  out.begin_object().member("asset", asset.id.value).member("name", asset.name).member("kind", name_of(asset.kind));
  out.key("settings").begin_array();
  for (const policy::ExplainedSetting& setting : explained.settings) {
    out.begin_object().member("path", setting.path).member("value", setting.value);
    out.member("built_in", setting.built_in).member("file", setting.file).member("line", setting.line);
    out.member("scope", setting.scope).end_object();
  }
  out.end_array().key("scopes").begin_array();
  for (const policy::ScopedSettings* entry : explained.scopes) {
    out.begin_object().member("scope", policy::describe(entry->on)).member("file", entry->file);
    out.member("line", entry->line).end_object();
  }
  out.end_array().key("exceptions").begin_array();
  for (const Exception* exception : explained.exceptions) {
    out.begin_object().member("id", exception->id).member("threat", exception->threat.value);
    out.member("package", exception->package).member("reason", exception->reason).member("owner", exception->owner);
    out.member("expires_at", format_rfc3339(exception->expires_at)).member("applied", exception->expires_at > now);
    out.member("place", exception->created_by).end_object();
  }
  out.end_array().key("responses").begin_array();
  for (const ResponseRule* rule : explained.responses) {
    out.begin_object()
        .member("id", rule->id)
        .member("mode", name_of(rule->mode))
        .member("do", wire::describe_actions(rule->actions));
    out.end_object();
  }
  out.end_array().end_object();
  return std::move(out).take() + "\n";
}

int run_policy_explain(const ExplainOptions& options) {
  const Result<policy::Policy> policy = load_policy(options.scan.policy_file);
  if (!policy.ok()) return fail(policy.error(), exit_incomplete);
  const Result<Report> world = world_of(options);
  if (!world.ok()) return fail(world.error(), exit_incomplete);
  const Result<const AssetReport*> asset = find_asset(*world, options.asset);
  if (!asset.ok()) return fail(asset.error(), exit_incomplete);
  const Explanation explained = policy::explain(*policy, (*asset)->asset);
  const auto write = options.scan.format == "json" ? as_json : as_table;
  return deliver(write(explained, (*asset)->asset, wall_clock()), options.scan);
}

}  // namespace

void add_policy_explain(CLI::App& policy, Run& run) {
  const auto options = std::make_shared<ExplainOptions>();
  options->scan.settings_only = true;
  CLI::App* explain = policy.add_subcommand(
      "explain", "Tell which settings of an asset are not the built-in ones, where they stand and which scope won");
  explain->add_option("ASSET", options->asset, "Name or id of a container, or 'host'")->required();
  explain->add_option(
      "--against", options->against,
      "LAST: the journal's latest facts; DIR: a recording; REPORT: a JSON report (default: this machine)");
  explain->add_option("--policy", options->scan.policy_file, "What is in force (default /etc/plimsoll/policies)")
      ->envname("PLIMSOLL_POLICY");
  explain->add_option("--journal", options->journal, "Journal of LAST")->envname("PLIMSOLL_JOURNAL");
  explain->add_option("--format", options->scan.format, "table or json")->check(CLI::IsMember({"table", "json"}));
  explain->add_option("-o,--output", options->scan.output, "Write to this file");
  explain->add_option("--docker-socket", options->scan.docker_socket, "Socket of the Docker Engine")
      ->envname("PLIMSOLL_DOCKER_SOCKET");
  explain->add_flag("-q,--quiet", options->scan.quiet, "No progress line");
  explain->callback([options, &run] { run = [options] { return run_policy_explain(*options); }; });
}

}  // namespace plimsoll::cli

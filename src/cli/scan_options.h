#pragma once
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "base/result.h"
#include "cli/rule_files.h"
#include "model/report.h"
#include "policy/policy.h"
#include "report/render.h"

namespace CLI {
class App;
}

namespace plimsoll::cli {

// What the command line says of a scan, as text; read by assess_world() and the renderers.
struct ScanOptions {
  std::vector<std::string> targets;
  std::string db, policy_file, docker_socket = "/var/run/docker.sock";
  std::string format = "table", output, severities, fail_on, record;
  bool repositories = false, changelogs = false;
  std::string rules;           // directory of the user's own rules
  RuleChoice choice;           // which rules
  std::string observe = "0";   // how long the network is watched, as text
  std::string baseline;        // file with the learned behaviour; empty: none is judged
  bool settings_only = false;  // no packages, no vulnerabilities
  bool only_fixed = false, all_threats = false, quiet = false;
};

// The policy in `file`, laid over the built-in one; the built-in one when no file is named.
Result<policy::Policy> load_policy(const std::string& file);

// On standard error, the exceptions of policy files that have ended: they are well written, and do nothing any more.
void tell_ended(const policy::Policy& policy);

// What is judged with.
struct Ground {
  policy::Policy policy;
  benchmark::RuleSet rules;                       // those that were asked for
  std::vector<benchmark::ControlMap> benchmarks;  // likewise
};
Result<Ground> load_ground(const ScanOptions& options);

// A scored world and what it was scored with.
struct World : Ground {
  Report report;
};

// Gathers and judges. When single containers or the host were named, the rest is scored too (levels depend on it) and
// then left out of the report.
Result<World> assess_world(const ScanOptions& options);
Result<World> assess_world(const ScanOptions& options, Ground ground);

// The renderer's options for this terminal and command line; malformed when --severity names no level.
Result<report::Options> render_options(const ScanOptions& options, const policy::Policy& policy);

// The report in the format the options name; table is that of `scan`.
std::string render(const Report& report, const ScanOptions& options, const report::Options& how);
// Writes it where the command line says; an exit code.
int deliver(const std::string& text, const ScanOptions& options);

// For the parser: what is wrong with a target; empty when nothing is.
std::string target_fault(const std::string& text);
extern const char* const targets_help;
void add_rules_option(CLI::App& command, ScanOptions& options);
// The options of every command that scores a world; the network is watched for 5 s unless they say otherwise.
void add_world_options(CLI::App& command, ScanOptions& options);

// Whether `fail_on` (a level's name or a number 0-100; empty = never) is met.
Result<bool> meets_fail_on(const Report& report, const std::string& fail_on);

// Exit code 3 when anything was not assessed, with one line on standard error that says so.
int completeness(const Report& report);

}  // namespace plimsoll::cli

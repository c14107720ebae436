// plimsoll policy: what is in force, whether a file of one's own is well, and what it would change.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "analyzer/policy_trial.h"
#include "base/clock.h"
#include "base/embedded.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/policy_commands.h"
#include "cli/policy_facts.h"
#include "cli/rule_files.h"
#include "cli/scan_options.h"
#include "model/names.h"
#include "policy/policy_files.h"
#include "threatdb/starter.h"

namespace plimsoll::cli {
namespace {

struct PolicyOptions {
  std::vector<std::string> files;
  std::string file, against = "LAST", journal, db, in_force;
};

int run_check(const PolicyOptions& options) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const std::string& path : options.files) {
    auto read = policy::read_policy_files(path);
    if (!read.ok()) return fail(read.error(), exit_incomplete);
    files.insert(files.end(), read->begin(), read->end());
  }
  const Result<policy::Policy> policy = policy::parse_policies(files);
  if (!policy.ok()) return fail(policy.error(), exit_incomplete);
  if (const auto rules = load_rule_set("", *policy); !rules.ok()) return fail(rules.error(), exit_incomplete);
  std::printf("%zu file%s, no fault\n", files.size(), files.size() == 1 ? "" : "s");
  tell_ended(*policy);
  return exit_done;
}

// The built-in file, and what is laid over it, each under its name.
int run_show(const PolicyOptions& options) {
  const auto files = policy::read_policy_files(options.file);
  if (!files.ok()) return fail(files.error(), exit_incomplete);
  const auto built_in = embedded_file("data/policies/default.yaml");
  std::printf("# ---- built in ----\n%s", built_in ? std::string(*built_in).c_str() : "");
  for (const auto& [name, text] : *files)
    std::printf("# ---- laid over it: %s ----\n%s\n", printable(name).c_str(), text.c_str());
  const Result<policy::Policy> policy = policy::parse_policies(*files);
  return policy.ok() ? static_cast<int>(exit_done) : fail(policy.error(), exit_incomplete);
}

Result<analyzer::PolicyTrial> try_out(const PolicyFacts& facts, const policy::Policy& before,
                                      const policy::Policy& after, const threatdb::ThreatDb* db) {
  PLIMSOLL_TRY(old_rules, load_rule_set("", before));
  PLIMSOLL_TRY(new_rules, load_rule_set("", after));
  return analyzer::try_policy({facts.report, facts.judged}, db, {before, old_rules}, {after, new_rules}, wall_clock());
}

void print_scores(const analyzer::PolicyTrial& trial) {
  for (const auto& score : trial.scores)
    std::printf("  %-40s %3d -> %3d  %s\n", printable(score.name, 40).c_str(), score.before, score.after,
                std::string(name_of(score.level_after)).c_str());
  std::printf("%zu of %zu scores change\n", trial.scores.size(), trial.assets);
}

void print_responses(const analyzer::PolicyTrial& trial) {
  using Change = analyzer::PolicyTrial::Change;
  size_t changed = 0, fire = 0;
  for (const auto& firing : trial.responses) {
    changed += firing.change == Change::same ? 0 : 1;
    fire += firing.change == Change::gone ? 0 : 1;
    if (firing.change == Change::same) continue;
    const char* sign = firing.change == Change::added ? "+" : firing.change == Change::gone ? "-" : "~";
    const std::string on = firing.held_back ? " held back" : " on " + printable(firing.asset_name, 60);
    std::printf("  %s %s%s\n", sign, firing.rule.c_str(), on.c_str());
    if (firing.change == Change::gone) continue;
    const std::string how = std::string(name_of(firing.mode)) + ": " + firing.what + " (" + firing.why + ")";
    std::printf("      %s\n", firing.held_back ? firing.why.c_str() : how.c_str());
  }
  std::printf("%zu responses fire, %zu of them otherwise than before\n", fire, changed);
}

void print_exceptions(const analyzer::PolicyTrial& trial) {
  constexpr size_t most = 50;
  for (size_t i = 0; i < std::min(trial.exceptions.size(), most); ++i) {
    const auto& exempt = trial.exceptions[i];
    const bool added = exempt.change == analyzer::PolicyTrial::Change::added;
    std::printf("  %s: %s of %s (%s: %s)\n", added ? "+ excepted" : "- no more excepted",
                printable(exempt.threat.value, 120).c_str(), printable(exempt.asset_name, 60).c_str(),
                printable(exempt.owner, 80).c_str(), printable(exempt.reason, 200).c_str());
  }
  if (trial.exceptions.size() > most) std::printf("  and %zu more\n", trial.exceptions.size() - most);
  std::printf("%zu threats are excepted, %zu otherwise than before\n", trial.excepted, trial.exceptions.size());
}

int run_test(const PolicyOptions& options) {
  const Result<policy::Policy> old_policy = load_policy(options.in_force);
  if (!old_policy.ok()) return fail(old_policy.error(), exit_incomplete);
  auto files = policy::read_policy_files(options.in_force);
  const auto more = policy::read_policy_files(options.file);
  if (!files.ok() || !more.ok()) return fail(files.ok() ? more.error() : files.error(), exit_incomplete);
  files->insert(files->end(), more->begin(), more->end());
  const Result<policy::Policy> new_policy = policy::parse_policies(*files);
  if (!new_policy.ok()) return fail(new_policy.error(), exit_incomplete);
  const Result<PolicyFacts> facts = facts_of(options.against, options.journal);
  if (!facts.ok()) return fail(facts.error(), exit_incomplete);
  const Result<threatdb::ThreatDb> db = threatdb::open_or_starter_pack(options.db);
  if (!db.ok()) return fail(db.error(), exit_incomplete);
  const Result<analyzer::PolicyTrial> trial = try_out(*facts, *old_policy, *new_policy, &*db);
  if (!trial.ok()) return fail(trial.error(), exit_incomplete);
  if (facts->judged)
    std::fputs("plimsoll: a report holds no facts: networks and updates, and which flaws there are, stay as it tells\n",
               stderr);
  tell_ended(*new_policy);
  print_scores(*trial);
  print_exceptions(*trial);
  print_responses(*trial);
  return exit_done;
}

}  // namespace

void add_policy(CLI::App& app, Run& run) {
  const auto options = std::make_shared<PolicyOptions>();
  CLI::App* policy =
      app.add_subcommand("policy", "What scores are made with and what rules may do: check, show, explain, test");
  policy->require_subcommand(1);
  CLI::App* check =
      policy->add_subcommand("check", "Tell what is wrong with policy files, with line and column; exit 3 if anything");
  check->add_option("FILE", options->files, "Files, or directories of *.yaml; laid over each other in this order")
      ->required();
  check->callback([options, &run] { run = [options] { return run_check(*options); }; });

  CLI::App* show = policy->add_subcommand("show", "Print the built-in policy and what is laid over it");
  show->add_option("--policy", options->file, "File or directory laid over it (default /etc/plimsoll/policies)")
      ->envname("PLIMSOLL_POLICY");
  show->callback([options, &run] { run = [options] { return run_show(*options); }; });

  CLI::App* test = policy->add_subcommand(
      "test", "Show which scores a policy file would change and which responses would fire; nothing is done");
  test->add_option("FILE", options->file, "File or directory, laid over what is in force")->required();
  test->add_option(
      "--against", options->against,
      "LAST: the journal's latest facts (default); DIR: a recording of `scan --record DIR`; REPORT: a JSON report");
  test->add_option("--policy", options->in_force, "What is in force (default /etc/plimsoll/policies)")
      ->envname("PLIMSOLL_POLICY");
  test->add_option("--journal", options->journal, "Journal of LAST")->envname("PLIMSOLL_JOURNAL");
  test->add_option("--db", options->db, "Threat database file")->envname("PLIMSOLL_DB");
  test->callback([options, &run] { run = [options] { return run_test(*options); }; });
  add_policy_explain(*policy, run);
  add_policy_versions(*policy, run);
}

}  // namespace plimsoll::cli

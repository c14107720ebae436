#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/text.h"
#include "benchmark/names.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/scan_options.h"
#include "model/names.h"
#include "report/benchmark_page.h"
#include "report/page.h"

namespace plimsoll::cli {
namespace {

struct BenchmarkOptions {
  ScanOptions scan;
  std::string explain;
  bool list = false, all = false;
};

// The levels a rule can fail with, the worst first.
std::string levels_of(const benchmark::Rule& rule) {
  std::vector<std::string> words;
  for (const benchmark::SeverityChoice& choice : rule.severity) words.emplace_back(name_of(choice.level));
  return rule.manual.empty() ? join(words, " or ") : "manual";
}

int run_list(const BenchmarkOptions& options) {
  const Result<Ground> ground = load_ground(options.scan);
  if (!ground.ok()) return fail(ground.error(), exit_usage);
  const Result<report::Options> how = render_options(options.scan, policy::Policy{});
  if (!how.ok()) return fail(how.error(), exit_usage);
  report::Page page(how->columns, how->colour);
  std::string section;
  for (const benchmark::Rule& rule : ground->rules.rules) {
    if (rule.section != section) {
      if (!section.empty()) page.blank();
      page.line(rule.section, report::Style::bold);
    }
    section = rule.section;
    page.paragraph("  " + rule.id + " ", fmt::format("({}) {}", levels_of(rule), rule.title), 4);
  }
  for (const benchmark::ControlMap& map : ground->benchmarks) {
    const auto with_rules = std::count_if(map.controls.begin(), map.controls.end(),
                                          [](const benchmark::Control& control) { return !control.rules.empty(); });
    page.blank();
    page.paragraph("",
                   fmt::format("{} ({} {}): {} controls, {} with checks", benchmark::slug_of(map.benchmark),
                               map.benchmark, map.edition, map.controls.size(), with_rules),
                   2);
  }
  if (!ground->rules.switched_off.empty()) {
    page.blank();
    page.paragraph("", "Switched off by the policy: " + join(ground->rules.switched_off, ", "), 2,
                   report::Style::doubt);
  }
  return deliver(page.take(), options.scan);
}

int run_explain_rule(const BenchmarkOptions& options) {
  ScanOptions one = options.scan;
  one.choice.checks = {options.explain};
  const Result<Ground> ground = load_ground(one);
  if (!ground.ok()) return fail(ground.error(), exit_usage);
  const Result<report::Options> how = render_options(options.scan, policy::Policy{});
  if (!how.ok()) return fail(how.error(), exit_usage);
  report::Page page(how->columns, how->colour);
  for (const benchmark::Rule& rule : ground->rules.rules) {
    page.line(rule.id, report::Style::bold);
    page.paragraph("", rule.title, 0);
    page.paragraph("  looks at  ", std::string(benchmark::name_of(rule.subject)) + ", section " + rule.section, 12);
    page.paragraph("  severity  ", levels_of(rule), 12);
    if (!rule.why.empty()) page.paragraph("  why       ", rule.why, 12);
    if (!rule.manual.empty()) page.paragraph("  look at   ", rule.manual, 12);
    if (!rule.remedy.empty()) page.paragraph("  remedy    ", rule.remedy, 12);
    for (const std::string& reference : rule.references) page.paragraph("  see       ", reference, 12);
    for (const benchmark::ControlMap& map : ground->rules.maps) {
      for (const benchmark::Control& control : map.controls) {
        if (std::find(control.rules.begin(), control.rules.end(), rule.id) == control.rules.end()) continue;
        const std::string level = control.level.empty() ? "" : ", level " + control.level;
        page.paragraph("  control   ",
                       fmt::format("{} {} {}{}{}", map.benchmark, map.edition, control.id, level,
                                   control.scored ? "" : ", manual there"),
                       12);
      }
    }
    page.paragraph("  written   ", rule.place, 12);
  }
  return deliver(page.take(), options.scan);
}

// Whether a check of at least this severity failed.
Result<bool> a_check_fails(const Report& report, const std::string& fail_on) {
  if (fail_on.empty()) return false;
  const auto level = parse_severity_level(lower(fail_on));
  if (!level || *level == SeverityLevel::unknown) {
    return Error{ErrorKind::malformed,
                 "--fail-on: '" + printable(fail_on, 40) + "' is no severity",
                 {},
                 "use critical, high, medium or low"};
  }
  for (const AssetReport& asset : report.assets) {
    for (const CheckResult& row : asset.checks) {
      if (row.outcome == CheckOutcome::fail && row.severity >= *level) return true;
    }
  }
  return false;
}

// Exit code 3 when a check that was asked for could not be decided, or part of the run failed. What only the levels
// would need beside that does not count here.
int decided(const Report& report) {
  size_t unknown = 0, rows = 0;
  for (const AssetReport& asset : report.assets) {
    rows += asset.checks.size();
    for (const CheckResult& row : asset.checks) unknown += row.outcome == CheckOutcome::unknown ? 1 : 0;
  }
  if (rows == 0) std::fputs("plimsoll: no setting was read that a check is about (exit code 3)\n", stderr);
  if (unknown > 0) {
    std::fprintf(stderr, "plimsoll: %zu check%s could not be decided, named in the report (exit code 3)\n", unknown,
                 unknown == 1 ? "" : "s");
  }
  for (const Incomplete& part : report.incomplete) {
    std::fprintf(stderr, "plimsoll: not assessed: %s: %s\n", printable(part.what, 200).c_str(),
                 printable(part.reason, 200).c_str());
  }
  return rows > 0 && unknown == 0 && report.incomplete.empty() ? exit_done : exit_incomplete;
}

int run_benchmark(const BenchmarkOptions& options) {
  const Result<bool> early = a_check_fails(Report{}, options.scan.fail_on);
  if (!early.ok()) return fail(early.error(), exit_usage);
  Result<Ground> ground = load_ground(options.scan);
  if (!ground.ok()) return fail(ground.error(), exit_usage);
  Result<World> world = assess_world(options.scan, std::move(*ground));
  if (!world.ok()) return fail(world.error(), exit_incomplete);
  const Result<report::Options> how = render_options(options.scan, world->policy);
  if (!how.ok()) return fail(how.error(), exit_usage);
  const bool by_benchmark = !options.scan.choice.packs.empty() && world->benchmarks.size() == 1;
  const report::BenchmarkView view{by_benchmark ? &world->benchmarks.front() : nullptr, options.all};
  const std::string text = options.scan.format == "table" ? report::render_benchmark(world->report, view, *how)
                                                          : render(world->report, options.scan, *how);
  if (const int code = deliver(text, options.scan); code != exit_done) return code;
  const int code = decided(world->report);
  return a_check_fails(world->report, options.scan.fail_on).value_or(false) ? exit_fail_on : code;
}

}  // namespace

void add_benchmark(CLI::App& app, Run& run) {
  const auto options = std::make_shared<BenchmarkOptions>();
  options->scan.settings_only = true;
  CLI::App* command =
      app.add_subcommand("benchmark", "Check the settings of this machine, its container runtime and containers");
  command->add_option("PACK", options->scan.choice.packs,
                      "Only these: a benchmark (cis-docker), or a group of our checks (docker, host, k8s)");
  command
      ->add_option("--target", options->scan.targets,
                   "What to check: host | container:NAME | replay:DIR (default: all)")
      ->check(target_fault);
  command->add_option("--edition", options->scan.choice.edition, "Edition of the benchmark (default: the newest)");
  command->add_option("--check", options->scan.choice.checks, "Only this check: our id, or the benchmark's number");
  add_rules_option(*command, options->scan);
  command->add_option("--policy", options->scan.policy_file, "Policy file, laid over the built-in one")
      ->envname("PLIMSOLL_POLICY");
  command->add_option("--docker-socket", options->scan.docker_socket, "Socket of the Docker Engine")
      ->envname("PLIMSOLL_DOCKER_SOCKET");
  command->add_option("--format", options->scan.format, "table, json, html, sarif or junit")
      ->check(CLI::IsMember({"table", "json", "html", "sarif", "junit"}));
  command->add_option("-o,--output", options->scan.output, "Write to this file instead of standard output");
  command->add_option("--fail-on", options->scan.fail_on, "Exit 1 when a check of this severity or worse fails");
  command->add_flag("--all", options->all, "Table: show also what passes or does not apply");
  command->add_flag("--list", options->list, "List the checks and benchmarks, check nothing");
  command->add_option("--explain", options->explain, "Tell what a check is about, check nothing");
  command->add_flag("-q,--quiet", options->scan.quiet, "No progress line");
  command->callback([options, &run] {
    run = [options] {
      if (!options->explain.empty()) return run_explain_rule(*options);
      return options->list ? run_list(*options) : run_benchmark(*options);
    };
  });
}

}  // namespace plimsoll::cli

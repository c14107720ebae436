#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <future>

#include "analyzer/behaviour.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "benchmark/pass_rates.h"
#include "cli/duration.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/sandboxed.h"
#include "cli/scan_options.h"
#include "cli/select_assets.h"
#include "model/names.h"
#include "policy/policy_files.h"
#include "threatdb/starter.h"
#include "wire/recording.h"

namespace plimsoll::cli {

Result<policy::Policy> load_policy(const std::string& file) {
  PLIMSOLL_TRY(files, policy::read_policy_files(file));
  return policy::parse_policies(files);
}

namespace {

// Whether bytes that are not this machine's own settings will be parsed.
bool reads_foreign(const std::vector<analyzer::Target>& targets, bool settings_only) {
  using Kind = analyzer::Target::Kind;
  return !settings_only || std::any_of(targets.begin(), targets.end(), [](const analyzer::Target& t) {
    return t.kind != Kind::all && t.kind != Kind::host && t.kind != Kind::container;
  });
}

bool looks_at_machine(const std::vector<analyzer::Target>& targets) {
  using Kind = analyzer::Target::Kind;
  return targets.empty() || std::any_of(targets.begin(), targets.end(), [](const analyzer::Target& t) {
           return t.kind == Kind::all || t.kind == Kind::host || t.kind == Kind::container;
         });
}

Result<std::chrono::milliseconds> observation_of(const std::string& text) {
  constexpr std::chrono::hours longest{1};
  if (text == "0" || text == "0s") return std::chrono::milliseconds(0);
  const auto duration = parse_duration(text);
  if (!duration || *duration > longest) {
    return Error{ErrorKind::malformed,
                 "--observe: '" + printable(text, 40) + "' is no duration up to an hour",
                 {},
                 "write 10s, 500ms or 2m; 0 watches nothing"};
  }
  return *duration;
}

Status record(const Report& gathered, const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error{ErrorKind::denied, "cannot make the directory", directory,
                 "name one whose parent exists and is writable"};
  }
  // 0600: facts of a machine are not for everybody.
  return write_file_atomically(directory + "/" + analyzer::recording_file, wire::facts_to_json(gathered), 0600);
}

using Targets = std::vector<analyzer::Target>;

Result<Targets> parse_targets(const ScanOptions& options) {
  Targets out;
  for (const std::string& text : options.targets) {
    PLIMSOLL_TRY(target, analyzer::parse_target(text));
    out.push_back(std::move(target));
  }
  return out;
}

// Whether anything of it can have settings that rules judge: a bare file tree has none.
bool has_settings(const Targets& targets) {
  return targets.empty() || std::any_of(targets.begin(), targets.end(), [](const analyzer::Target& t) {
           return t.kind != analyzer::Target::Kind::rootfs;
         });
}

// Whether it has names that only the rules can tell right from wrong.
bool names_rules(const policy::Policy& policy) {
  return !policy.scoring.checks_off.empty() || policy.scoring.benchmarks_counted || !policy.scoped.empty();
}

Result<Ground> ground_with(policy::Policy policy, const ScanOptions& options) {
  Ground ground;
  ground.policy = std::move(policy);
  PLIMSOLL_TRY(rules, load_rule_set(options.rules, ground.policy));
  PLIMSOLL_TRY(benchmarks, narrow(rules, options.choice));
  ground.rules = std::move(rules);
  ground.benchmarks = std::move(benchmarks);
  return ground;
}

// Where bytes of strangers are parsed. Null: in this process, or nowhere.
struct Workers {
  std::unique_ptr<system::sandbox::Sandbox> trees;
  std::unique_ptr<system::sandbox::Sandbox> capture;  // of its own: it is taken up while the network is watched
  std::string off;                                    // why there is none for trees
  std::chrono::milliseconds observe{0};
};

// Before all that fills memory: their brokers must not inherit it, and get ready meanwhile.
Result<Workers> start_workers(const ScanOptions& options, const Targets& targets) {
  Workers out;
  if (looks_at_machine(targets)) {
    PLIMSOLL_TRY(observe, observation_of(options.observe));
    out.observe = observe;
  }
  if (reads_foreign(targets, options.settings_only)) {
    PLIMSOLL_TRY(started, start_sandbox());
    out.trees = std::move(started);
    if (!out.trees) out.off = std::string(no_sandbox_variable) + " is set";
  }
  if (out.observe.count() > 0) {
    PLIMSOLL_TRY(started, start_sandbox());
    out.capture = std::move(started);
  }
  return out;
}

struct Gathered {
  Report report;
  std::optional<threatdb::ThreatDb> db;
};

Result<Gathered> gather(const ScanOptions& options, const Targets& targets, const Workers& workers,
                        const WanPolicy& wan) {
  Gathered out;
  if (!options.settings_only) {
    PLIMSOLL_TRY(opened, threatdb::open_or_starter_pack(options.db));
    out.db = std::move(opened);
  }
  analyzer::Settings settings;
  settings.targets = targets;
  settings.observe = workers.observe;
  settings.capture = workers.capture.get();
  settings.sandbox = workers.trees.get();
  settings.sandbox_off = workers.off;
  settings.wan = wan;
  settings.docker_socket = options.docker_socket;
  settings.packages = !options.settings_only;
  settings.repositories = options.repositories;
  settings.changelogs = options.changelogs;
  ProgressLine line(!options.quiet);
  settings.progress = [&line](const std::string& step, uint64_t done, uint64_t total) { line.show(step, done, total); };

  const std::unique_ptr<system::Machine> machine = system::this_machine();
  PLIMSOLL_TRY(report, analyzer::gather(*machine, settings));
  if (workers.trees) workers.trees->dismiss();
  if (!options.baseline.empty()) {
    PLIMSOLL_CHECK(analyzer::judge_behaviour_by_file(report, options.baseline, report.generated_at));
  }
  if (!options.record.empty()) PLIMSOLL_CHECK(record(report, options.record));
  out.report = std::move(report);
  return out;
}

// A recording is judged as of the moment it was made, so that the same recording gives the same report.
Result<World> judge(const ScanOptions& options, const Targets& targets, Ground ground, Gathered gathered) {
  World world{std::move(ground), std::move(gathered.report)};
  Report& report = world.report;
  const analyzer::Judgement by{world.policy, world.rules};
  if (options.settings_only) {
    analyzer::judge_settings(report, by, report.generated_at);
  } else {
    analyzer::judge(report, gathered.db ? &*gathered.db : nullptr, by, report.generated_at);
  }
  // Of what was asked for; else of what is about such hosts.
  const std::vector<benchmark::ControlMap> maps =
      options.choice.packs.empty() ? benchmark::applicable_maps(report, world.benchmarks) : world.benchmarks;
  PLIMSOLL_CHECK(select_assets(report, targets));
  report.benchmarks = benchmark::pass_rates(report, maps);
  return world;
}

}  // namespace

void tell_ended(const policy::Policy& policy) {
  const Instant now = wall_clock();
  for (const Exception& exception : policy.exceptions) {
    if (exception.expires_at > now) continue;
    std::fprintf(stderr, "plimsoll: %s: the exception of %s ended at %s and is not applied\n",
                 printable(exception.created_by).c_str(), printable(exception.threat.value, 200).c_str(),
                 format_rfc3339(exception.expires_at).c_str());
  }
}

Result<Ground> load_ground(const ScanOptions& options) {
  PLIMSOLL_TRY(policy, load_policy(options.policy_file));
  return ground_with(std::move(policy), options);
}

Result<World> assess_world(const ScanOptions& options) {
  PLIMSOLL_TRY(policy, load_policy(options.policy_file));
  tell_ended(policy);
  PLIMSOLL_TRY(targets, parse_targets(options));
  // What a user wrote is told before the work, not after.
  if (has_own_rules(options.rules) || names_rules(policy)) {
    PLIMSOLL_TRY(ground, ground_with(std::move(policy), options));
    return assess_world(options, std::move(ground));
  }
  const WanPolicy wan = policy.network;
  PLIMSOLL_TRY(workers, start_workers(options, targets));
  // All rules take as long to load as a small file tree to read: both at once.
  const bool judged_by_rules = has_settings(targets);
  std::future<Result<Ground>> loading = std::async(std::launch::async, [&]() -> Result<Ground> {
    if (!judged_by_rules) return Ground{std::move(policy), {}, {}};
    return ground_with(std::move(policy), options);
  });
  Result<Gathered> gathered = gather(options, targets, workers, wan);
  PLIMSOLL_TRY(ground, loading.get());
  if (!gathered.ok()) return std::move(gathered).error();
  return judge(options, targets, std::move(ground), std::move(*gathered));
}

Result<World> assess_world(const ScanOptions& options, Ground ground) {
  PLIMSOLL_TRY(targets, parse_targets(options));
  PLIMSOLL_TRY(workers, start_workers(options, targets));
  PLIMSOLL_TRY(gathered, gather(options, targets, workers, ground.policy.network));
  return judge(options, targets, std::move(ground), std::move(gathered));
}

Result<report::Options> render_options(const ScanOptions& options, const policy::Policy& policy) {
  report::Options out;
  out.only_fixed = options.only_fixed;
  out.db_age_warning_days = policy.scoring.db_age_warning_days;
  if (options.all_threats) out.threats_per_asset = 0;
  const bool terminal = options.output.empty() && ::isatty(STDOUT_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  out.colour = terminal && (no_colour == nullptr || *no_colour == '\0');
  winsize size{};
  if (terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 80) {
    out.columns = std::min<size_t>(size.ws_col, 140);
  }
  if (options.severities.empty()) return out;
  for (const std::string_view word : split(options.severities, ',')) {
    const auto level = parse_severity_level(lower(trim(word)));
    if (!level) {
      return Error{ErrorKind::malformed,
                   "--severity: '" + printable(word, 40) + "' is no severity",
                   {},
                   "use some of critical,high,medium,low,unknown"};
    }
    out.severities.push_back(*level);
  }
  return out;
}

Result<bool> meets_fail_on(const Report& report, const std::string& fail_on) {
  if (fail_on.empty()) return false;
  const auto level = parse_threat_level(lower(fail_on));
  const auto score = parse_uint(fail_on);
  if (!level && (!score || *score > 100)) {
    return Error{ErrorKind::malformed,
                 "--fail-on: '" + printable(fail_on, 40) + "' is neither a level nor a score",
                 {},
                 "use critical, high, medium, low, minimal or a number 0-100"};
  }
  return std::any_of(report.assets.begin(), report.assets.end(), [&](const AssetReport& asset) {
    return level ? asset.assessment.level >= *level : asset.assessment.score >= static_cast<int>(*score);
  });
}

int completeness(const Report& report) {
  size_t parts = report.incomplete.size();
  for (const AssetReport& asset : report.assets) parts += asset.assessment.not_assessed.size();
  if (parts == 0) return exit_done;
  std::fprintf(stderr, "plimsoll: not all could be assessed: %zu part%s left out, named in the report (exit code 3)\n",
               parts, parts == 1 ? "" : "s");
  for (const Incomplete& part : report.incomplete) {
    std::fprintf(stderr, "plimsoll: not assessed: %s: %s\n", printable(part.what, 200).c_str(),
                 printable(part.reason, 200).c_str());
  }
  return exit_incomplete;
}

}  // namespace plimsoll::cli

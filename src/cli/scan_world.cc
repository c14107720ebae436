#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "benchmark/pass_rates.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/sandboxed.h"
#include "cli/scan_options.h"
#include "model/names.h"
#include "threatdb/starter.h"
#include "wire/recording.h"

namespace plimsoll::cli {

Result<policy::Policy> load_policy(const std::string& file) {
  if (file.empty()) return policy::default_policy();
  PLIMSOLL_TRY(text, read_file(file, size_t{4} << 20));
  return policy::parse_policy(text, file);
}

namespace {

bool selects(const analyzer::Target& target, const AssetReport& asset) {
  using Kind = analyzer::Target::Kind;
  switch (target.kind) {
    case Kind::host:
      return asset.asset.kind == AssetKind::host;
    case Kind::container: {
      if (!asset.container) return false;
      const std::string& id = asset.container->id.value;
      return asset.asset.name == target.value || (target.value.size() >= 4 && id.rfind(target.value, 0) == 0);
    }
    default:
      return true;
  }
}

// Keeps the assets that were asked for, and what belongs to them.
Status select_assets(Report& report, const std::vector<analyzer::Target>& targets) {
  using Kind = analyzer::Target::Kind;
  const bool part = !targets.empty() && std::all_of(targets.begin(), targets.end(), [](const analyzer::Target& t) {
    return t.kind == Kind::host || t.kind == Kind::container;
  });
  if (!part) return Done{};
  for (const analyzer::Target& target : targets) {
    if (std::none_of(report.assets.begin(), report.assets.end(),
                     [&](const AssetReport& a) { return selects(target, a); })) {
      return Error{ErrorKind::not_found,
                   "no running container is called '" + printable(target.value, 100) + "'",
                   {},
                   report.incomplete.empty()
                       ? "plimsoll scan lists all"
                       : report.incomplete.front().what + ": " + report.incomplete.front().reason};
    }
  }
  std::erase_if(report.assets, [&](const AssetReport& asset) {
    return std::none_of(targets.begin(), targets.end(), [&](const analyzer::Target& t) { return selects(t, asset); });
  });
  const auto shown = [&](const AssetId& id) {
    return std::any_of(report.assets.begin(), report.assets.end(),
                       [&](const AssetReport& a) { return a.asset.id == id; });
  };
  std::erase_if(report.flows, [&](const Flow& f) { return !shown(f.from.asset) && !shown(f.to.asset); });
  std::erase_if(report.fixes, [&](const FixAction& fix) {
    return std::none_of(fix.falls.begin(), fix.falls.end(), [&](const FixAction::Fall& f) { return shown(f.asset); });
  });
  return Done{};
}

// Whether bytes that are not this machine's own settings will be parsed.
bool reads_foreign(const std::vector<analyzer::Target>& targets, bool settings_only) {
  using Kind = analyzer::Target::Kind;
  return !settings_only || std::any_of(targets.begin(), targets.end(), [](const analyzer::Target& t) {
    return t.kind != Kind::all && t.kind != Kind::host && t.kind != Kind::container;
  });
}

Status record(const Report& gathered, const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error{ErrorKind::denied, "cannot make the directory", directory,
                 "name one whose parent exists and is writable"};
  }
  // 0600: facts of a machine are not for everybody.
  return write_file_atomically(directory + "/" + analyzer::recording_file, wire::facts_to_json(gathered), 0600);
}

}  // namespace

Result<Ground> load_ground(const ScanOptions& options) {
  Ground ground;
  PLIMSOLL_TRY(policy, load_policy(options.policy_file));
  ground.policy = std::move(policy);
  PLIMSOLL_TRY(rules, load_rule_set(options.rules, ground.policy));
  PLIMSOLL_TRY(benchmarks, narrow(rules, options.choice));
  ground.rules = std::move(rules);
  ground.benchmarks = std::move(benchmarks);
  return ground;
}

Result<World> assess_world(const ScanOptions& options) {
  PLIMSOLL_TRY(ground, load_ground(options));
  return assess_world(options, std::move(ground));
}

Result<World> assess_world(const ScanOptions& options, Ground ground) {
  analyzer::Settings settings;
  for (const std::string& text : options.targets) {
    PLIMSOLL_TRY(target, analyzer::parse_target(text));
    settings.targets.push_back(std::move(target));
  }
  // First: its broker must not inherit what is read below, and gets ready while that is read.
  std::unique_ptr<system::sandbox::Sandbox> sandbox;
  if (reads_foreign(settings.targets, options.settings_only)) {
    PLIMSOLL_TRY(started, start_sandbox());
    sandbox = std::move(started);
    if (!sandbox) settings.sandbox_off = std::string(no_sandbox_variable) + " is set";
  }
  World world{std::move(ground), {}};
  std::optional<threatdb::ThreatDb> db;
  if (!options.settings_only) {
    PLIMSOLL_TRY(opened, threatdb::open_or_starter_pack(options.db));
    db = std::move(opened);
  }

  settings.docker_socket = options.docker_socket;
  settings.packages = !options.settings_only;
  settings.repositories = options.repositories;
  settings.changelogs = options.changelogs;
  settings.sandbox = sandbox.get();
  ProgressLine line(!options.quiet);
  settings.progress = [&line](const std::string& step, uint64_t done, uint64_t total) { line.show(step, done, total); };

  const std::unique_ptr<system::Machine> machine = system::this_machine();
  PLIMSOLL_TRY(report, analyzer::gather(*machine, settings));
  if (!options.record.empty()) PLIMSOLL_CHECK(record(report, options.record));
  line.show("scoring", 0, 0);
  // A recording is judged as of the moment it was made, so that the same recording gives the same report.
  const analyzer::Judgement by{world.policy, world.rules};
  if (options.settings_only) {
    analyzer::judge_settings(report, by, report.generated_at);
  } else {
    analyzer::judge(report, db ? &*db : nullptr, by, report.generated_at);
  }
  // Of what was asked for; else of what is about such hosts.
  const std::vector<benchmark::ControlMap> maps =
      options.choice.packs.empty() ? benchmark::applicable_maps(report, world.benchmarks) : world.benchmarks;
  PLIMSOLL_CHECK(select_assets(report, settings.targets));
  report.benchmarks = benchmark::pass_rates(report, maps);
  world.report = std::move(report);
  return world;
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

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <set>

#include "analyzer/analyzer.h"
#include "base/text.h"
#include "cli/db_commands.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/sandboxed.h"
#include "cli/scan_options.h"
#include "threatdb/update.h"

namespace plimsoll::cli {
namespace {

struct UpdateOptions {
  std::string db, folder, from, policy_file, ca_file, docker_socket = "/var/run/docker.sock";
  std::vector<std::string> ecosystems;
  bool nvd = false, quiet = false;
};

// The ecosystems of every package on this machine and in its containers. What could not be looked at is told: its
// ecosystems may be missing.
Status take_needed(const UpdateOptions& options, ProgressLine& line, threatdb::UpdateSettings& settings,
                   IncompleteList& unseen) {
  analyzer::Settings look;
  look.docker_socket = options.docker_socket;
  look.sandbox = settings.sandbox;
  look.progress = [&line](const std::string& step, uint64_t done, uint64_t total) { line.show(step, done, total); };
  const std::unique_ptr<system::Machine> machine = system::this_machine();
  PLIMSOLL_TRY(report, analyzer::gather(*machine, look));
  const std::string hint = "; its ecosystems may be missing (name them with --ecosystem)";
  std::set<std::string> needed;
  for (const AssetReport& asset : report.assets) {
    for (const Package& package : asset.packages) {
      if (!package.ecosystem.empty()) needed.insert(package.ecosystem);
    }
    for (const Incomplete& part : asset.assessment.not_assessed) {
      if (part.what == "packages") unseen.push_back({"packages of " + asset.asset.name, part.reason + hint, ""});
    }
  }
  settings.ecosystems.assign(needed.begin(), needed.end());
  for (const Incomplete& part : report.incomplete) {
    unseen.push_back({part.what, part.reason + hint, ""});
  }
  return Done{};
}

Result<threatdb::UpdateSettings> settings_of(const UpdateOptions& options, ProgressLine& line, bool look,
                                             IncompleteList& unseen, system::sandbox::Sandbox* sandbox) {
  threatdb::UpdateSettings out;
  out.sandbox = sandbox;
  PLIMSOLL_TRY(policy, load_policy(options.policy_file));
  out.policy = policy.updates;
  if (!options.ca_file.empty()) out.policy.ca_file = options.ca_file;
  out.from = options.from;
  out.nvd = options.nvd;
  out.progress = [&line](const std::string& what, uint64_t done, uint64_t total) { line.show(what, done, total); };
  for (const std::string& name : options.ecosystems) {
    out.all |= name == "all";
    if (name != "all") out.ecosystems.push_back(name);
  }
  out.named = !out.ecosystems.empty();
  if (options.ecosystems.empty() && look) PLIMSOLL_CHECK(take_needed(options, line, out, unseen));
  if (options.ecosystems.empty() && !look) out.all = true;
  return out;
}

int tell(const threatdb::UpdateReport& report, const IncompleteList& unseen) {
  for (const threatdb::SourceState& source : report.sources) {
    std::fprintf(stderr, "  %-24s %9llu records, %s%s\n", printable(source.name, 60).c_str(),
                 static_cast<unsigned long long>(source.records), source.failed ? "not updated: " : "",
                 printable(source.told, 300).c_str());
  }
  std::fprintf(stderr, "  %llu bytes came in\n", static_cast<unsigned long long>(report.received));
  for (const IncompleteList* list : {&report.failed, &unseen}) {
    for (const Incomplete& part : *list) {
      const std::string remedy = part.remedy.empty() ? "" : "; " + part.remedy;
      std::fprintf(stderr, "plimsoll: not updated: %s: %s\n", printable(part.what, 200).c_str(),
                   printable(part.reason + remedy, 700).c_str());
    }
  }
  return report.failed.empty() && unseen.empty() ? exit_done : exit_incomplete;
}

int run_update(const UpdateOptions& options) {
  ProgressLine line(!options.quiet);
  IncompleteList unseen;
  const auto sandbox = start_sandbox();
  if (!sandbox.ok()) return fail(sandbox.error(), exit_incomplete);
  const auto settings = settings_of(options, line, true, unseen, sandbox->get());
  if (!settings.ok()) return fail(settings.error(), exit_usage);
  const std::string db = options.db.empty() ? threatdb::default_path() : options.db;
  const auto done = threatdb::update_database(db, *settings);
  line.clear();
  if (!done.ok()) return fail(done.error(), exit_incomplete);
  const int code = tell(done->feeds, unseen);
  if (!done->built) {
    std::fprintf(stderr, "plimsoll: the database was left as it was: %s\n", printable(db).c_str());
    return exit_incomplete;
  }
  print_info(done->built->info, stderr);
  print_left_out(done->built->skipped);
  return done->built->skipped.empty() ? code : static_cast<int>(exit_incomplete);
}

int run_mirror(const UpdateOptions& options) {
  ProgressLine line(!options.quiet);
  IncompleteList unseen;
  const auto settings = settings_of(options, line, false, unseen, nullptr);
  if (!settings.ok()) return fail(settings.error(), exit_usage);
  const auto done = threatdb::update_feeds(options.folder, *settings);
  line.clear();
  if (!done.ok()) return fail(done.error(), exit_incomplete);
  return tell(*done, unseen);
}

void add_source_options(CLI::App& command, UpdateOptions& o, const char* ecosystems_help) {
  command.add_option("--from", o.from, "A mirror's directory or URL in place of the public sources");
  command.add_option("--ecosystem", o.ecosystems, ecosystems_help)->delimiter(',');
  command.add_flag("--nvd", o.nvd, "Also CVSS from the NVD API (slow the first time)");
  command.add_option("--policy", o.policy_file, "Policy file: sources and bounds below 'updates'")
      ->envname("PLIMSOLL_POLICY");
  command.add_option("--ca-file", o.ca_file, "PEM file of the authorities to trust")->envname("PLIMSOLL_CA_FILE");
  command.add_flag("-q,--quiet", o.quiet, "No progress line");
}

}  // namespace

void add_db_update(CLI::App& db, Run& run) {
  const auto o = std::make_shared<UpdateOptions>();
  CLI::App* update = db.add_subcommand("update", "Fetch what is new at the public sources and build the database");
  update->add_option("--db", o->db, "Threat database file")->envname("PLIMSOLL_DB");
  update->add_option("--docker-socket", o->docker_socket, "Socket of the Docker Engine")
      ->envname("PLIMSOLL_DOCKER_SOCKET");
  add_source_options(*update, *o, "Names of OSV, or 'all' (default: those that this machine's packages need)");
  update->callback([o, &run] { run = [o] { return run_update(*o); }; });

  const auto m = std::make_shared<UpdateOptions>();
  CLI::App* mirror = db.add_subcommand("mirror", "Keep a copy of the public sources that other machines can read");
  mirror->add_option("DIR", m->folder, "Where to; an earlier copy there is brought up to date")->required();
  add_source_options(*mirror, *m, "Names of OSV (default: all)");
  mirror->callback([m, &run] { run = [m] { return run_mirror(*m); }; });
}

}  // namespace plimsoll::cli

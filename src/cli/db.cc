#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/db_commands.h"
#include "cli/exit_code.h"
#include "cli/sandboxed.h"
#include "model/names.h"
#include "threatdb/starter.h"
#include "threatdb/threatdb.h"
#include "version/compare.h"

namespace plimsoll::cli {

void print_left_out(const IncompleteList& parts) {
  for (const Incomplete& part : parts) {
    std::fprintf(stderr, "plimsoll: left out: %s: %s\n", printable(part.what, 200).c_str(),
                 printable(part.reason, 200).c_str());
  }
}

void print_info(const ThreatDbInfo& info, FILE* to) {
  std::fprintf(to, "%s\n  built    %s\n  records  %llu\n", printable(info.path).c_str(),
               info.built_at ? format_rfc3339(*info.built_at).c_str() : "unknown",
               static_cast<unsigned long long>(info.records));
  for (const DbSource& source : info.sources) {
    std::fprintf(to, "  %-24s %9llu records, newest %s\n", printable(source.name, 60).c_str(),
                 static_cast<unsigned long long>(source.records),
                 source.date ? format_rfc3339(*source.date).substr(0, 10).c_str() : "date not given");
  }
}

namespace {

struct DbOptions {
  std::string db, from, id, purl, ecosystem, a, b;
  std::vector<std::string> files;

  std::string path() const { return db.empty() ? threatdb::default_path() : db; }
};

void tell_starter_pack(const ThreatDbInfo& info) {
  if (!info.starter_pack) return;
  std::fprintf(stderr, "plimsoll: starter pack only: %llu entries, run `plimsoll db update`\n",
               static_cast<unsigned long long>(info.records));
}

int run_import(const DbOptions& options) {
  if (options.from.empty() == options.files.empty()) {
    return fail({ErrorKind::malformed, "db import needs either --from URL|DIR or FILE..."}, exit_usage);
  }
  const auto sandbox = start_sandbox();
  if (!sandbox.ok()) return fail(sandbox.error(), exit_incomplete);
  const Result<threatdb::ImportReport> done =
      options.from.empty() ? threatdb::import_files(options.files, options.path(), sandbox->get())
                           : threatdb::import_mirror(options.from, options.path(), sandbox->get());
  if (!done.ok()) return fail(done.error(), exit_incomplete);
  print_info(done->info, stderr);
  print_left_out(done->skipped);
  return done->skipped.empty() ? exit_done : exit_incomplete;
}

int run_info(const DbOptions& options) {
  const Result<threatdb::ThreatDb> db = threatdb::open_or_starter_pack(options.db);
  if (!db.ok()) return fail(db.error(), exit_incomplete);
  print_info(db->info(), stdout);
  tell_starter_pack(db->info());
  return exit_done;
}

int run_show(const DbOptions& options) {
  const Result<threatdb::ThreatDb> db = threatdb::open_or_starter_pack(options.db);
  if (!db.ok()) return fail(db.error(), exit_incomplete);
  tell_starter_pack(db->info());
  const Result<std::string> text = db->show(options.id);
  if (!text.ok()) return fail(text.error(), exit_incomplete);
  std::puts(text->c_str());
  return exit_done;
}

void print_threat(const Threat& threat) {
  const std::string score = threat.severity.score ? std::to_string(*threat.severity.score).substr(0, 4) : "-";
  std::printf("%s\t%s\t%s\t%s\t%s%s\n", printable(threat.id.value).c_str(),
              std::string(name_of(threat.severity.level)).c_str(), score.c_str(),
              threat.fixed_version.empty() ? "no fix known" : ("fixed in " + printable(threat.fixed_version)).c_str(),
              printable(threat.title, 120).c_str(), threat.known_exploited ? "\tknown exploited" : "");
}

int run_query(const DbOptions& options) {
  const Result<threatdb::ThreatDb> db = threatdb::open_or_starter_pack(options.db);
  if (!db.ok()) return fail(db.error(), exit_incomplete);
  const Result<threatdb::Matches> found = db->query(options.purl);
  if (!found.ok())
    return fail(found.error(), found.error().kind == ErrorKind::malformed ? exit_usage : exit_incomplete);
  for (const Threat& threat : found->threats) print_threat(threat);
  for (const Incomplete& part : found->not_assessed) {
    std::fprintf(stderr, "plimsoll: not assessed: %s: %s\n", printable(part.what).c_str(),
                 printable(part.reason).c_str());
  }
  return found->not_assessed.empty() ? exit_done : exit_incomplete;
}

char sign_of(version::Scheme scheme, std::string_view a, std::string_view b) {
  const auto order = version::compare(scheme, a, b);
  if (!order) return '?';
  return *order < 0 ? '<' : *order > 0 ? '>' : '=';
}

int compare_stream(version::Scheme scheme) {
  std::ios::sync_with_stdio(false);
  std::string line;
  uint64_t number = 0;
  while (std::getline(std::cin, line)) {
    ++number;
    const auto parts = split(line, '\t');
    if (parts.size() != 2) {
      std::cout.flush();
      return fail({ErrorKind::malformed, "line " + std::to_string(number) + " is not two versions with a tab between",
                   "standard input"},
                  exit_usage);
    }
    std::cout << sign_of(scheme, parts[0], parts[1]) << '\n';
  }
  std::cout.flush();
  return exit_done;
}

int run_compare(const DbOptions& options) {
  const auto scheme = version::scheme_of(options.ecosystem);
  if (!scheme)
    return fail({ErrorKind::malformed, "no ecosystem is named", {}, "use an OSV ecosystem such as Debian, npm or PyPI"},
                exit_usage);
  if (options.a == "-" && options.b.empty()) return compare_stream(*scheme);
  if (options.b.empty())
    return fail({ErrorKind::malformed, "db compare needs two versions, or - for a stream of pairs"}, exit_usage);
  const char sign = sign_of(*scheme, options.a, options.b);
  std::printf("%c\n", sign);
  if (sign != '?') return exit_done;
  const std::string& bad = version::is_valid(*scheme, options.a) ? options.b : options.a;
  return fail(
      {ErrorKind::malformed, "'" + printable(bad, 200) + "' is no version of " + printable(options.ecosystem, 60)},
      exit_incomplete);
}

}  // namespace

void add_db(CLI::App& app, Run& run) {
  const auto o = std::make_shared<DbOptions>();
  CLI::App* db = app.add_subcommand("db", "The threat database");
  db->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*body)(const DbOptions&)) {
    CLI::App* command = db->add_subcommand(name, help);
    command->add_option("--db", o->db, "Threat database file")->envname("PLIMSOLL_DB");
    command->callback([o, body, &run] { run = [o, body] { return body(*o); }; });
    return command;
  };
  CLI::App* import = add("import", "Build the database from a mirror or from files", run_import);
  import->add_option("--from", o->from, "Directory or URL in the layout of the public sources");
  import->add_option("FILE", o->files, "OSV JSON or zip files");
  add_db_update(*db, run);
  add_db_pack(*db, run);
  add("info", "What is in the database, and how old it is", run_info);
  add("show", "One record by any of its ids", run_show)->add_option("ID", o->id, "CVE, GHSA, DSA...")->required();
  add("query", "The advisories that match a package URL", run_query)
      ->add_option("PURL", o->purl, "pkg:deb/debian/openssl@3.0.11-1?distro=debian-12")
      ->required();
  CLI::App* compare = db->add_subcommand("compare", "Print <, = or > for two versions (?: one cannot be parsed)");
  compare->add_option("ECOSYSTEM", o->ecosystem, "Debian, Alpine, npm, PyPI, Maven...")->required();
  compare->add_option("A", o->a, "A version, or - to read tab-separated pairs from standard input")->required();
  compare->add_option("B", o->b, "A version");
  compare->callback([o, &run] { run = [o] { return run_compare(*o); }; });
}

}  // namespace plimsoll::cli

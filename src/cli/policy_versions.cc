// plimsoll policy versions|diff|restore: the policy files that were in force, from the journal.
#include "server/policy_versions.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "base/file.h"
#include "base/line_diff.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/policy_commands.h"
#include "journal/journal.h"

namespace plimsoll::cli {
namespace {

struct VersionOptions {
  std::string journal, to;
  uint64_t first = 0, second = 0;
};

Result<std::unique_ptr<journal::Journal>> journal_of(const VersionOptions& options) {
  const std::string path = options.journal.empty() ? journal::default_path() : options.journal;
  return journal::open_journal(path, {.read_only = true});
}

// Whole, with the texts of all its files.
Result<server::PolicyVersion> version_at(const VersionOptions& options, uint64_t sequence) {
  PLIMSOLL_TRY(journal, journal_of(options));
  PLIMSOLL_TRY(version, server::policy_version(*journal, sequence));
  for (const server::PolicyVersion::File& file : version.files) {
    if (!file.text)
      return Error{ErrorKind::limit, "this version was too long to be kept; only its hashes are in the journal"};
  }
  return version;
}

int run_versions(const VersionOptions& options) {
  const auto journal = journal_of(options);
  if (!journal.ok()) return fail(journal.error(), exit_incomplete);
  const auto versions = server::policy_versions(**journal, journal::max_page);
  if (!versions.ok()) return fail(versions.error(), exit_incomplete);
  for (const server::PolicyVersion& version : *versions) {
    std::vector<std::string> names;
    for (const server::PolicyVersion::File& file : version.files) names.push_back(printable(file.name, 200));
    std::printf("%8llu  %s  %s\n", static_cast<unsigned long long>(version.sequence),
                format_rfc3339(version.at).c_str(),
                names.empty() ? "the built-in policy alone" : join(names, ", ").c_str());
  }
  if (versions->empty()) std::puts("only the built-in policy was ever in force");
  return exit_done;
}

void print_difference(const std::string& name, const std::string& before, const std::string& after) {
  std::printf("--- %s\n", printable(name, 300).c_str());
  const auto lines = line_diff(before, after);
  if (!lines) std::puts("too long to be compared line by line");
  for (const DiffLine& line : lines.value_or(std::vector<DiffLine>())) {
    if (line.kind != DiffLine::Kind::same)
      std::printf("%c%s\n", line.kind == DiffLine::Kind::removed ? '-' : '+', printable(line.text).c_str());
  }
}

int run_diff(const VersionOptions& options) {
  const auto before = version_at(options, options.first), after = version_at(options, options.second);
  if (!before.ok() || !after.ok()) return fail(before.ok() ? after.error() : before.error(), exit_incomplete);
  std::map<std::string, std::pair<std::string, std::string>> files;
  for (const auto& file : before->files) files[file.name].first = *file.text;
  for (const auto& file : after->files) files[file.name].second = *file.text;
  for (const auto& [name, texts] : files) {
    if (texts.first != texts.second) print_difference(name, texts.first, texts.second);
  }
  return exit_done;
}

// Into a directory of the user's choice: what is there of another version is not touched, but told.
int run_restore(const VersionOptions& options) {
  const auto version = version_at(options, options.first);
  if (!version.ok()) return fail(version.error(), exit_incomplete);
  std::error_code fault;
  std::filesystem::create_directories(options.to, fault);
  for (const auto& file : version->files) {
    const std::string path = options.to + "/" + server::policy_file_name(file.name);
    if (const Status written = write_file_atomically(path, *file.text, 0644); !written.ok())
      return fail(written.error(), exit_incomplete);
    std::printf("%s\n", printable(path).c_str());
  }
  std::puts(
      "plimsoll policy check tells whether it is well; plimsoll serve, where it reads them there, brings it into "
      "force");
  return exit_done;
}

}  // namespace

void add_policy_versions(CLI::App& policy, Run& run) {
  const auto options = std::make_shared<VersionOptions>();
  const auto add = [&](const char* name, const char* help, int (*what)(const VersionOptions&)) {
    CLI::App* command = policy.add_subcommand(name, help);
    command->add_option("--journal", options->journal, "Journal")->envname("PLIMSOLL_JOURNAL");
    command->callback([options, &run, what] { run = [options, what] { return what(*options); }; });
    return command;
  };
  add("versions", "List the policy files that came into force, by their entries of the journal", run_versions);
  CLI::App* diff = add("diff", "Show what changed between two versions", run_diff);
  diff->add_option("BEFORE", options->first, "Number of its entry")->required();
  diff->add_option("AFTER", options->second, "Number of its entry")->required();
  CLI::App* restore = add("restore", "Write the files of an earlier version", run_restore);
  restore->add_option("VERSION", options->first, "Number of its entry")->required();
  restore->add_option("--to", options->to, "Directory")->required();
}

}  // namespace plimsoll::cli

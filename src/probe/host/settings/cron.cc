#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/cron_table.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t kMaxJobs = 10'000;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// The rest of a line after `count` fields.
std::string_view after_fields(std::string_view line, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    line = trim(line);
    const size_t blank = line.find_first_of(" \t");
    if (blank == std::string_view::npos) return {};
    line.remove_prefix(blank);
  }
  return trim(line);
}

struct Jobs {
  std::set<std::string> files;  // that root runs, or that say what root runs
  std::vector<std::string> fetching;
  std::string unknown;
};

void take_job(const CronJob& job, const std::string& source, Jobs& out) {
  if (!job.user.empty() && job.user != "root") return;
  for (std::string& program : programs_of(job.command)) out.files.insert(std::move(program));
  if (fetches_to_shell(job.command)) out.fetching.push_back(source);
}

void take_table(const Context& context, const std::string& path, bool with_user, Jobs& out) {
  const auto text = read_following(context.machine, path, size_t{1} << 20);
  if (!text.ok()) {
    if (text.error().kind != ErrorKind::not_found) out.unknown = text.error().to_string();
    return;
  }
  out.files.insert(path);
  for (const CronJob& job : parse_crontab(*text, with_user)) take_job(job, path, out);
}

void take_directories(const Context& context, Jobs& out) {
  const auto tables = files_in(context.machine, "/etc/cron.d", "");
  if (!tables.ok()) out.unknown = tables.error().to_string();
  for (const std::string& path : tables.ok() ? *tables : std::vector<std::string>{}) {
    if (run_parts_takes(base_name(path)) || base_name(path) == "0hourly") take_table(context, path, true, out);
  }
  for (const char* directory : {"/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly"}) {
    const auto scripts = files_in(context.machine, directory, "");
    if (!scripts.ok()) out.unknown = scripts.error().to_string();
    for (const std::string& path : scripts.ok() ? *scripts : std::vector<std::string>{}) {
      if (!run_parts_takes(base_name(path))) continue;
      out.files.insert(path);
      const auto text = read_following(context.machine, path, size_t{256} << 10);
      for (const std::string_view line : config_lines(text_or_none(text))) {
        if (fetches_to_shell(line)) out.fetching.push_back(path);
      }
    }
  }
}

}  // namespace

std::vector<CronJob> parse_crontab(std::string_view text, bool with_user) {
  std::vector<CronJob> out;
  for (const std::string_view line : config_lines(text)) {
    const char first = line.front();
    const bool named = first == '@';
    if (!named && first != '*' && !(first >= '0' && first <= '9')) continue;  // a variable
    std::string_view rest = after_fields(line, named ? 1 : 5);
    CronJob job;
    if (with_user) {
      job.user = rest.substr(0, rest.find_first_of(" \t"));
      rest = after_fields(rest, 1);
    }
    job.command = rest;
    if (!job.command.empty() && out.size() < kMaxJobs) out.push_back(std::move(job));
  }
  return out;
}

std::vector<std::string> programs_of(std::string_view command) {
  static constexpr std::array<std::string_view, 12> kWrappers = {
      "nice", "ionice", "timeout", "flock", "env", "exec", "sh", "bash", "-c", "test", "run-parts", "chronic"};
  std::vector<std::string> out;
  bool at_start = true;
  for (std::string_view word : split_words(command)) {
    while (!word.empty() && std::string_view("\"'({[").find(word.front()) != std::string_view::npos)
      word.remove_prefix(1);
    while (!word.empty() && std::string_view("\"')}];").find(word.back()) != std::string_view::npos && word != "]")
      word.remove_suffix(1);
    if (word.empty()) continue;
    const bool separator = word == "&&" || word == "||" || word == "|" || word == ";" || word == "&";
    if (at_start && word.front() == '/') out.emplace_back(word);
    const bool wraps = std::find(kWrappers.begin(), kWrappers.end(), base_name(word)) != kWrappers.end();
    at_start = separator || (at_start && (wraps || word.find('=') != std::string_view::npos || word.front() == '-'));
  }
  return out;
}

bool fetches_to_shell(std::string_view command) {
  for (const std::string_view tool : {"curl ", "wget "}) {
    const size_t at = command.find(tool);
    if (at == std::string_view::npos) continue;
    const size_t pipe = command.find('|', at);
    if (pipe == std::string_view::npos) continue;
    const auto words = split_words(command.substr(pipe + 1));
    for (const std::string_view word : words) {
      const std::string_view name = base_name(word);
      if (name == "sh" || name == "bash" || name == "dash" || name == "python" || name == "python3" || name == "perl")
        return true;
      if (name != "sudo" && name != "env") break;
    }
  }
  return false;
}

bool run_parts_takes(std::string_view name) { return !name.empty() && std::all_of(name.begin(), name.end(), is_name); }

FactTree read_cron(const Context& context) {
  Jobs jobs;
  take_table(context, "/etc/crontab", true, jobs);
  take_table(context, "/etc/anacrontab", false, jobs);
  for (const char* path : {"/var/spool/cron/crontabs/root", "/var/spool/cron/root", "/etc/crontabs/root"})
    take_table(context, path, false, jobs);
  take_directories(context, jobs);
  FactTree files = describe_files(context, {jobs.files.begin(), jobs.files.end()});
  if (!jobs.unknown.empty()) files.items.push_back(FactTree::unknown_because(jobs.unknown));
  FactTree fetching = FactTree::texts_of(jobs.fetching);
  if (!jobs.unknown.empty() && jobs.fetching.empty()) fetching = FactTree::unknown_because(jobs.unknown);
  const auto queue = context.machine.list_directory("/var/spool/cron/atjobs", 10'000);
  std::vector<std::string> waiting;
  for (const std::string& name : queue.ok() ? *queue : std::vector<std::string>{}) {
    if (!name.starts_with(".")) waiting.push_back(name);
  }
  return FactTree::map_of({{"daemon_runs", runs(context, {"cron", "crond"})},
                           {"timers", FactTree::of(!context.units.empty(), "systemd timers")},
                           {"files", std::move(files)},
                           {"fetching", std::move(fetching)},
                           {"at_jobs", queue.ok() || queue.error().kind == ErrorKind::not_found
                                           ? FactTree::texts_of(waiting, "/var/spool/cron/atjobs")
                                           : from_error(queue.error(), "/var/spool/cron/atjobs")}});
}

}  // namespace plimsoll::probe::settings

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "journal/export.h"
#include "journal/journal.h"

namespace plimsoll::cli {
namespace {

using journal::Event;
using journal::EventQuery;

struct LogOptions {
  std::string journal, key, since, until, asset, kind, actor, format, expected;
  size_t limit = 100;
  int to = -1;

  std::string path() const { return journal.empty() ? journal::default_path() : journal; }
};

Result<std::unique_ptr<journal::Journal>> open_log(const LogOptions& options) {
  Result<std::unique_ptr<journal::Journal>> opened =
      journal::open_journal(options.path(), {.read_only = true, .begin_anew = false, .key = options.key});
  if (opened.ok() || opened.error().kind != ErrorKind::not_found) return opened;
  return Error{ErrorKind::not_found, "there is no journal", options.path(),
               "plimsoll serve writes one; name another with --journal"};
}

// "2026-11-24", "2026-11-24T08:00:00Z", or how long ago: "90s", "15m", "2h", "7d".
std::optional<Instant> parse_moment(const std::string& text) {
  if (const auto at = parse_rfc3339(text)) return at;
  if (text.empty()) return std::nullopt;
  const std::string_view units = "smhd";
  constexpr int64_t seconds[] = {1, 60, 3600, 86400};
  const size_t unit = units.find(text.back());
  const auto number = parse_uint(std::string_view(text).substr(0, text.size() - 1));
  if (unit == std::string_view::npos || !number || *number > 1'000'000) return std::nullopt;
  const auto now = wall_clock();
  return now - std::chrono::seconds(static_cast<int64_t>(*number) * seconds[unit]);
}

Result<EventQuery> query_of(const LogOptions& options) {
  EventQuery query;
  query.kind = options.kind;
  query.actor = options.actor;
  query.subject.value = options.asset;
  for (const auto& [text, moment] :
       {std::pair(&options.since, &query.since), std::pair(&options.until, &query.until)}) {
    if (text->empty()) continue;
    *moment = parse_moment(*text);
    if (!*moment)
      return Error{ErrorKind::malformed,
                   "'" + printable(*text, 60) + "' is no time",
                   {},
                   "write 2026-11-24, 2026-11-24T08:00:00Z, or how long ago: 15m, 2h, 7d"};
  }
  return query;
}

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

void print_row(const Event& event) {
  const auto cell = [](const std::string& text, size_t limit) { return text.empty() ? "-" : printable(text, limit); };
  std::printf("%s %8llu  %-18s %-18s %-24s %s\n", format_rfc3339(event.at).c_str(),
              static_cast<unsigned long long>(event.sequence), cell(event.kind, 40).c_str(),
              cell(event.actor, 40).c_str(), cell(event.subject.value, 40).c_str(), cell(event.body, 200).c_str());
}

int run_show(const LogOptions& options) {
  if (options.format != "table" && options.format != "json")
    return fail({ErrorKind::malformed, "log show knows the formats table and json"}, exit_usage);
  Result<EventQuery> query = query_of(options);
  if (!query.ok()) return fail(query.error(), exit_usage);
  const auto log = open_log(options);
  if (!log.ok()) return fail(log.error(), exit_incomplete);
  std::vector<Event> latest;
  query->newest_first = true;
  while (latest.size() < options.limit) {
    query->limit = std::min(options.limit - latest.size(), journal::max_page);
    Result<std::vector<Event>> page = (*log)->events(*query);
    if (!page.ok()) return fail(page.error(), exit_incomplete);
    if (page->empty()) break;
    query->after = page->back().sequence;
    latest.insert(latest.end(), page->begin(), page->end());
    if (query->after <= 1) break;
  }
  for (auto event = latest.rbegin(); event != latest.rend(); ++event) {
    if (options.format == "json")
      std::puts(journal::event_json(*event).c_str());
    else
      print_row(*event);
  }
  return exit_done;
}

int run_export(const LogOptions& options) {
  const auto format = journal::parse_export_format(options.format);
  if (!format)
    return fail({ErrorKind::malformed, "log export knows the formats json, syslog, ocsf and cef"}, exit_usage);
  Result<EventQuery> query = query_of(options);
  if (!query.ok()) return fail(query.error(), exit_usage);
  const auto log = open_log(options);
  if (!log.ok()) return fail(log.error(), exit_incomplete);
  const std::string host = host_name();
  query->limit = journal::max_page;
  for (;;) {
    const Result<std::vector<Event>> page = (*log)->events(*query);
    if (!page.ok()) return fail(page.error(), exit_incomplete);
    for (const Event& event : *page) std::puts(journal::export_event(event, *format, host).c_str());
    if (page->size() < query->limit) return exit_done;
    query->after = page->back().sequence;
  }
}

Result<std::optional<journal::ChainHead>> parse_expected(const std::string& text) {
  if (text.empty()) return std::optional<journal::ChainHead>();
  const auto parts = split(text, ':');
  const auto sequence = parse_uint(parts[0]);
  if (parts.size() != 2 || !sequence || *sequence == 0 || parts[1].size() != 64)
    return Error{ErrorKind::malformed, "--expect wants SEQUENCE:HASH, as an earlier log verify printed it"};
  return std::optional<journal::ChainHead>({*sequence, lower(parts[1])});
}

int run_verify(const LogOptions& options) {
  const auto expected = parse_expected(options.expected);
  if (!expected.ok()) return fail(expected.error(), exit_usage);
  const auto log = open_log(options);
  if (!log.ok()) return fail(log.error(), exit_incomplete);
  const Result<journal::Verification> found = (*log)->verify(*expected);
  if (!found.ok()) return fail(found.error(), exit_incomplete);
  for (const auto& fault : found->faults) std::printf("fault: %s\n", printable(fault.what, 400).c_str());
  const auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  if (found->last == 0) {
    std::puts(found->whole() ? "whole: no entry yet" : "not whole");
  } else {
    std::printf("%s: entries %llu to %llu, %llu signatures hold\nhead: %llu:%s\n",
                found->whole() ? "whole" : "not whole", number(found->first), number(found->last),
                number(found->checkpoints), number(found->head.sequence), found->head.hash.c_str());
  }
  return found->whole() ? exit_done : exit_fail_on;
}

int run_schema(const LogOptions& options) {
  const Result<journal::Place> place = journal::find_place(options.path());
  if (!place.ok()) return fail(place.error(), exit_usage);
  const Result<int> version = options.to < 0 ? journal::schema_at(*place) : journal::change_schema(*place, options.to);
  if (!version.ok()) return fail(version.error(), exit_incomplete);
  std::printf("schema %d; this program writes %d\n", *version, journal::newest_schema());
  return exit_done;
}

}  // namespace

void add_log(CLI::App& app, Run& run) {
  const auto o = std::make_shared<LogOptions>();
  CLI::App* log = app.add_subcommand("log", "The journal: what was seen, judged and done");
  log->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*body)(const LogOptions&)) {
    CLI::App* command = log->add_subcommand(name, help);
    command->add_option("--journal", o->journal, "Journal: a file, or a postgresql:// URL")
        ->envname("PLIMSOLL_JOURNAL");
    command->callback([o, body, &run] { run = [o, body] { return body(*o); }; });
    return command;
  };
  const auto add_filters = [&](CLI::App* command) {
    command->add_option("--since", o->since, "From this time on: 2026-11-24, 2026-11-24T08:00:00Z, or 15m, 2h, 7d ago");
    command->add_option("--until", o->until, "Up to this time");
    command->add_option("--asset", o->asset, "About this asset, by its id");
    command->add_option("--kind", o->kind, "Of this kind, or of those that begin so: auth.");
    command->add_option("--actor", o->actor, "By this person or rule: user:anna");
  };
  CLI::App* show = add("show", "The latest entries", run_show);
  add_filters(show);
  show->add_option("--limit", o->limit, "How many at most")->default_val(100);
  show->add_option("--format", o->format, "table or json")->default_str("table");
  CLI::App* exported = add("export", "All entries for another program, one a line", run_export);
  add_filters(exported);
  exported->add_option("--format", o->format, "json, syslog (RFC 5424), ocsf or cef")->default_str("json");
  CLI::App* verify =
      add("verify", "Look for entries that were changed, removed, added or reordered (1: found)", run_verify);
  verify->add_option("--expect", o->expected, "SEQUENCE:HASH of an earlier head, kept elsewhere");
  verify->add_option("--key", o->key,
                     "The key it is signed with (default: FILE.key; of a URL journal.key in the service's directory)");
  CLI::App* schema = add(
      "schema", "The version of the journal's tables; brings them to another, with the service stopped", run_schema);
  schema->add_option("--to", o->to, "The version wanted. An older one loses what it does not know");
  show->preparse_callback([o](size_t) { o->format = "table"; });
  exported->preparse_callback([o](size_t) { o->format = "json"; });
}

}  // namespace plimsoll::cli

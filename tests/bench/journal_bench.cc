// Speed of the journal. Usage: journal_bench DIRECTORY|URL [ASSETS THREATS_OF_EACH]
// A URL names an empty database in PostgreSQL; PLIMSOLL_JOURNAL_KEY the file of the journal's key.
// Writing: events a second against bare SQLite inserts, or COPY, of the same rows, with the same safety, in the same
// run. Reading: each question of a list or a detail, over 10 000 assets with 100 threats each unless told otherwise.
#include <fmt/core.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "journal/journal.h"

namespace {

using namespace plimsoll;
using Clock = std::chrono::steady_clock;

double seconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "journal_bench: {}\n", why);
  std::exit(1);
}

template <class T>
T must(Result<T> result) {
  if (!result.ok()) give_up(result.error().to_string());
  return std::move(result).value();
}

const std::string body = R"({"name":"web","before":40,"after":57,"level":"medium"})";

// ---- writing ----------------------------------------------------------------------------------------------------

void sql(sqlite3* db, const char* text) {
  if (sqlite3_exec(db, text, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(sqlite3_errmsg(db));
}

// The same columns and indexes, no hash, no signature.
void bare_inserts(const std::string& path, int events, int per_commit) {
  sqlite3* db = nullptr;
  if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) give_up("cannot open " + path);
  sql(db,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE events (sequence INTEGER PRIMARY KEY, at "
      "INTEGER, kind TEXT, actor TEXT, subject TEXT, body TEXT, previous BLOB, hash BLOB); CREATE INDEX a ON events "
      "(at); CREATE INDEX b ON events (kind, sequence); CREATE INDEX c ON events (subject, sequence)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db,
                     "INSERT INTO events (at, kind, actor, subject, body, previous, hash) VALUES (1, 'score.changed', "
                     "'analyzer', 'docker:web', ?, randomblob(32), randomblob(32))",
                     -1, &insert, nullptr);
  for (int done = 0; done < events;) {
    sql(db, "BEGIN IMMEDIATE");
    for (int i = 0; i < per_commit && done < events; ++i, ++done) {
      sqlite3_bind_text(insert, 1, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
      sqlite3_step(insert);
      sqlite3_reset(insert);
    }
    sql(db, "COMMIT");
  }
  sqlite3_finalize(insert);
  sqlite3_close(db);
}

void pg(PGconn* db, const char* text, ExecStatusType wanted = PGRES_COMMAND_OK) {
  PGresult* result = PQexec(db, text);
  if (PQresultStatus(result) != wanted) give_up(PQerrorMessage(db));
  PQclear(result);
}

// Likewise, by COPY.
void bare_copy(const std::string& url, int events, int per_commit) {
  PGconn* db = PQconnectdb(url.c_str());
  if (PQstatus(db) != CONNECTION_OK) give_up(PQerrorMessage(db));
  pg(db, "SET client_min_messages = error");
  pg(db, "DROP TABLE IF EXISTS bare");
  pg(db,
     "CREATE TABLE bare (sequence BIGINT PRIMARY KEY, at BIGINT, kind TEXT, actor TEXT, subject TEXT, body TEXT, "
     "previous "
     "BYTEA, hash BYTEA)");
  for (const char* index : {"CREATE INDEX a ON bare (at)", "CREATE INDEX b ON bare (kind, sequence)",
                            "CREATE INDEX c ON bare (subject, sequence)"})
    pg(db, index);
  std::string digits(64, 'a');
  for (int done = 0; done < events;) {
    pg(db, "COPY bare FROM STDIN", PGRES_COPY_IN);
    for (int i = 0; i < per_commit && done < events; ++i, ++done) {
      const std::string number = fmt::format("{:08x}", done);
      digits.replace(0, number.size(), number);
      const std::string row =
          fmt::format("{}\t1\tscore.changed\tanalyzer\tdocker:web\t{}\t\\\\x{}\t\\\\x{}\n", done, body, digits, digits);
      PQputCopyData(db, row.data(), static_cast<int>(row.size()));
    }
    PQputCopyEnd(db, nullptr);
    PGresult* result = PQgetResult(db);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) give_up(PQerrorMessage(db));
    PQclear(result);
    while (PGresult* rest = PQgetResult(db)) PQclear(rest);
  }
  PQfinish(db);
}

bool is_url(const std::string& place) { return place.find("://") != std::string::npos; }

void our_events(journal::Journal& log, int threads, int calls, int per_call) {
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&] {
      for (int i = 0; i < calls; ++i) {
        std::vector<journal::NewEvent> events(static_cast<size_t>(per_call),
                                              {"score.changed", "analyzer", {"docker:web"}, body, {}});
        must(log.append(std::move(events)));
      }
    });
  }
  for (std::thread& thread : running) thread.join();
}

void bench_writing(const std::string& place) {
  const auto log = must(journal::open_journal(is_url(place) ? place : place + "/events.db"));
  struct Row {
    const char* name;
    int threads, calls, per_call;
  };
  for (const Row& row :
       {Row{"one event a call, 1 thread", 1, 2000, 1}, Row{"one event a call, 16 threads", 16, 1000, 1},
        Row{"1000 events a call, 1 thread", 1, 100, 1000}}) {
    const int events = row.threads * row.calls * row.per_call;
    const int bare_events = std::min(events, 1000 * row.per_call);
    const double bare = seconds([&] {
      if (is_url(place))
        bare_copy(place, bare_events, row.per_call);
      else
        bare_inserts(place + "/bare-" + std::to_string(events) + ".db", bare_events, row.per_call);
    });
    const double ours = seconds([&] { our_events(*log, row.threads, row.calls, row.per_call); });
    std::fflush(stdout);
    fmt::print("{:32} {:9.0f} events/s; bare, a commit each {} row(s): {:9.0f}/s; ratio {:.2f}\n", row.name,
               events / ours, row.per_call, bare_events / bare, (events / ours) / (bare_events / bare));
  }
  journal::Verification found;
  const double time = seconds([&] { found = must(log->verify()); });
  fmt::print("verify                           {:9.0f} events/s, {}\n", static_cast<double>(found.last) / time,
             found.whole() ? "whole" : "NOT WHOLE");
}

// ---- reading ----------------------------------------------------------------------------------------------------

Threat some_threat(std::mt19937& random) {
  Threat out;
  out.id = {fmt::format("CVE-2026-{}", random() % 20'000)};
  out.title = "A heap overflow in the parser of something that many use";
  out.severity.score = static_cast<double>(random() % 100) / 10;
  out.severity.level = static_cast<SeverityLevel>(1 + random() % 4);
  out.known_exploited = random() % 200 == 0;
  out.package.emplace();
  out.package->name = fmt::format("package-{}", random() % 400);
  out.package->version = "1.2.3-4";
  if (random() % 2 == 0) out.fixed_version = "1.2.3-5";
  out.evidence = "installed, and older than the version that is fixed";
  out.remedy = "upgrade it";
  return out;
}

AssetReport some_asset(int number, int threats, std::mt19937& random) {
  AssetReport out;
  out.asset.id = {fmt::format("docker:{:064}", number)};
  out.asset.kind = AssetKind::container;
  out.asset.name = fmt::format("service-{}", number);
  out.asset.node = fmt::format("node-{}", number % 100);
  out.asset.image = fmt::format("registry.example/app:{}", number % 50);
  out.asset.status = "running";
  out.os = OsRelease{"debian", "12", "bookworm", "Debian 12", {}};
  for (int i = 0; i < 50; ++i) {
    Package package;
    package.name = fmt::format("package-{}", i + number % 50);
    package.version = "1.2.3-4";
    out.packages.push_back(package);
  }
  for (int i = 0; i < threats; ++i) out.threats.push_back(some_threat(random));
  out.assessment.score = static_cast<int>(random() % 101);
  out.assessment.level = static_cast<ThreatLevel>(random() % 5);
  return out;
}

void fill(journal::Journal& log, int assets, int threats) {
  std::mt19937 random(1);
  constexpr int at_once = 200;
  double longest = 0;
  const double time = seconds([&] {
    for (int done = 0; done < assets; done += at_once) {
      Report report;
      report.generated_at = Instant(std::chrono::seconds(1'800'000'000));
      for (int i = done; i < std::min(assets, done + at_once); ++i)
        report.assets.push_back(some_asset(i, threats, random));
      journal::Recording how;
      how.whole = false;
      longest = std::max(longest, seconds([&] { must(log.record(report, how)); }));
    }
  });
  fmt::print("recorded {} assets, {} threats in {:.1f} s; the longest {} assets {:.2f} s; {} MiB\n", assets,
             static_cast<int64_t>(assets) * threats, time, at_once, longest, log.health().bytes >> 20);
}

void ask(const char* name, int times, const std::function<void()>& question) {
  std::vector<double> took;
  for (int i = 0; i < times; ++i) took.push_back(seconds(question) * 1000);
  std::sort(took.begin(), took.end());
  fmt::print("{:44} p50 {:8.2f} ms   p99 {:8.2f} ms\n", name, took[took.size() / 2], took[took.size() * 99 / 100]);
}

void bench_reading(const std::string& place, int assets, int threats) {
  const auto log = must(journal::open_journal(is_url(place) ? place : place + "/world.db"));
  fill(*log, assets, threats);
  std::mt19937 random(2);
  constexpr int times = 300;
  const auto some_id = [&] { return AssetId{fmt::format("docker:{:064}", random() % static_cast<uint32_t>(assets))}; };
  const auto some_cve = [&] { return ThreatId{fmt::format("CVE-2026-{}", random() % 20'000)}; };
  ask("assets by score, first page", times, [&] { must(log->assets({})); });
  std::string cursor;
  ask("assets by score, page after page", times, [&] { cursor = must(log->assets({.cursor = cursor})).next; });
  ask("assets by name", times, [&] { must(log->assets({.sort = journal::AssetQuery::Sort::name})); });
  ask("assets by text that few have", times, [&] { must(log->assets({.text = "service-77"})); });
  ask("assets by text that none has", times, [&] { must(log->assets({.text = "nothing"})); });
  ask("assets of a node and level", times,
      [&] { must(log->assets({.levels = {ThreatLevel::critical}, .node = "node-7"})); });
  ask("one asset with its report", times, [&] { must(log->asset(some_id())); });
  ask("threats of an asset", times, [&] { must(log->threats_of(some_id(), false, {})); });
  ask("threats, first page", times, [&] { must(log->threats({})); });
  ask("threats by text that none has", times, [&] { must(log->threats({.text = "nothing"})); });
  ask("threats, known exploited and fixable", times,
      [&] { must(log->threats({.known_exploited = true, .fixable = true})); });
  ask("one threat", times, [&] { must(log->threat(some_cve())); });
  ask("who has a threat", times, [&] { must(log->who_has(some_cve(), "", 100)); });
  ask("history of an asset", times,
      [&] { must(log->history(some_id(), Instant{}, Instant(std::chrono::seconds(2'000'000'000)))); });
  ask("events after one", times, [&] { must(log->events({.after = random() % static_cast<uint32_t>(assets)})); });
  ask("latest events of an asset", times, [&] { must(log->events({.newest_first = true, .subject = some_id()})); });
  ask("summary", times, [&] { must(log->summary()); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) give_up("usage: journal_bench DIRECTORY|URL [ASSETS THREATS_OF_EACH]");
  const bool url = is_url(argv[1]);
  const std::string place = url ? argv[1] : std::string(argv[1]) + "/journal-bench";
  if (!url) {
    std::filesystem::remove_all(place);
    std::filesystem::create_directories(place);
  }
  bench_writing(place);
  bench_reading(place, argc == 4 ? std::stoi(argv[2]) : 10'000, argc == 4 ? std::stoi(argv[3]) : 100);
  if (!url) std::filesystem::remove_all(place);
  return 0;
}

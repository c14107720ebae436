#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/records.h"
#include "model/report.h"

// The data logger [138] and data log [140]: what was seen, judged and done, kept over restarts.
namespace plimsoll::journal {

// One page of a list. `next` goes into the next query's `cursor`; empty: there is no more. What is there during the
// whole walk, with an unchanged sort key, comes exactly once, whatever is added meanwhile.
template <class T>
struct Page {
  std::vector<T> items;
  std::string next;
  std::optional<uint64_t> total;  // how many pass the filters; told with the first page alone
};

inline constexpr size_t max_page = 1000;  // a larger limit is taken as this

struct AssetQuery {
  std::optional<AssetKind> kind;
  std::vector<ThreatLevel> levels;  // empty: all
  std::string text;                 // in name, image, node or id; ASCII letters match in either case
  std::string node;
  std::string image;
  bool gone = false;  // also those that are gone
  // Numbers highest first, times latest first, texts from a to z.
  enum class Sort { score, name, critical, node, image, scanned_at } sort = Sort::score;
  std::string cursor;
  size_t limit = 100;
};

struct ThreatQuery {
  std::optional<ThreatKind> kind;
  std::vector<SeverityLevel> levels;  // empty: all
  std::string text;                   // in id or title; of threats_of(): also in the package
  bool known_exploited = false, fixable = false;
  std::string cursor;
  size_t limit = 100;
};

struct PackageQuery {
  PackageType type = PackageType::other;
  std::string name;
  std::string cursor;
  size_t limit = 100;
};

struct EventQuery {
  Sequence after = 0;  // only later ones; of newest_first: 0 = from the end, else only earlier ones
  bool newest_first = false;
  std::string kind;  // "auth.sign-in", or its beginning with a dot at the end: "auth."
  AssetId subject;
  std::string actor;
  std::optional<Instant> since, until;
  size_t limit = 100;
};

struct FlowQuery {
  Instant since{}, until{};  // buckets that overlap
  AssetId asset;             // either end; empty: all
  bool seen_only = false;
  size_t limit = 100'000;
};

struct FlowAnswer {
  std::vector<Flow> flows;  // one for each pair of ends and protocol, buckets added up
  bool cut = false;         // `limit` was met
};

// A bucket's count of what one end said to another; several may be of the same ends. Texts last as long as the call.
struct FlowRow {
  std::string_view from_asset, from_address, to_asset, to_address;  // of an end that is no asset: its address alone
  bool from_wan = false, to_wan = false;
  uint16_t to_port = 0;
  Transport transport = Transport::tcp;
  std::string_view application;
  bool seen = false;
  uint64_t connections = 0, bytes = 0;
  Instant first_seen{}, last_seen{};
};

// What a report covers.
struct Recording {
  std::string actor = "analyzer";
  // The report is of everything known: its fixes, benchmark rates, gaps and flows take the place of the last one's.
  bool whole = true;
  // Every container and image of these nodes is in the report: those that are not are gone.
  std::vector<std::string> whole_nodes;
  // Assets that are there as they were recorded last, and are not in the report: nothing of them is written again.
  std::vector<AssetId> unchanged;
  // What gathering could not assess, by asset: judge() adds its own to the same list, and would do so again when the
  // stored facts are judged anew. gaps_of() a report that is gathered and not yet judged; an asset without an entry
  // keeps what is stored of it.
  std::map<AssetId, IncompleteList> gathered_gaps;
  // One judgement of everything that is recorded part by part, the last one as `whole`: which threats the parts before
  // had, to which record() adds its own. Null: it is not in parts.
  std::set<std::string>* in_parts = nullptr;
};
std::map<AssetId, IncompleteList> gaps_of(const Report& gathered);

struct Recorded {
  Sequence first = 0, last = 0;  // its events; 0: nothing changed
};

struct Retention {
  std::chrono::days events{365}, scores{365}, flows{30}, resolved_threats{180}, gone_assets{90};
  std::chrono::days fine_scores{14}, fine_flows{2};  // older ones: the highest a day, the sum an hour
  uint64_t max_bytes = uint64_t{4} << 30;            // beyond it ages are halved, and again, down to a day
};

struct Trimmed {
  uint64_t events = 0, scores = 0, flows = 0, threats = 0, assets = 0;
};

// Thread-safe. Writes return when they are on disk (fsync), and then survive kill -9 and loss of power; writes of many
// threads share one commit. A write that fails left nothing behind: ErrorKind::limit when the disk is full,
// ErrorKind::unreachable when the store does not answer for ten seconds (when it broke off in the middle of a commit
// and stays away, the message says that it is not known). Reads see whole writes only.
class Journal {
 public:
  virtual ~Journal() = default;

  // -- the assessed world --
  // Takes in an assessed report (analyzer::judge): assets, inventories, threats with their lives, scores, flows, and
  // events for what changed. All or nothing.
  virtual Result<Recorded> record(const Report& report, const Recording& how) = 0;
  virtual Result<Recorded> mark_gone(const std::vector<AssetId>& assets, Instant at, const std::string& actor) = 0;
  // Flows of a sensor since its last call: they add up in their time bucket.
  virtual Status add_flows(const std::vector<Flow>& flows) = 0;

  // -- events --
  virtual Result<Recorded> append(std::vector<NewEvent> events) = 0;
  virtual Result<std::vector<Event>> events(const EventQuery& query) const = 0;
  // Called with the newest sequence after each commit that added events, by the writing thread: be quick, do not call
  // the journal. One listener; empty: none.
  virtual void on_events(std::function<void(Sequence)> listener) = 0;
  // Reads all of it. `expected`: a head kept elsewhere, which must be in the chain.
  virtual Result<Verification> verify(const std::optional<ChainHead>& expected = {}) const = 0;

  // -- reading the world --
  virtual Result<Page<AssetRow>> assets(const AssetQuery& query) const = 0;
  virtual Result<AssetDetail> asset(const AssetId& id) const = 0;  // not_found
  virtual Result<std::vector<ScorePoint>> history(const AssetId& id, Instant since, Instant until) const = 0;
  // The assets that were there at a moment, each with its score of then.
  virtual Result<std::map<AssetId, ScorePoint>> scores_at(Instant at) const = 0;
  // The whole over time, by the hour.
  virtual Result<std::vector<TrendPoint>> trend(Instant since, Instant until) const = 0;
  // Threats across assets, worst first: known exploited, then severity. Only those somebody has.
  virtual Result<Page<ThreatGroup>> threats(const ThreatQuery& query) const = 0;
  virtual Result<ThreatGroup> threat(const ThreatId& id) const = 0;  // not_found
  virtual Result<Page<ThreatRow>> who_has(const ThreatId& id, const std::string& cursor, size_t limit) const = 0;
  // Of one asset, worst first; `resolved`: those that are over, latest first.
  virtual Result<Page<ThreatRow>> threats_of(const AssetId& id, bool resolved, const ThreatQuery& query) const = 0;
  // Packages that somebody has whose name holds the text, the nearest first; who has one, worst first, with a row for
  // each version.
  virtual Result<std::vector<PackageGroup>> packages(const std::string& text, size_t limit) const = 0;
  virtual Result<Page<PackageHolder>> package_holders(const PackageQuery& query) const = 0;
  virtual Result<FlowAnswer> flows(const FlowQuery& query) const = 0;
  // The same rows before they are added up, in no order, for who adds them up by something else. `limit` is not asked.
  virtual Status each_flow(const FlowQuery& query, const std::function<void(const FlowRow&)>& look) const = 0;
  virtual Result<Summary> summary() const = 0;
  // The last recorded report without its assets and flows, as plimsoll.report/1 (threat_db, fixes, benchmarks,
  // incomplete, sandbox); empty before the first.
  virtual Result<std::string> overview_json() const = 0;
  // The facts of all assets that are there, as they were gathered, and the flows of the last report: what judge() needs
  // to match them anew without reading a disk. `only`: of these alone, without flows; empty: of all.
  virtual Result<Report> stored_facts(const std::vector<AssetId>& only = {}) const = 0;
  // The same in pieces: which assets are there, by node; and the flows of the last report alone.
  virtual Result<std::vector<Asset>> known_assets() const = 0;
  virtual Result<Report> stored_between() const = 0;

  // -- people; changes are events of the caller's own --
  virtual Status put_user(const User& user) = 0;                 // adds it or takes its place
  virtual Result<User> user(const std::string& name) const = 0;  // not_found
  virtual Result<std::vector<User>> users() const = 0;           // by name
  virtual Status remove_user(const std::string& name) = 0;       // with its sessions and tokens
  virtual Status put_session(const Session& session) = 0;        // adds it or takes its place
  // When they were used last. No error where they are gone: what somebody removed does not come back by its use.
  virtual Status touch_session(const std::string& hash, Instant used) = 0;
  virtual Status touch_token(const std::string& id, Instant used) = 0;
  virtual Result<Session> session(const std::string& hash) const = 0;  // not_found; expired ones are returned, too
  virtual Result<std::vector<Session>> sessions(const std::string& user) const = 0;
  virtual Status remove_session(const std::string& hash) = 0;  // no error when there is none
  virtual Status remove_expired(Instant now) = 0;              // sessions and tokens
  virtual Status put_token(const ApiToken& token) = 0;
  virtual Result<ApiToken> token_by_hash(const std::string& hash) const = 0;  // not_found
  virtual Result<std::vector<ApiToken>> tokens() const = 0;
  virtual Status remove_token(const std::string& id) = 0;
  // Small values of the server's own, by name: the hash of the setup link, for one.
  virtual Status put_setting(const std::string& name, const std::string& value) = 0;
  virtual Result<std::string> setting(const std::string& name) const = 0;  // not_found
  // Those whose name begins so, by name.
  virtual Result<std::map<std::string, std::string>> settings(const std::string& beginning) const = 0;
  // Removes it and says whether it was there: of two callers one is told so. not_found else.
  virtual Status take_setting(const std::string& name) = 0;

  // -- care --
  // Another number whenever this process has changed what the questions above about the world answer. Settings are no
  // part of it: they are written with every batch of a stream, and what is shown of them is written before a record().
  virtual uint64_t world_version() const = 0;
  // The same of users, sessions and tokens: another number when a write returns that may have changed any of them.
  virtual uint64_t people_version() const = 0;
  // The newest event that this process has written, told before the listener of on_events() hears of it; 0: none yet.
  virtual Sequence last_written() const = 0;
  virtual Result<Trimmed> trim(const Retention& retention, Instant now) = 0;
  virtual Health health() const = 0;
};

struct Opening {
  bool read_only = false;  // for `plimsoll log`: nothing is made or changed, the schema must be this version's
  // A damaged file is renamed to FILE.damaged-TIME and a new one is begun; health() tells. Else it is an error.
  bool begin_anew = false;
  std::string key = {};  // file of the key that it is signed with; empty: FILE.key, of a URL
  // PLIMSOLL_JOURNAL_KEY or default_state()/journal.key
};

// Where a journal is, and what opening it needs of this machine: found out by a process that still has its rights.
struct Place {
  std::string name;                             // a path, or a URL: to show
  std::map<std::string, std::string> settings;  // of a URL: libpq's keywords. May hold a password: never shown
  bool local = false;                           // over a Unix socket
  std::vector<uint16_t> ports;                  // else TCP ports
  std::vector<std::string> readable;            // files that connecting reads: certificates
};

// A path of an SQLite file, or "postgresql://USER@HOST:PORT/DATABASE?..." as libpq knows it. A password is taken from
// where libpq takes it (PGPASSFILE, a service file, PGPASSWORD), never from the URL. Names of hosts are resolved here.
Result<Place> find_place(const std::string& url_or_path);

// The file is made 0600 with its key when it is not there, PostgreSQL's tables in a schema of their own ("plimsoll").
// malformed: damaged; conflict: an SQLite file that is no journal, or without its key; not_found: nothing there to
// read; unsupported: a newer schema, or a kind of store that this program has not; unreachable: PostgreSQL.
Result<std::unique_ptr<Journal>> open_journal(const Place& place, const Opening& opening = {});
Result<std::unique_ptr<Journal>> open_journal(const std::string& url_or_path, const Opening& opening = {});

// The version of the tables there, and of those that this program writes. change_schema() brings them to another one,
// up or down: what only the newer one knows goes. With no other program on the journal. unsupported: not known.
int newest_schema();
Result<int> schema_at(const Place& place);
Result<int> change_schema(const Place& place, int to);

// "/var/lib/plimsoll/service" for root, else below XDG_DATA_HOME: where a service keeps what is its own.
std::string default_state();

// PLIMSOLL_JOURNAL, or default_state()/journal.db. A directory of its own: it belongs to the
// user of the service, the threat database beside it to root.
std::string default_path();

}  // namespace plimsoll::journal

#include "journal/stored_journal.h"

#include "journal/flow_store.h"
#include "journal/package_index.h"
#include "journal/people.h"
#include "journal/queries.h"
#include "journal/schema.h"
#include "journal/size.h"
#include "journal/trend.h"
#include "journal/trim.h"
#include "journal/world.h"

namespace plimsoll::journal {

StoredJournal::StoredJournal(Parts parts) : parts_(std::move(parts)), reads_(parts_.connect) {}

Status StoredJournal::write(Writer::Job job, Writer::Touches touches) {
  if (!parts_.writer) return Error{ErrorKind::denied, "the journal was opened for reading only", parts_.path};
  return parts_.writer->write(std::move(job), touches);
}

// Also of one that failed: whether it was kept is not always known.
Status StoredJournal::write_people(Writer::Job job) {
  Status done = write(std::move(job));
  ++people_version_;
  return done;
}

Result<Recorded> StoredJournal::write_telling(Writer::Job job, Writer::Touches touches) {
  Recorded added;
  const Status written = write(
      [&](Transaction& t) {
        const Sequence before = t.end.sequence;
        Status done = job(t);
        added = t.end.sequence == before ? Recorded{} : Recorded{before + 1, t.end.sequence};
        return done;
      },
      touches);
  if (!written.ok()) return written.error();
  return added;
}

Result<Recorded> StoredJournal::record(const Report& report, const Recording& how) {
  const PreparedReport prepared = prepare(report, how);
  PLIMSOLL_TRY(recorded,
               write_telling([&](Transaction& t) { return write_report(t, prepared); }, Writer::Touches::world));
  if (how.in_parts != nullptr) {
    for (const PreparedAsset& asset : prepared.assets) {
      for (const PreparedThreat& threat : asset.threats) how.in_parts->insert(threat.id);
    }
  }
  return recorded;
}

Result<Recorded> StoredJournal::mark_gone(const std::vector<AssetId>& assets, Instant at, const std::string& actor) {
  return write_telling([&](Transaction& t) { return write_gone(t, assets, at, actor); }, Writer::Touches::world);
}

Status StoredJournal::add_flows(const std::vector<Flow>& flows) {
  return write([&](Transaction& t) { return put_flows(t.db, flows, Counting::since_last, {}); },
               Writer::Touches::world);
}

Result<Recorded> StoredJournal::append(std::vector<NewEvent> events) {
  for (NewEvent& event : events) PLIMSOLL_CHECK(settle_event(event));
  return write_telling(
      [&](Transaction& t) -> Status {
        for (const NewEvent& event : events) PLIMSOLL_CHECK(t.add(event));
        return Done{};
      },
      Writer::Touches::nothing_shown);
}

Result<std::vector<Event>> StoredJournal::events(const EventQuery& query) const {
  return reads_.read([&](Database& db) { return read_events(db, query); });
}

void StoredJournal::on_events(std::function<void(Sequence)> listener) {
  if (parts_.writer) parts_.writer->on_events(std::move(listener));
}

Result<Verification> StoredJournal::verify(const std::optional<ChainHead>& expected) const {
  const SealKey* key = parts_.writer ? &parts_.writer->key() : parts_.key ? &*parts_.key : nullptr;
  if (key == nullptr)
    return Error{ErrorKind::not_found, "the key that the journal is signed with cannot be read", parts_.key_path,
                 "run as the user that the service runs as"};
  return reads_.read([&](Database& db) { return verify_chain(db, *key, expected); });
}

Result<Page<AssetRow>> StoredJournal::assets(const AssetQuery& query) const {
  return reads_.read([&](Database& db) { return read_assets(db, query); });
}
Result<AssetDetail> StoredJournal::asset(const AssetId& id) const {
  return reads_.read([&](Database& db) { return read_asset(db, id); });
}
Result<std::vector<ScorePoint>> StoredJournal::history(const AssetId& id, Instant since, Instant until) const {
  return reads_.read([&](Database& db) { return read_history(db, id, since, until); });
}
Result<std::map<AssetId, ScorePoint>> StoredJournal::scores_at(Instant at) const {
  return reads_.read([&](Database& db) { return read_scores_at(db, at); });
}
Result<std::vector<TrendPoint>> StoredJournal::trend(Instant since, Instant until) const {
  return reads_.read([&](Database& db) { return read_trend(db, since, until); });
}
Result<Page<ThreatGroup>> StoredJournal::threats(const ThreatQuery& query) const {
  return reads_.read([&](Database& db) { return read_threats(db, query); });
}
Result<ThreatGroup> StoredJournal::threat(const ThreatId& id) const {
  return reads_.read([&](Database& db) { return read_threat(db, id); });
}
Result<Page<ThreatRow>> StoredJournal::who_has(const ThreatId& id, const std::string& cursor, size_t limit) const {
  return reads_.read([&](Database& db) { return read_who_has(db, id, cursor, limit); });
}
Result<Page<ThreatRow>> StoredJournal::threats_of(const AssetId& id, bool resolved, const ThreatQuery& query) const {
  return reads_.read([&](Database& db) { return read_threats_of(db, id, resolved, query); });
}
Result<std::vector<PackageGroup>> StoredJournal::packages(const std::string& text, size_t limit) const {
  return reads_.read([&](Database& db) { return find_packages(db, text, limit); });
}
Result<Page<PackageHolder>> StoredJournal::package_holders(const PackageQuery& query) const {
  return reads_.read([&](Database& db) { return read_package_holders(db, query); });
}
Result<FlowAnswer> StoredJournal::flows(const FlowQuery& query) const {
  return reads_.read([&](Database& db) { return read_flows(db, query); });
}

Status StoredJournal::each_flow(const FlowQuery& query, const std::function<void(const FlowRow&)>& look) const {
  return reads_.read([&](Database& db) { return read_flow_rows(db, query, look); });
}
Result<Summary> StoredJournal::summary() const {
  return reads_.read([&](Database& db) { return read_summary(db); });
}
Result<std::string> StoredJournal::overview_json() const {
  return reads_.read([&](Database& db) { return read_overview(db); });
}
Result<Report> StoredJournal::stored_facts(const std::vector<AssetId>& only) const {
  return reads_.read([&](Database& db) { return read_facts(db, only); });
}
Result<std::vector<Asset>> StoredJournal::known_assets() const {
  return reads_.read([&](Database& db) { return read_known_assets(db); });
}
Result<Report> StoredJournal::stored_between() const {
  return reads_.read([&](Database& db) { return read_between(db); });
}

Status StoredJournal::put_user(const User& user) {
  if (user.name.empty()) return Error{ErrorKind::malformed, "a user has no name"};
  return write_people([&](Transaction& t) { return write_user(t.db, user); });
}
Result<User> StoredJournal::user(const std::string& name) const {
  return reads_.read([&](Database& db) { return read_user(db, name); });
}
Result<std::vector<User>> StoredJournal::users() const {
  return reads_.read([&](Database& db) { return read_users(db); });
}
Status StoredJournal::remove_user(const std::string& name) {
  return write_people([&](Transaction& t) { return erase_user(t.db, name); });
}
Status StoredJournal::put_session(const Session& session) {
  return write_people([&](Transaction& t) { return write_session(t.db, session); });
}
Status StoredJournal::touch_session(const std::string& hash, Instant used) {
  return write_people([&](Transaction& t) { return journal::touch_session(t.db, hash, used); });
}
Status StoredJournal::touch_token(const std::string& id, Instant used) {
  return write_people([&](Transaction& t) { return journal::touch_token(t.db, id, used); });
}
Result<Session> StoredJournal::session(const std::string& hash) const {
  return reads_.read([&](Database& db) { return read_session(db, hash); });
}
Result<std::vector<Session>> StoredJournal::sessions(const std::string& user) const {
  return reads_.read([&](Database& db) { return read_sessions(db, user); });
}
Status StoredJournal::remove_session(const std::string& hash) {
  return write_people([&](Transaction& t) { return erase_session(t.db, hash); });
}
Status StoredJournal::remove_expired(Instant now) {
  return write_people([&](Transaction& t) { return erase_expired(t.db, now); });
}
Status StoredJournal::put_token(const ApiToken& token) {
  return write_people([&](Transaction& t) { return write_token(t.db, token); });
}
Result<ApiToken> StoredJournal::token_by_hash(const std::string& hash) const {
  return reads_.read([&](Database& db) { return read_token(db, hash); });
}
Result<std::vector<ApiToken>> StoredJournal::tokens() const {
  return reads_.read([&](Database& db) { return read_tokens(db); });
}
Status StoredJournal::remove_token(const std::string& id) {
  return write_people([&](Transaction& t) { return erase_token(t.db, id); });
}
Status StoredJournal::put_setting(const std::string& name, const std::string& value) {
  return write([&](Transaction& t) { return write_setting(t.db, name, value); });
}
Result<std::string> StoredJournal::setting(const std::string& name) const {
  return reads_.read([&](Database& db) { return read_setting(db, name); });
}
Result<std::map<std::string, std::string>> StoredJournal::settings(const std::string& beginning) const {
  return reads_.read([&](Database& db) { return read_settings(db, beginning); });
}
Status StoredJournal::take_setting(const std::string& name) {
  return write([&](Transaction& t) { return journal::take_setting(t.db, name); });
}

Result<Trimmed> StoredJournal::trim(const Retention& retention, Instant now) {
  Trimmed sum;
  PLIMSOLL_CHECK(write(
      [&](Transaction& t) -> Status {
        PLIMSOLL_TRY(done, journal::trim(t, retention, now));
        sum = done;
        return Done{};
      },
      Writer::Touches::world));
  return sum;
}

uint64_t StoredJournal::world_version() const { return parts_.writer ? parts_.writer->world_version() : 0; }

Sequence StoredJournal::last_written() const { return parts_.writer ? parts_.writer->last_written() : 0; }

Health StoredJournal::health() const {
  Health health;
  health.begun_anew = parts_.begun_anew;
  health.writable = parts_.writer != nullptr;
  if (parts_.writer) {
    const Writer::State state = parts_.writer->state();
    health.waiting = state.waiting;
    if (state.fault) {
      health.writable = false;
      health.fault = state.fault->to_string();
      health.fault_at = state.fault_at;
    }
  }
  const Status read = reads_.read([&](Database& db) -> Status {
    PLIMSOLL_TRY(schema, schema_of(db));
    health.schema = schema;
    PLIMSOLL_TRY(bytes, stored_bytes(db, parts_.path));
    health.bytes = bytes;
    return db.each("SELECT coalesce(max(sequence), 0), min(at) FROM events", [&](const Row& row) {
      health.newest_event = static_cast<Sequence>(row.integer(0));
      health.oldest_event = row.maybe_instant(1);
    });
  });
  if (read.ok()) return health;
  if (health.fault.empty()) health.fault = read.error().to_string();
  if (read.error().kind == ErrorKind::unreachable) health.writable = false;
  return health;
}

}  // namespace plimsoll::journal

#include "journal/postgres.h"

#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <deque>
#include <thread>
#include <utility>

#include "base/text.h"
#include "journal/packing.h"
#include "journal/postgres_text.h"

namespace plimsoll::journal::postgres {
namespace {

constexpr std::chrono::seconds for_reading{10}, for_writing{20}, for_much{600}, for_connecting{5}, for_a_commit{10};
constexpr size_t most_sent = 512, most_sent_bytes = size_t{4} << 20;  // before answers are fetched
constexpr int oldest_server = 130000;
const std::string writers_lock = "SELECT pg_advisory_xact_lock(5786930140093827023)";  // ours in this database

class PostgresRow final : public Row {
 public:
  PostgresRow(const Library& pq, const PGresult* result, int row) : pq_(pq), result_(result), row_(row) {}
  bool is_null(int column) const override { return pq_.PQgetisnull(result_, row_, column) != 0; }
  int64_t integer(int column) const override { return signed_number(text(column)); }
  double real(int column) const override { return std::bit_cast<double>(integer(column)); }
  std::string bytes(int column) const override {
    if (pq_.PQftype(result_, column) == oid_int8) return std::to_string(integer(column));
    return std::string(text(column));
  }
  std::string_view text(int column) const override {
    return {pq_.PQgetvalue(result_, row_, column), static_cast<size_t>(pq_.PQgetlength(result_, row_, column))};
  }

 private:
  const Library& pq_;
  const PGresult* result_;
  const int row_;
};

Oid type_of(const Value& value) {
  switch (value.type) {
    case Value::Type::integer:
      return oid_int8;
    case Value::Type::real:
      return oid_float8;
    case Value::Type::text:
      return oid_text;
    case Value::Type::blob:
      return oid_bytea;
  }
  return 0;
}

// Values as libpq wants them; what had to be made anew is kept in `made`.
struct Parameters {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
  std::deque<std::string> made;

  void add(const Value& value) {
    std::string_view bytes = value.bytes;
    if (value.type == Value::Type::integer)
      bytes = made.emplace_back(network_order(static_cast<uint64_t>(value.integer)));
    else if (value.type == Value::Type::real)
      bytes = made.emplace_back(network_order(std::bit_cast<uint64_t>(value.real)));
    else if (value.type == Value::Type::text && !is_holdable(bytes))
      bytes = made.emplace_back(holdable(bytes));
    values.push_back(value.null ? nullptr : bytes.data() == nullptr ? "" : bytes.data());
    lengths.push_back(static_cast<int>(bytes.size()));
    formats.push_back(1);
  }
};

}  // namespace

Connection::~Connection() { pq_.PQfinish(connection_); }

Result<std::unique_ptr<Connection>> Connection::open(const std::map<std::string, std::string>& settings,
                                                     Access access) {
  PLIMSOLL_TRY(pq, library());
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : settings) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<Connection> made(new Connection(pq, pq->PQconnectStartParams(keywords.data(), values.data(), 0)));
  const auto given = settings.find("connect_timeout");
  const auto seconds = given == settings.end() ? std::nullopt : parse_uint(given->second);
  PLIMSOLL_CHECK(made->finish_connecting(seconds && *seconds > 0 && *seconds < 60 ? std::chrono::seconds(*seconds)
                                                                                  : for_connecting));
  PLIMSOLL_CHECK(made->set_up(access));
  return made;
}

Status Connection::finish_connecting(std::chrono::seconds patience) {
  patience_ = patience;
  pq_.PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (pq_.PQstatus(connection_) != CONNECTION_BAD && next != PGRES_POLLING_OK && next != PGRES_POLLING_FAILED) {
    PLIMSOLL_CHECK(wait(next == PGRES_POLLING_READING ? POLLIN : POLLOUT));
    next = pq_.PQconnectPoll(connection_);
  }
  if (pq_.PQstatus(connection_) == CONNECTION_OK) return Done{};
  // libpq tells no SQLSTATE of a connection that was refused: its words alone.
  const std::string said = pq_.PQerrorMessage(connection_);
  for (const auto& [words, state] : std::initializer_list<std::pair<const char*, const char*>>{
           {"does not exist", said.find("database \"") != std::string::npos ? "3D000" : "28000"},
           {"authentication", "28000"},
           {"no password supplied", "28000"},
           {"pg_hba.conf", "28000"},
           {"certificate", "28000"},
           {"permission denied for database", "42501"}}) {
    if (said.find(words) != std::string::npos) return error_of(state, said);
  }
  return Error{ErrorKind::unreachable, "PostgreSQL cannot be reached: " + printable(trim(said), 300)};
}

Status Connection::set_up(Access access) {
  patience_ = for_reading;
  if (pq_.PQserverVersion(connection_) < oldest_server)
    return Error{ErrorKind::unsupported, "the journal wants PostgreSQL 13 or newer"};
  if (pq_.PQsetnonblocking(connection_, 1) != 0 || pq_.PQenterPipelineMode(connection_) != 1) return broken();
  // What the server's settings must not change: where we look, that a commit is on disk when it is answered, that a
  // client that vanished holds nothing for long, that short questions are planned for what they ask.
  PLIMSOLL_CHECK(
      script("SET search_path = plimsoll; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; "
             "SET statement_timeout = 0; SET jit = off; SET standard_conforming_strings = on"));
  PLIMSOLL_CHECK(script(
      "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"));
  return access == Access::write
             ? Status(Done{})
             : script("SET default_transaction_read_only = on; SET plan_cache_mode = force_custom_plan");
}

Error Connection::broken() {
  broken_ = true;
  sent_.clear();
  return {ErrorKind::unreachable,
          "the connection to PostgreSQL broke: " + printable(trim(pq_.PQerrorMessage(connection_)), 300)};
}

Status Connection::wait(short events) {
  const auto end = std::chrono::steady_clock::now() + patience_;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd socket{pq_.PQsocket(connection_), events, 0};
    const int ready = left <= 0 ? 0 : ::poll(&socket, 1, static_cast<int>(left));
    if (ready > 0) return Done{};
    if (ready < 0 && errno == EINTR) continue;
    broken_ = true;
    return Error{ErrorKind::unreachable,
                 "PostgreSQL does not answer within " + std::to_string(patience_.count()) + " seconds"};
  }
}

Status Connection::prepare(const std::string& sql, const Value* values, size_t count) {
  std::vector<Oid> types;
  for (size_t i = 0; i < count; ++i) types.push_back(type_of(values[i]));
  const std::string name = "s" + std::to_string(names_.size());
  if (pq_.PQsendPrepare(connection_, name.c_str(), numbered(sql).c_str(), static_cast<int>(count), types.data()) != 1)
    return broken();
  sent_.push_back({.prepares = true, .sql = sql});
  names_.emplace(sql, name);
  return Done{};
}

Status Connection::send(const std::string& sql, const Value* values, size_t count) {
  if (broken_) return broken();
  if (!names_.contains(sql)) PLIMSOLL_CHECK(prepare(sql, values, count));
  Parameters parameters;
  for (size_t i = 0; i < count; ++i) parameters.add(values[i]);
  if (pq_.PQsendQueryPrepared(connection_, names_[sql].c_str(), static_cast<int>(count), parameters.values.data(),
                              parameters.lengths.data(), parameters.formats.data(), 1) != 1)
    return broken();
  sent_.push_back({});
  for (const int length : parameters.lengths) sent_bytes_ += static_cast<size_t>(length);
  return Done{};
}

Result<Connection::Answer> Connection::fetch() {
  Answer last(nullptr, Clear{&pq_});
  if (broken_) return broken();
  if (sent_.empty()) return last;
  if (pq_.PQpipelineSync(connection_) != 1) return broken();
  for (int more = pq_.PQflush(connection_); more != 0; more = pq_.PQflush(connection_)) {
    if (more < 0) return broken();
    PLIMSOLL_CHECK(wait(POLLIN | POLLOUT));
    if (pq_.PQconsumeInput(connection_) != 1) return broken();
  }
  const Status taken = take_answers(last);
  sent_.clear();
  sent_bytes_ = 0;
  if (!taken.ok()) return taken.error();
  return last;
}

// One answer for each that was sent, nothing behind each, and one for the synchronisation. After the first that failed
// the others were left out by the server.
Status Connection::take_answers(Answer& last) {
  Status first = Done{};
  for (size_t number = 0;;) {
    while (pq_.PQisBusy(connection_) != 0) {
      PLIMSOLL_CHECK(wait(POLLIN));
      if (pq_.PQconsumeInput(connection_) != 1) return broken();
    }
    Answer answer(pq_.PQgetResult(connection_), Clear{&pq_});
    if (!answer) {
      if (pq_.PQstatus(connection_) == CONNECTION_BAD || ++number > sent_.size()) return broken();
      continue;
    }
    const ExecStatusType status = pq_.PQresultStatus(answer.get());
    if (status == PGRES_PIPELINE_SYNC) return first;
    if (number >= sent_.size()) return broken();
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
      if (sent_[number].prepares) continue;
      changed_ = parse_uint(pq_.PQcmdTuples(answer.get())).value_or(0);
      if (sent_[number].is_kept)
        kept_.push_back(std::move(answer));
      else
        last = std::move(answer);
      continue;
    }
    if (sent_[number].prepares) names_.erase(sent_[number].sql);
    if (!first.ok() || status == PGRES_PIPELINE_ABORTED) continue;
    const char* state = pq_.PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    const char* said = pq_.PQresultErrorField(answer.get(), PG_DIAG_MESSAGE_PRIMARY);
    if (state == nullptr) return broken();
    first = error_of(state, said == nullptr ? "" : said);
    if (first.error().kind == ErrorKind::unreachable && pq_.PQstatus(connection_) == CONNECTION_BAD) broken_ = true;
  }
}

Status Connection::settle() {
  PLIMSOLL_TRY(answer, fetch());
  return Done{};
}

Status Connection::run_it(const std::string& sql, const Value* values, size_t count) {
  PLIMSOLL_CHECK(send(sql, values, count));
  return sent_.size() < most_sent && sent_bytes_ < most_sent_bytes ? Status(Done{}) : settle();
}

Status Connection::query(const std::string& sql, const Value* values, size_t count, Look look) {
  PLIMSOLL_CHECK(send(sql, values, count));
  PLIMSOLL_TRY(answer, fetch());
  const int rows = answer ? pq_.PQntuples(answer.get()) : 0;
  for (int row = 0; row < rows; ++row) look(PostgresRow(pq_, answer.get(), row));
  return Done{};
}

// Planning each would cost more than looking each up: one plan for any key, and all of them in one journey.
Status Connection::query_of(const std::string& sql, const std::vector<int64_t>& keys, LookOf look) {
  constexpr size_t most_together = most_sent / 2;
  for (size_t begin = 0; begin < keys.size(); begin += most_together) {
    const size_t end = std::min(keys.size(), begin + most_together);
    kept_.clear();
    PLIMSOLL_CHECK(run("SET LOCAL plan_cache_mode = force_generic_plan"));
    for (size_t i = begin; i < end; ++i) {
      const Value key(keys[i]);
      PLIMSOLL_CHECK(send(sql, &key, 1));
      sent_.back().is_kept = true;
    }
    PLIMSOLL_CHECK(run("SET LOCAL plan_cache_mode = force_custom_plan"));
    PLIMSOLL_CHECK(settle());
    const std::vector<Answer> answers = std::exchange(kept_, {});
    for (size_t i = 0; i < answers.size(); ++i) {
      const int rows = pq_.PQntuples(answers[i].get());
      for (int row = 0; row < rows; ++row) look(begin + i, PostgresRow(pq_, answers[i].get(), row));
    }
  }
  return Done{};
}

Status Connection::script(const std::string& sql) {
  for (const std::string_view statement : split(sql, ';')) {
    if (trim(statement).empty()) continue;
    if (broken_) return broken();
    const std::string text(trim(statement));
    if (pq_.PQsendQueryParams(connection_, text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1) != 1)
      return broken();
    sent_.push_back({});
  }
  return settle();
}

Result<uint64_t> Connection::changes() {
  PLIMSOLL_CHECK(settle());
  return changed_;
}

Status Connection::begin(Access access) {
  patience_ = access == Access::read ? for_reading : for_writing;
  transaction_.clear();
  if (access == Access::read) return run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  PLIMSOLL_CHECK(run("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"));
  PLIMSOLL_CHECK(run(writers_lock));
  Status named =
      each("SELECT CAST(pg_current_xact_id() AS text)", [&](const Row& row) { transaction_ = row.bytes(0); });
  if (!named.ok()) roll_back();
  return named;
}

Status Connection::commit() {
  PLIMSOLL_CHECK(settle());
  if (pq_.PQtransactionStatus(connection_) == PQTRANS_INERROR)  // COMMIT would undo it and call that a success
    return Error{ErrorKind::bug, "a transaction that failed was to be kept"};
  return script("COMMIT");
}

void Connection::roll_back() {
  (void)settle();
  if (!broken_ && in_transaction()) (void)script("ROLLBACK");
}

bool Connection::in_transaction() const {
  const PGTransactionStatusType status = pq_.PQtransactionStatus(connection_);
  return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}

void Connection::take_time() { patience_ = for_much; }

Result<bool> Connection::was_committed(const std::string& transaction) {
  const auto end = std::chrono::steady_clock::now() + for_a_commit;
  for (;;) {
    std::string status;
    // A server that ended suddenly gives a number anew that it had not written down, and refuses to tell of one that it
    // has not given yet.
    PLIMSOLL_CHECK(each(
        "SELECT CASE WHEN CAST(?1 AS xid8) < pg_current_xact_id() THEN pg_xact_status(CAST(?1 AS xid8)) "
        "ELSE 'forgotten' END",
        [&](const Row& row) { status = row.bytes(0); }, transaction));
    if (status == "committed") return true;
    if (status == "aborted" || status == "forgotten") return false;
    if (std::chrono::steady_clock::now() > end)
      return Error{ErrorKind::unreachable, "PostgreSQL cannot tell whether the last write was kept"};
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace plimsoll::journal::postgres

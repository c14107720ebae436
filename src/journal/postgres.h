#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "journal/database.h"
#include "journal/postgres_library.h"

// PostgreSQL's C API with our errors, and with every wait bounded. Statements whose rows nobody reads are only sent:
// their answers are fetched together, with the next question or by settle(), so that distance costs a journey for each
// question and not for each row written.
namespace plimsoll::journal::postgres {

class Connection final : public Database {
 public:
  // `settings`: libpq's keywords. unreachable: nobody answers; denied, not_found (the database), unsupported (its age).
  static Result<std::unique_ptr<Connection>> open(const std::map<std::string, std::string>& settings, Access access);
  Connection(const Connection&) = delete;
  ~Connection() override;

  Status script(const std::string& sql) override;
  Status settle() override;
  Result<uint64_t> changes() override;
  Status begin(Access access) override;
  Status commit() override;
  void roll_back() override;
  bool in_transaction() const override;
  void take_time() override;
  std::string transaction_name() const override { return transaction_; }
  Result<bool> was_committed(const std::string& transaction) override;
  Engine engine() const override { return Engine::postgres; }

 protected:
  Status run_it(const std::string& sql, const Value* values, size_t count) override;
  Status query(const std::string& sql, const Value* values, size_t count, Look look) override;
  Status query_of(const std::string& sql, const std::vector<int64_t>& keys, LookOf look) override;

 private:
  struct Clear {
    const Library* pq;
    void operator()(PGresult* result) const { pq->PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, Clear>;
  struct Sent {
    bool prepares = false;
    std::string sql;
    bool is_kept = false;  // its answer goes to kept_
  };

  Connection(const Library* pq, PGconn* connection) : pq_(*pq), connection_(connection) {}
  Status finish_connecting(std::chrono::seconds patience);
  Status set_up(Access access);
  Status send(const std::string& sql, const Value* values, size_t count);
  Status prepare(const std::string& sql, const Value* values, size_t count);
  // Sends what waits and takes all answers in; the last one that is not kept is given back. The first error counts.
  Result<Answer> fetch();
  Status take_answers(Answer& last);
  Status wait(short events);
  Error broken();

  const Library& pq_;
  PGconn* connection_;
  std::unordered_map<std::string, std::string> names_;  // of prepared statements, by their text
  std::vector<Sent> sent_;                              // whose answers were not fetched
  size_t sent_bytes_ = 0;
  std::vector<Answer> kept_;  // of several that were asked together, in their order
  uint64_t changed_ = 0;
  std::string transaction_;
  std::chrono::seconds patience_{0};
  bool broken_ = false;
};

}  // namespace plimsoll::journal::postgres

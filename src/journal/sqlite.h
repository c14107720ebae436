#pragma once
#include <memory>
#include <string>
#include <unordered_map>

#include "journal/database.h"

struct sqlite3;
struct sqlite3_stmt;

// The SQLite C API with our errors.
namespace plimsoll::journal::sqlite {

class Connection final : public Database {
 public:
  // With write access the file is made when it is not there.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access);
  Connection(const Connection&) = delete;
  ~Connection() override;

  Status script(const std::string& sql) override;
  Status settle() override { return Done{}; }
  Result<uint64_t> changes() override;
  Status begin(Access access) override;
  Status commit() override;
  void roll_back() override;
  bool in_transaction() const override;
  Engine engine() const override { return Engine::sqlite; }

 protected:
  Status run_it(const std::string& sql, const Value* values, size_t count) override;
  Status query(const std::string& sql, const Value* values, size_t count, Look look) override;

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  // A prepared statement in use; goes back to the cache, reset.
  class Use;
  struct Cached {
    sqlite3_stmt* statement = nullptr;
    bool busy = false;
  };
  Result<Use> prepare(const std::string& sql);

  sqlite3* db_ = nullptr;
  std::unordered_map<std::string, std::unique_ptr<Cached>> statements_;
};

}  // namespace plimsoll::journal::sqlite

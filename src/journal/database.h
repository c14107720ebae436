#pragma once
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

// One connection to a store of tables, whichever engine keeps it. The statements of this folder are written so that
// SQLite and PostgreSQL take the same text: placeholders are ? or ?1, numbers are 64 bits, a truth is a number compared
// with zero, texts order and fold by bytes (ASCII).
namespace plimsoll::journal {

struct Blob {
  std::string_view bytes;
};

// What a placeholder stands for. Points at what it was made of.
struct Value {
  enum class Type { integer, real, text, blob };
  Type type = Type::integer;
  bool null = false;
  int64_t integer = 0;
  double real = 0;
  std::string_view bytes;  // of a text or a blob

  Value(std::integral auto value) : integer(static_cast<int64_t>(value)) {}
  Value(double value) : type(Type::real), real(value) {}
  Value(std::string_view text) : type(Type::text), bytes(text) {}
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const Blob& blob) : type(Type::blob), bytes(blob.bytes) {}
  Value(Instant at) : integer(at.time_since_epoch().count()) {}
  template <class T>
  Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value(T{})) {
    null = !value;
  }
};

// The row that is looked at; columns from 0.
class Row {
 public:
  virtual ~Row() = default;
  virtual bool is_null(int column) const = 0;
  virtual int64_t integer(int column) const = 0;  // a truth is 0 or 1
  virtual double real(int column) const = 0;
  virtual std::string bytes(int column) const = 0;  // of a text or a blob
  // Of a text column; gone with the row.
  virtual std::string_view text(int column) const = 0;

  int number(int column) const { return static_cast<int>(integer(column)); }
  Instant instant(int column) const { return Instant(std::chrono::seconds(integer(column))); }
  std::optional<Instant> maybe_instant(int column) const {
    return is_null(column) ? std::nullopt : std::optional(instant(column));
  }
  std::optional<double> maybe_real(int column) const {
    return is_null(column) ? std::nullopt : std::optional(real(column));
  }
};

enum class Access { read, write };
enum class Engine { sqlite, postgres };

// Belongs to one thread at a time.
class Database {
 public:
  virtual ~Database() = default;

  // One statement without rows of interest. It may fail later: by settle() at the latest.
  template <class... Values>
  Status run(const std::string& sql, const Values&... values) {
    const std::array<Value, sizeof...(values)> list{Value(values)...};
    return run_it(sql, list.data(), list.size());
  }
  // Calls look(row) for each row; it may ask the same database.
  template <class Look, class... Values>
  Status each(const std::string& sql, Look&& look, const Values&... values) {
    const std::array<Value, sizeof...(values)> list{Value(values)...};
    return query(sql, list.data(), list.size(),
                 {[](void* to, const Row& row) { (*static_cast<std::remove_reference_t<Look>*>(to))(row); },
                  const_cast<void*>(static_cast<const void*>(&look))});
  }
  // The same question for each of several keys: calls look(which, row) for each row, those of the first key first.
  // Where distance and planning cost, they cost once for all.
  template <class Look>
  Status each_of(const std::string& sql, const std::vector<int64_t>& keys, Look&& look) {
    return query_of(
        sql, keys,
        {[](void* to, size_t which, const Row& row) { (*static_cast<std::remove_reference_t<Look>*>(to))(which, row); },
         const_cast<void*>(static_cast<const void*>(&look))});
  }
  // Several statements, separated by semicolons, without values.
  virtual Status script(const std::string& sql) = 0;
  // What run() was given has been done, or why not.
  virtual Status settle() = 0;
  // Rows changed by the last run(); settles.
  virtual Result<uint64_t> changes() = 0;

  // A transaction sees the store of one moment. One that writes is alone among those that write.
  virtual Status begin(Access access) = 0;
  virtual Status commit() = 0;
  virtual void roll_back() = 0;
  virtual bool in_transaction() const = 0;
  // This transaction does much: it is waited for longer.
  virtual void take_time() {}
  // A part of a transaction that can be undone by itself; not nested.
  Status begin_part() { return run("SAVEPOINT part"); }
  Status keep_part() { return run("RELEASE SAVEPOINT part"); }
  Status undo_part() { return script("ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part"); }

  // For a commit() whose answer was lost with the connection: the name of the transaction that writes, which another
  // connection can ask about. Empty where that cannot happen.
  virtual std::string transaction_name() const { return {}; }
  virtual Result<bool> was_committed(const std::string&) { return false; }

  virtual Engine engine() const = 0;

 protected:
  struct Look {
    void (*call)(void*, const Row&);
    void* to;
    void operator()(const Row& row) const { call(to, row); }
  };
  struct LookOf {
    void (*call)(void*, size_t, const Row&);
    void* to;
    void operator()(size_t which, const Row& row) const { call(to, which, row); }
  };
  virtual Status run_it(const std::string& sql, const Value* values, size_t count) = 0;
  virtual Status query(const std::string& sql, const Value* values, size_t count, Look look) = 0;
  virtual Status query_of(const std::string& sql, const std::vector<int64_t>& keys, LookOf look) {
    for (size_t i = 0; i < keys.size(); ++i) PLIMSOLL_CHECK(each(sql, [&](const Row& row) { look(i, row); }, keys[i]));
    return Done{};
  }
};

// Opens one more connection to the same store.
using Connect = std::function<Result<std::unique_ptr<Database>>(Access)>;

}  // namespace plimsoll::journal

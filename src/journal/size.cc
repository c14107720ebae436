#include "journal/size.h"

#include <sys/stat.h>

namespace plimsoll::journal {
namespace {

Result<uint64_t> number(Database& db, const std::string& sql) {
  uint64_t value = 0;
  PLIMSOLL_CHECK(db.each(sql, [&](const Row& row) { value = static_cast<uint64_t>(row.integer(0)); }));
  return value;
}

const std::string tables_on_disk =
    "SELECT CAST(coalesce(sum(pg_total_relation_size(oid)), 0) AS BIGINT) FROM pg_class WHERE relkind = 'r' AND "
    "relnamespace = to_regnamespace('plimsoll')";

// PostgreSQL keeps the room of deleted rows for new ones, so files do not tell what is in use: the rows do. Half as
// much again stands for indexes and headers.
Result<uint64_t> bytes_of_rows(Database& db) {
  uint64_t sum = 0;
  for (const char* table : {"events", "asset_bodies", "inventories", "threats", "scores", "flows"}) {
    PLIMSOLL_TRY(bytes, number(db, std::string("SELECT CAST(coalesce(sum(pg_column_size(t.*)), 0) AS BIGINT) FROM ") +
                                       table + " t"));
    sum += bytes;
  }
  return sum + sum / 2;
}

}  // namespace

Result<uint64_t> stored_bytes(Database& db, const std::string& path) {
  if (db.engine() == Engine::postgres) return number(db, tables_on_disk);
  uint64_t sum = 0;
  for (const char* suffix : {"", "-wal"}) {
    struct stat file{};
    if (::stat((path + suffix).c_str(), &file) == 0) sum += static_cast<uint64_t>(file.st_size);
  }
  return sum;
}

Result<uint64_t> used_bytes(Database& db, uint64_t enough) {
  if (db.engine() == Engine::postgres) {
    PLIMSOLL_TRY(on_disk, number(db, tables_on_disk));
    return on_disk <= enough ? Result<uint64_t>(on_disk) : bytes_of_rows(db);
  }
  PLIMSOLL_TRY(pages, number(db, "PRAGMA page_count"));
  PLIMSOLL_TRY(unused, number(db, "PRAGMA freelist_count"));
  PLIMSOLL_TRY(size, number(db, "PRAGMA page_size"));
  return (pages - unused) * size;
}

Status give_back_room(Database& db) {
  return db.engine() == Engine::sqlite ? db.script("PRAGMA incremental_vacuum") : Status(Done{});
}

}  // namespace plimsoll::journal

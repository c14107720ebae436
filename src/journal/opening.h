#pragma once
#include <memory>
#include <string>

#include "journal/journal.h"
#include "journal/stored_journal.h"

// What opening has in common for all engines.
namespace plimsoll::journal {

// A store whose tables are there.
struct Store {
  std::string path;  // of a file; else what to call it
  std::string key_path;
  Connect connect;
  bool breaks = false;  // its connections may, and are made anew
};

// `db`: a connection that writes, its tables up to date. `begun_anew`: where the damaged one was put.
Result<std::unique_ptr<Journal>> open_writing(Store store, std::unique_ptr<Database> db, const std::string& begun_anew);
// `db`: a connection that only reads.
Result<std::unique_ptr<Journal>> open_reading(Store store, Database& db);

// PLIMSOLL_JOURNAL_KEY, or default_state()/journal.key.
std::string default_key();
// A connection alone. With write access a file must be there.
Result<std::unique_ptr<Database>> connect_to(const Place& place, Access access);

Result<std::unique_ptr<Journal>> open_sqlite(const std::string& path, const Opening& opening);
Result<std::unique_ptr<Journal>> open_postgres(const Place& place, const Opening& opening);

}  // namespace plimsoll::journal

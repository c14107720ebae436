#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>

#include "base/clock.h"
#include "base/text.h"
#include "journal/opening.h"
#include "journal/schema.h"
#include "journal/sqlite.h"
#include "system/descriptor.h"
#include "system/errno_error.h"

namespace plimsoll::journal {
namespace {

using sqlite::Connection;

constexpr uint64_t checked_bytes = uint64_t{64} << 20;  // a smaller file is looked through at once when it is opened

uint64_t size_of(const std::string& path) {
  struct stat file{};
  return ::stat(path.c_str(), &file) == 0 ? static_cast<uint64_t>(file.st_size) : 0;
}

// SQLite would make the file with the process's umask; the files beside it take its mode.
Status make_file(const std::string& path) {
  std::error_code error;
  const auto parent = std::filesystem::path(path).parent_path();
  if (!parent.empty() && !std::filesystem::exists(parent, error)) {
    std::filesystem::create_directories(parent, error);
    if (error) return Error{ErrorKind::denied, "cannot make the directory: " + error.message(), parent.string()};
    std::filesystem::permissions(parent, std::filesystem::perms::owner_all, error);
  }
  const system::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file.valid()) return system::errno_error(errno, "open", path);
  return Done{};
}

// Whether SQLite finds its pages in order. A cut-off file shows by its size, what is small is looked through.
Status look_for_damage(Database& db, const std::string& path) {
  std::string said;
  const char* check = size_of(path) <= checked_bytes ? "PRAGMA quick_check(1)" : "PRAGMA schema_version";
  PLIMSOLL_CHECK(db.each(check, [&](const Row& row) { said = row.bytes(0); }));
  if (said == "ok" || said.find_first_not_of("0123456789") == std::string::npos) return Done{};
  return Error{ErrorKind::malformed, "the journal is damaged; SQLite says: " + printable(said, 300), path};
}

Result<std::unique_ptr<Database>> open_for_writing(const std::string& path) {
  PLIMSOLL_CHECK(make_file(path));
  PLIMSOLL_TRY(db, Connection::open(path, Access::write));
  PLIMSOLL_TRY(schema, schema_of(*db));
  if (schema > 0) PLIMSOLL_CHECK(look_for_damage(*db, path));
  PLIMSOLL_CHECK(
      db->script("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                 "PRAGMA journal_size_limit = 67108864"));
  PLIMSOLL_CHECK(migrate(*db));
  return std::unique_ptr<Database>(std::move(db));
}

// The damaged file and its log go aside, under a name that tells when.
Result<std::string> put_aside(const std::string& path) {
  const auto now = wall_clock();
  const std::string aside = path + ".damaged-" + format_rfc3339(now);
  for (const char* suffix : {"", "-wal"}) {
    if (::rename((path + suffix).c_str(), (aside + suffix).c_str()) != 0 && errno != ENOENT)
      return system::errno_error(errno, "put aside", path + suffix);
  }
  ::unlink((path + "-shm").c_str());
  return aside;
}

}  // namespace

Result<std::unique_ptr<Journal>> open_sqlite(const std::string& path, const Opening& opening) {
  const Connect connect = [path](Access access) -> Result<std::unique_ptr<Database>> {
    PLIMSOLL_TRY(opened, Connection::open(path, access));
    return std::unique_ptr<Database>(std::move(opened));
  };
  Store store{path, opening.key.empty() ? path + ".key" : opening.key, connect};
  if (opening.read_only) {
    PLIMSOLL_TRY(reader, connect(Access::read));
    return open_reading(std::move(store), *reader);
  }
  std::string aside;
  Result<std::unique_ptr<Database>> db = open_for_writing(path);
  if (!db.ok() && db.error().kind == ErrorKind::malformed && opening.begin_anew) {
    PLIMSOLL_TRY(moved, put_aside(path));
    aside = moved;
    db = open_for_writing(path);
  }
  if (!db.ok()) {
    Error error = db.error();
    if (error.context.empty()) error.context = path;
    return error;
  }
  return open_writing(std::move(store), *std::move(db), aside);
}

}  // namespace plimsoll::journal

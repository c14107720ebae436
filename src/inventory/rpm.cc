#include "inventory/rpm.h"

#include <array>

#include "inventory/owned_files.h"
#include "inventory/rpm_database.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t database_limit = size_t{256} << 20;
constexpr std::array<std::string_view, 3> directories{"var/lib/rpm/", "usr/lib/sysimage/rpm/", "usr/share/rpm/"};

Result<Found> from_sqlite(std::string bytes, const FileSink& files) {
  return parse_rpm_sqlite(std::move(bytes), files);
}
Result<Found> from_ndb(std::string bytes, const FileSink& files) { return parse_rpm_ndb(bytes, files); }
Result<Found> from_bdb(std::string bytes, const FileSink& files) { return parse_rpm_bdb(bytes, files); }

struct Form {
  std::string_view file;
  Result<Found> (*parse)(std::string bytes, const FileSink& files);
};
constexpr std::array<Form, 3> forms{{{"rpmdb.sqlite", from_sqlite}, {"Packages.db", from_ndb}, {"Packages", from_bdb}}};

// The file's name inside one of rpm's directories, else empty.
std::string_view database_file(std::string_view path) {
  for (const std::string_view directory : directories) {
    if (path.starts_with(directory)) return path.substr(directory.size());
  }
  return {};
}

}  // namespace

bool wants_rpm_database(const rootfs::Entry& entry) {
  const std::string_view name = database_file(entry.path);
  for (const Form& form : forms) {
    if (!name.empty() && form.file == name) return true;
  }
  return false;
}

Result<Found> parse_rpm_database(std::string_view path, std::string bytes, const FileSink& files) {
  if (bytes.empty()) return Found{};  // made by tools that only look whether it is there
  for (const Form& form : forms) {
    if (form.file == database_file(path)) return form.parse(std::move(bytes), files);
  }
  return Error{ErrorKind::bug, "not a file of the rpm database"};
}

Result<Found> read_rpm_database(std::string_view path, rootfs::File& file) {
  PLIMSOLL_TRY(bytes, file.read_all(database_limit));
  Found owned;
  PLIMSOLL_TRY(found, parse_rpm_database(path, std::move(bytes), keep_owned(owned)));
  found.owned = std::move(owned.owned);
  return found;
}

bool wants_rpm_wal(const rootfs::Entry& entry) {
  return database_file(entry.path) == "rpmdb.sqlite-wal";  // whatever its size: not every tree tells it here
}

Result<Found> read_rpm_wal(std::string_view, rootfs::File& file) {
  if (file.size() == 0) return Found{};  // all of it is in the database file
  return Error{ErrorKind::unsupported,
               "holds changes that are not in the database file yet: packages may be missing",
               {},
               "scan while no package manager runs, or run `rpm -qa` once to fold them in"};
}

}  // namespace plimsoll::inventory

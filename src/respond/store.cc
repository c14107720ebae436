#include "respond/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "system/errno_error.h"
#include "system/sync_directory.h"
#include "wire/response_json.h"

namespace plimsoll::respond {
namespace {

constexpr size_t most_record = size_t{1} << 20, most_records = 20'000;

Status make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return Done{};
  return system::errno_error(errno, "make", path);
}

Status make_parents(const std::string& path) {
  std::error_code fault;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), fault);
  if (!fault) return Done{};
  return system::errno_error(fault.value(), "make", path);
}

// Names of records, without ".json", sorted.
Result<std::vector<std::string>> record_ids(const std::string& directory) {
  const std::string path = directory + "/records";
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(path.c_str()), &::closedir);
  if (!listing) return system::errno_error(errno, "list", path);
  std::vector<std::string> out;
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    if (!name.ends_with(".json") || !is_response_id(name.substr(0, name.size() - 5))) continue;
    if (out.size() >= most_records) return Error{ErrorKind::limit, "too many files", path};
    out.emplace_back(name.substr(0, name.size() - 5));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<ResponseRecord> read_record(const std::string& directory, const std::string& id) {
  PLIMSOLL_TRY(text, read_file(directory + "/records/" + id + ".json", most_record));
  PLIMSOLL_TRY(record, wire::response_from_json(text));
  if (record.id == id) return record;
  return Error{ErrorKind::malformed, "the file holds another response", id};
}

}  // namespace

bool is_response_id(std::string_view id) {
  return id.starts_with("r-") && id.size() > 4 && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::string new_id(Instant now) {
  uint64_t random = 0;
  if (::getrandom(&random, sizeof random, 0) != sizeof random) random = static_cast<uint64_t>(::getpid());
  return fmt::format("r-{:08x}-{:012x}", now.time_since_epoch().count(), random & 0xffffffffffffULL);
}

std::string default_directory() { return "/var/lib/plimsoll/respond"; }

Result<Store> Store::open(const std::string& directory) {
  PLIMSOLL_CHECK(make_parents(directory));
  for (const char* below : {"", "/records", "/evidence"}) PLIMSOLL_CHECK(make_directory(directory + below));
  const std::string path = directory + "/lock";
  system::Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.valid()) return system::errno_error(errno, "open", path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return Error{ErrorKind::conflict, "another process of Plimsoll holds it", directory,
                 "is `plimsoll serve` running? `plimsoll respond` then asks it"};
  return Store(directory, std::move(lock));
}

Status Store::put(const ResponseRecord& record) {
  if (!is_response_id(record.id)) return Error{ErrorKind::bug, "not the id of a response: " + printable(record.id, 80)};
  PLIMSOLL_CHECK(write_file_atomically(file_of(record.id), wire::response_to_json(record) + "\n", 0600));
  return system::sync_directory(directory_ + "/records");
}

Result<std::vector<ResponseRecord>> Store::load(std::vector<std::string>& damaged) {
  PLIMSOLL_TRY(ids, record_ids(directory_));
  std::vector<ResponseRecord> out;
  for (const std::string& id : ids) {
    Result<ResponseRecord> record = read_record(directory_, id);
    if (record.ok()) {
      out.push_back(std::move(*record));
      continue;
    }
    damaged.push_back(id + ": " + record.error().to_string());
    ::rename(file_of(id).c_str(), (file_of(id) + ".damaged").c_str());
  }
  return out;
}

std::vector<std::string> Store::trim(const std::vector<ResponseRecord>& records, Instant before, size_t most) {
  std::vector<const ResponseRecord*> over;
  std::vector<std::string> gone;
  for (const ResponseRecord& record : records) {
    if (!is_open(record.phase)) over.push_back(&record);
  }
  for (size_t i = 0; i < over.size(); ++i) {
    const bool old = over[i]->changes.empty() || over[i]->changes.back().at < before;
    if (!old && over.size() - i <= most) continue;
    std::error_code ignored;
    ::unlink(file_of(over[i]->id).c_str());
    std::filesystem::remove_all(evidence_directory(over[i]->id), ignored);
    gone.push_back(over[i]->id);
  }
  return gone;
}

Result<std::vector<ResponseRecord>> read_records(const std::string& directory) {
  PLIMSOLL_TRY(ids, record_ids(directory));
  std::vector<ResponseRecord> out;
  for (const std::string& id : ids) {
    Result<ResponseRecord> record = read_record(directory, id);
    if (record.ok()) out.push_back(std::move(*record));
  }
  return out;
}

}  // namespace plimsoll::respond

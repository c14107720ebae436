#include "threatdb/threatdb.h"

#include <unistd.h>

#include <cstdlib>

#include "threatdb/state.h"

namespace plimsoll::threatdb {
namespace {

constexpr uint32_t max_sources = 1 << 16;

Result<ThreatDbInfo> read_info(const DbFile& file) {
  Reader reader(file);
  ThreatDbInfo info;
  info.present = true;
  info.path = file.path();
  const auto built_at = static_cast<int64_t>(file.header().built_at & 0xffffffffff);
  info.built_at = Instant(std::chrono::seconds(built_at));
  info.records = file.header().records;
  const uint64_t rows = reader.rows<SourceRow>(Section::sources);
  for (uint64_t i = 0; i < rows && i < max_sources && reader.good(); ++i) {
    const auto row = reader.row<SourceRow>(Section::sources, i);
    DbSource source{std::string(reader.text(row.name)), row.records, std::nullopt};
    if (row.date != 0) source.date = Instant(std::chrono::seconds(row.date));
    info.sources.push_back(std::move(source));
  }
  if (!reader.good()) return reader.damage();
  return info;
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Result<ThreatDb> ThreatDb::open(const std::string& path) {
  PLIMSOLL_TRY(file, DbFile::open(path));
  PLIMSOLL_TRY(info, read_info(*file));
  return ThreatDb(std::make_unique<State>(State{std::move(file), std::move(info)}));
}

Result<ThreatDb> ThreatDb::starter_pack(std::string_view image) {
  PLIMSOLL_TRY(file, DbFile::over(image, "starter pack, built in"));
  PLIMSOLL_TRY(info, read_info(*file));
  info.starter_pack = true;
  return ThreatDb(std::make_unique<State>(State{std::move(file), std::move(info)}));
}

ThreatDb::ThreatDb(std::unique_ptr<State> state) : state_(std::move(state)) {}
ThreatDb::ThreatDb(ThreatDb&&) noexcept = default;
ThreatDb& ThreatDb::operator=(ThreatDb&&) noexcept = default;
ThreatDb::~ThreatDb() = default;

const ThreatDbInfo& ThreatDb::info() const { return state_->info; }

std::string default_path() {
  if (const std::string given = variable("PLIMSOLL_DB"); !given.empty()) return given;
  if (::geteuid() == 0) return "/var/lib/plimsoll/threats.db";
  std::string data = variable("XDG_DATA_HOME");
  if (!data.starts_with('/'))
    data = variable("HOME") + "/.local/share";  // the XDG specification: relative ones do not count
  return data + "/plimsoll/threats.db";
}

}  // namespace plimsoll::threatdb

#include <filesystem>

#include "base/text.h"
#include "threatdb/image.h"
#include "threatdb/parts.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {
namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// An ecosystem that the mirror names but can not hand out ends the import: a database that silently lost one would call
// its packages clean.
Status read_archives(Mirror& mirror, std::vector<Part>& parts) {
  PLIMSOLL_TRY(ecosystems, ecosystems_of(mirror));
  for (const std::string& ecosystem : ecosystems) {
    const std::string name = "osv/" + ecosystem + "/all.zip";
    PLIMSOLL_TRY(bytes, mirror.read(name));
    if (!bytes)
      return Error{ErrorKind::not_found, "the mirror names this ecosystem but has no such file", printable(name)};
    parts.push_back({"archive", "osv/" + ecosystem, std::move(*bytes)});
  }
  return Done{};
}

Status read_optional(Mirror& mirror, const std::string& kind, const std::string& name, std::vector<Part>& parts,
                     IncompleteList& missing) {
  PLIMSOLL_TRY(bytes, mirror.read(name));
  if (!bytes) {
    missing.push_back({name, "the mirror does not have it", ""});
    return Done{};
  }
  parts.push_back({kind, name, std::move(*bytes)});
  return Done{};
}

}  // namespace

Result<ImportReport> import_locked(Mirror& mirror, const std::string& from, const std::string& path,
                                   IncompleteList& missing, system::sandbox::Sandbox* sandbox) {
  std::vector<Part> parts;
  PLIMSOLL_CHECK(read_archives(mirror, parts));
  PLIMSOLL_CHECK(read_optional(mirror, "kev", kev_name, parts, missing));
  PLIMSOLL_CHECK(read_optional(mirror, "epss", epss_name, parts, missing));
  PLIMSOLL_CHECK(read_optional(mirror, "cvss", cvss_name, parts, missing));
  return build_from(std::move(parts), from, path, sandbox);
}

Result<ImportReport> import_mirror(const std::string& from, const std::string& path,
                                   system::sandbox::Sandbox* sandbox) {
  PLIMSOLL_TRY(lock, ImportLock::take(path));
  PLIMSOLL_TRY(mirror, Mirror::open(from, folder_of(path)));
  IncompleteList missing;
  PLIMSOLL_TRY(report, import_locked(*mirror, from, path, missing, sandbox));
  report.skipped.insert(report.skipped.begin(), missing.begin(), missing.end());
  return report;
}

Result<ImportReport> import_files(const std::vector<std::string>& files, const std::string& path,
                                  system::sandbox::Sandbox* sandbox) {
  PLIMSOLL_TRY(lock, ImportLock::take(path));
  std::vector<Part> parts;
  for (const std::string& file : files) {
    PLIMSOLL_TRY(bytes, Bytes::map_file(file));
    parts.push_back({"file", file, std::move(bytes)});
  }
  const std::string from = files.size() == 1 ? files[0] : std::to_string(files.size()) + " files";
  return build_from(std::move(parts), from, path, sandbox);
}

}  // namespace plimsoll::threatdb

#include <filesystem>

#include "base/text.h"
#include "threatdb/gather.h"
#include "threatdb/threatdb.h"

namespace plimsoll::threatdb {
namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// An ecosystem that the mirror names but can not hand out ends the import: a database that silently lost one would call
// its packages clean.
Status read_archives(Mirror& mirror, Material& material) {
  PLIMSOLL_TRY(ecosystems, ecosystems_of(mirror));
  for (const std::string& ecosystem : ecosystems) {
    const std::string name = "osv/" + ecosystem + "/all.zip";
    PLIMSOLL_TRY(bytes, mirror.read(name));
    if (!bytes)
      return Error{ErrorKind::not_found, "the mirror names this ecosystem but has no such file", printable(name)};
    material.bytes.push_back(std::move(*bytes));
    auto zip = feed::ZipReader::open(material.bytes.back().view());
    if (!zip.ok()) return Error{zip.error().kind, zip.error().message, printable(name), zip.error().advice};
    material.archives.push_back({"osv/" + ecosystem, std::move(zip).value()});
  }
  return Done{};
}

Status read_optional(Mirror& mirror, const std::string& name, Material& material, std::string_view& into,
                     IncompleteList& missing) {
  PLIMSOLL_TRY(bytes, mirror.read(name));
  if (!bytes) {
    missing.push_back({name, "the mirror does not have it", ""});
    return Done{};
  }
  material.bytes.push_back(std::move(*bytes));
  into = material.bytes.back().view();
  return Done{};
}

}  // namespace

Result<ImportReport> import_locked(Mirror& mirror, const std::string& from, const std::string& path,
                                   IncompleteList& missing) {
  Material material;
  PLIMSOLL_CHECK(read_archives(mirror, material));
  PLIMSOLL_CHECK(read_optional(mirror, kev_name, material, material.exploited, missing));
  PLIMSOLL_CHECK(read_optional(mirror, epss_name, material, material.epss, missing));
  PLIMSOLL_CHECK(read_optional(mirror, cvss_name, material, material.cvss, missing));
  return build(std::move(material), from, path);
}

Result<ImportReport> import_mirror(const std::string& from, const std::string& path) {
  PLIMSOLL_TRY(lock, ImportLock::take(path));
  PLIMSOLL_TRY(mirror, Mirror::open(from, folder_of(path)));
  IncompleteList missing;
  PLIMSOLL_TRY(report, import_locked(*mirror, from, path, missing));
  report.skipped.insert(report.skipped.begin(), missing.begin(), missing.end());
  return report;
}

Result<ImportReport> import_files(const std::vector<std::string>& files, const std::string& path) {
  PLIMSOLL_TRY(lock, ImportLock::take(path));
  Material material;
  material.unpacked.reserve(files.size());
  for (const std::string& file : files) PLIMSOLL_CHECK(recognise(file, material));
  return build(std::move(material), files.size() == 1 ? files[0] : std::to_string(files.size()) + " files", path);
}

}  // namespace plimsoll::threatdb

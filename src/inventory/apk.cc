#include "inventory/apk.h"

#include "base/text.h"
#include "inventory/owned_files.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t database_limit = size_t{256} << 20;

struct Paragraph {
  std::string_view name, version, arch, origin, directory;
};

void add(Found& found, const Paragraph& p) {
  if (p.name.empty() && p.version.empty()) return;
  if (p.name.empty() || p.version.empty() || p.name.size() > max_field || p.version.size() > max_field ||
      p.origin.size() > max_field || p.arch.size() > max_field) {
    not_assessed(found, "package " + printable(p.name, 200), "its name or version is missing or too long");
    return;
  }
  Package package;
  package.type = PackageType::apk;
  package.name = std::string(p.name);
  package.version = std::string(p.version);
  package.arch = std::string(p.arch);
  package.source_name = std::string(p.origin.empty() ? p.name : p.origin);
  package.source_version = package.version;  // subpackages are built from one APKBUILD at one version
  found.packages.push_back(std::move(package));
}

void take_line(Paragraph& p, std::string_view line, const FileSink& files) {
  if (line.size() < 2 || line[1] != ':') return;
  const std::string_view value = line.substr(2);
  switch (line.front()) {
    case 'P':
      p.name = value;
      break;
    case 'V':
      p.version = value;
      break;
    case 'A':
      p.arch = value;
      break;
    case 'o':
      p.origin = value;
      break;
    case 'F':
      p.directory = value;
      break;
    case 'R':
      if (p.directory.size() + value.size() < max_owned_path)
        files(p.name, p.directory.empty() ? std::string(value) : std::string(p.directory) + "/" + std::string(value));
      break;
    default:
      break;
  }
}

}  // namespace

Found parse_apk_text(std::string_view text, const FileSink& files) {
  Found found;
  Paragraph paragraph;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty()) {
      take_line(paragraph, line, files);
      continue;
    }
    add(found, paragraph);
    paragraph = {};
    if (found.packages.size() + found.not_assessed.size() > max_packages_in_file) {
      not_assessed(found, "the rest of the file", "more packages than the bound");
      return found;
    }
  }
  add(found, paragraph);
  return found;
}

bool wants_apk_installed(const rootfs::Entry& entry) {
  return entry.path.ends_with("/apk/db/installed") &&
         (entry.path == "lib/apk/db/installed" || entry.path == "usr/lib/apk/db/installed");
}

Result<Found> parse_apk(std::string_view bytes, const FileSink& files) {
  if (bytes.starts_with("ADB")) return parse_apk_adb(bytes, files);
  Found found = parse_apk_text(bytes, files);
  if (found.packages.empty() && found.not_assessed.empty() && !trim(bytes).empty())
    return Error{ErrorKind::malformed, "holds no package paragraph"};
  return found;
}

Result<Found> read_apk_installed(std::string_view, rootfs::File& file) {
  PLIMSOLL_TRY(bytes, file.read_all(database_limit));
  Found owned;
  PLIMSOLL_TRY(found, parse_apk(bytes, keep_owned(owned)));
  found.owned = std::move(owned.owned);
  return found;
}

}  // namespace plimsoll::inventory

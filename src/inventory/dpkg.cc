#include "inventory/dpkg.h"

#include <array>

#include "base/text.h"
#include "inventory/origin.h"
#include "inventory/owned_files.h"

namespace plimsoll::inventory {
namespace {

constexpr size_t status_limit = size_t{256} << 20;
constexpr size_t list_limit = size_t{64} << 20;
constexpr std::string_view status_directory = "var/lib/dpkg/status.d/";
constexpr std::string_view info_directory = "var/lib/dpkg/info/";
constexpr std::array<std::string_view, 2> absent_states{"not-installed", "config-files"};

struct Paragraph {
  std::string_view package, status, version, architecture, source, maintainer;
};

bool is_present(std::string_view status, bool without_status) {
  const auto words = split_words(status);
  if (words.size() != 3) return without_status && words.empty();
  for (const std::string_view state : absent_states) {
    if (words[2] == state) return false;
  }
  return true;
}

// "Source: glibc (2.36-9)" names another version only when it differs: deb822 policy 5.6.1.
void set_source(Package& package, std::string_view source) {
  package.source_name = package.name;
  package.source_version = package.version;
  if (source.empty()) return;
  const size_t open = source.find('(');
  package.source_name = std::string(trim(source.substr(0, open)));
  if (open == std::string_view::npos) return;
  const size_t close = source.find(')', open);
  if (close != std::string_view::npos)
    package.source_version = std::string(trim(source.substr(open + 1, close - open - 1)));
}

void add(Found& found, const Paragraph& p, bool without_status) {
  if (p.package.empty() && p.version.empty()) return;
  if (!is_present(p.status, without_status)) {
    // A Status line we cannot read may hide an installed package.
    if (!without_status && split_words(p.status).size() != 3)
      not_assessed(found, "package " + printable(p.package, 200), "its Status line is missing or broken");
    return;
  }
  if (p.package.empty() || p.version.empty() || p.package.size() > max_field || p.version.size() > max_field ||
      p.source.size() > max_field || p.architecture.size() > max_field) {
    not_assessed(found, "package " + printable(p.package, 200), "its name or version is missing or too long");
    return;
  }
  Package package;
  package.type = PackageType::deb;
  package.name = std::string(p.package);
  package.version = std::string(p.version);
  package.arch = std::string(p.architecture);
  set_source(package, p.source);
  if (!is_distribution_maintainer(p.maintainer)) found.foreign.push_back(package.name);
  found.packages.push_back(std::move(package));
}

void take_line(Paragraph& p, std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return;  // continuation
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon > 16) return;
  const std::string_view key = line.substr(0, colon);
  std::string_view* field = key == "Package"        ? &p.package
                            : key == "Status"       ? &p.status
                            : key == "Version"      ? &p.version
                            : key == "Architecture" ? &p.architecture
                            : key == "Source"       ? &p.source
                            : key == "Maintainer"   ? &p.maintainer
                                                    : nullptr;
  if (field) *field = trim(line.substr(colon + 1));
}

}  // namespace

Found parse_dpkg_status(std::string_view text, bool without_status) {
  Found found;
  Paragraph paragraph;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) {
      take_line(paragraph, line);
      continue;
    }
    add(found, paragraph, without_status);
    paragraph = {};
    if (found.packages.size() + found.not_assessed.size() > max_packages_in_file) {
      not_assessed(found, "the rest of the file", "more packages than the bound");
      return found;
    }
  }
  add(found, paragraph, without_status);
  return found;
}

void each_dpkg_file(std::string_view text, std::string_view package, const FileSink& files) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    constexpr size_t digest = 32;
    if (line.size() > digest + 2 && line.front() != '/' && line.substr(digest, 2) == "  ")
      line.remove_prefix(digest + 2);
    if (!line.empty()) files(package, line);
  }
}

bool wants_dpkg_status(const rootfs::Entry& entry) {
  if (!entry.path.starts_with("var/lib/dpkg/status")) return false;
  if (entry.path == "var/lib/dpkg/status") return true;
  // status.d also holds NAME.md5sums; a package name has letters, digits and "+-." only.
  return entry.path.starts_with(status_directory) && !entry.path.ends_with(".md5sums") &&
         entry.path.find('/', status_directory.size()) == std::string_view::npos;
}

Result<Found> read_dpkg_status(std::string_view path, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_all(status_limit));
  const bool single = path.starts_with(status_directory);
  Found found = parse_dpkg_status(text, single);
  if (single && found.packages.empty() && found.not_assessed.empty())
    return Error{ErrorKind::malformed, "holds no package paragraph"};
  if (!single && found.packages.empty() && !trim(text).empty() && text.find("Package:") == std::string::npos)
    return Error{ErrorKind::malformed, "holds no package paragraph"};
  return found;
}

bool wants_dpkg_list(const rootfs::Entry& entry) {
  return entry.path.starts_with(info_directory) && entry.path.ends_with(".list");
}

Result<Found> read_dpkg_list(std::string_view path, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_all(list_limit));
  std::string_view package = path.substr(info_directory.size());
  package.remove_suffix(std::string_view(".list").size());
  Found found;
  each_dpkg_file(text, package.substr(0, package.find(':')), keep_owned(found));
  return found;
}

}  // namespace plimsoll::inventory

#include "threatdb/purl.h"

#include <array>
#include <map>
#include <optional>
#include <string>

#include "base/text.h"
#include "model/inventory.h"
#include "model/names.h"

namespace plimsoll::threatdb {
namespace {

enum class NameShape { plain, slash, colon };  // how namespace and name are joined

struct TypeRow {
  std::string_view type, ecosystem;
  NameShape shape;
};
constexpr std::array<TypeRow, 15> types{{
    {"npm", "npm", NameShape::slash},
    {"pypi", "PyPI", NameShape::plain},
    {"golang", "Go", NameShape::slash},
    {"maven", "Maven", NameShape::colon},
    {"gem", "RubyGems", NameShape::plain},
    {"nuget", "NuGet", NameShape::plain},
    {"composer", "Packagist", NameShape::slash},
    {"cargo", "crates.io", NameShape::plain},
    {"hex", "Hex", NameShape::slash},
    {"hackage", "Hackage", NameShape::plain},
    {"cran", "CRAN", NameShape::plain},
    {"pub", "Pub", NameShape::plain},
    {"bitnami", "Bitnami", NameShape::plain},
    {"julia", "Julia", NameShape::plain},
    {"swift", "SwiftURL", NameShape::slash},
}};

struct NamespaceRow {
  std::string_view purl, os;  // ID of os-release(5) where it is spelt otherwise
};
constexpr std::array<NamespaceRow, 5> namespaces{{{"alma", "almalinux"},
                                                  {"azure-linux", "azurelinux"},
                                                  {"rocky-linux", "rocky"},
                                                  {"opensuse", "opensuse-leap"},
                                                  {"cbl-mariner", "mariner"}}};

struct CodenameRow {
  std::string_view codename, version;
};
constexpr std::array<CodenameRow, 12> codenames{{{"buster", "10"},
                                                 {"bullseye", "11"},
                                                 {"bookworm", "12"},
                                                 {"trixie", "13"},
                                                 {"stretch", "9"},
                                                 {"jessie", "8"},
                                                 {"wheezy", "7"},
                                                 {"bionic", "18.04"},
                                                 {"focal", "20.04"},
                                                 {"jammy", "22.04"},
                                                 {"noble", "24.04"},
                                                 {"forky", "14"}}};

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto byte = i + 2 < text.size() ? parse_uint(text.substr(i + 1, 2), 16) : std::nullopt;
    if (!byte || *byte == 0) return std::nullopt;
    out += static_cast<char>(*byte);
    i += 2;
  }
  return out;
}

struct Parts {
  std::string type, space, name, version;
  std::map<std::string, std::string> qualifiers;

  std::string qualifier(const std::string& key) const {
    const auto found = qualifiers.find(key);
    return found == qualifiers.end() ? "" : found->second;
  }
};

// namespace segments are decoded one by one, so that an encoded slash stays inside its segment.
std::optional<std::string> decoded_path(std::string_view path) {
  std::string out;
  for (const std::string_view segment : split(path, '/')) {
    if (segment.empty()) continue;
    const auto plain = percent_decoded(segment);
    if (!plain) return std::nullopt;
    out += (out.empty() ? "" : "/") + *plain;
  }
  return out;
}

bool parse_qualifiers(std::string_view text, Parts& into) {
  for (const std::string_view pair : split(text, '&')) {
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    const auto value = percent_decoded(pair.substr(equals + 1));
    if (!value) return false;
    into.qualifiers[lower(pair.substr(0, equals))] = *value;
  }
  return true;
}

// The order in which the parts are cut off is the specification's: subpath, qualifiers, scheme, type, version, name.
std::optional<Parts> parse_parts(std::string_view purl) {
  Parts out;
  purl = purl.substr(0, purl.rfind('#') == std::string_view::npos ? purl.size() : purl.rfind('#'));
  if (const size_t mark = purl.rfind('?'); mark != std::string_view::npos) {
    if (!parse_qualifiers(purl.substr(mark + 1), out)) return std::nullopt;
    purl = purl.substr(0, mark);
  }
  if (lower(purl.substr(0, 4)) != "pkg:") return std::nullopt;
  purl.remove_prefix(4);
  while (purl.starts_with('/')) purl.remove_prefix(1);
  const size_t slash = purl.find('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  out.type = lower(purl.substr(0, slash));
  purl.remove_prefix(slash + 1);
  // "@" also begins an npm scope that was not encoded: only one behind the last slash starts the version.
  const size_t at = purl.rfind('@');
  if (at != std::string_view::npos && at > 0 && purl[at - 1] != '/' && purl.find('/', at) == std::string_view::npos) {
    const auto version = percent_decoded(purl.substr(at + 1));
    if (!version) return std::nullopt;
    out.version = *version;
    purl = purl.substr(0, at);
  }
  while (purl.ends_with('/')) purl.remove_suffix(1);
  const size_t last = purl.rfind('/');
  const auto space = decoded_path(last == std::string_view::npos ? std::string_view() : purl.substr(0, last));
  const auto name = percent_decoded(last == std::string_view::npos ? purl : purl.substr(last + 1));
  if (!space || !name || name->empty()) return std::nullopt;
  out.space = *space;
  out.name = *name;
  return out;
}

// "debian-12", "12", "bookworm", "alpine-3.18.4", "almalinux-9.3" with the namespace's system.
std::string os_ecosystem(const Parts& parts) {
  OsRelease os;
  os.id = lower(parts.space);
  for (const NamespaceRow& row : namespaces) {
    if (row.purl == os.id) os.id = row.os;
  }
  std::string distro = lower(parts.qualifier("distro"));
  if (const size_t dash = distro.rfind('-'); dash != std::string::npos) distro = distro.substr(dash + 1);
  if (distro.starts_with("v")) distro = distro.substr(1);
  if (distro.starts_with("el") && distro.size() > 2) distro = distro.substr(2);
  for (const CodenameRow& row : codenames) {
    if (row.codename == distro) distro = row.version;
  }
  os.version_id = distro;
  return osv_ecosystem(os);
}

void set_source(const Parts& parts, Package& package) {
  package.source_name = package.name;
  package.source_version = package.version;
  const std::string upstream = parts.qualifier("upstream");
  if (upstream.empty()) return;
  const size_t at = upstream.find('@');
  package.source_name = upstream.substr(0, at);
  if (at != std::string::npos && at + 1 < upstream.size()) package.source_version = upstream.substr(at + 1);
}

}  // namespace

Result<Package> package_of_purl(std::string_view purl) {
  if (purl.size() > 4096) return Error{ErrorKind::limit, "the package URL is longer than 4096 bytes"};
  const auto parts = parse_parts(trim(purl));
  if (!parts) {
    return Error{ErrorKind::malformed, "not a package URL", printable(purl, 500),
                 "write it as pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS"};
  }
  Package out;
  out.purl = std::string(trim(purl));
  out.type = parse_package_type(parts->type).value_or(PackageType::other);
  out.name = parts->name;
  out.version = parts->version;
  out.arch = parts->qualifier("arch");
  for (const TypeRow& row : types) {
    if (row.type != parts->type) continue;
    out.ecosystem = std::string(row.ecosystem);
    if (row.shape != NameShape::plain && !parts->space.empty()) {
      out.name = parts->space + (row.shape == NameShape::colon ? ":" : "/") + parts->name;
    }
  }
  if (is_os_package(out.type)) {
    out.ecosystem = os_ecosystem(*parts);
    const std::string epoch = parts->qualifier("epoch");
    if (!epoch.empty() && epoch != "0" && !out.version.empty() && out.version.find(':') == std::string::npos)
      out.version = epoch + ":" + out.version;
    out.module = parts->qualifier("rpmmod");
    if (out.module.empty()) out.module = parts->qualifier("modularitylabel");
  }
  set_source(*parts, out);
  return out;
}

}  // namespace plimsoll::threatdb

#include "inventory/purl.h"

#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "model/names.h"

namespace plimsoll::inventory {
namespace {

// Percent-encodes everything but letters, digits, ".-_~" and the colon, which the specification leaves as it is.
std::string encode(std::string_view text, std::string_view also_plain = {}) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos || also_plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return out;
}

using Qualifiers = std::vector<std::pair<std::string_view, std::string>>;  // in the order of their names

std::string os_namespace(const Package& package, const std::optional<OsRelease>& os) {
  if (os && !os->id.empty()) return lower(os->id);
  return package.type == PackageType::apk ? "alpine" : package.type == PackageType::deb ? "debian" : "";
}

std::string distro_of(const std::optional<OsRelease>& os) {
  if (!os || os->id.empty()) return {};
  const std::string& release = os->version_id.empty() ? os->codename : os->version_id;
  return release.empty() ? os->id : os->id + "-" + release;
}

std::string upstream_of(const Package& package) {
  const bool same_version = package.source_version.empty() || package.source_version == package.version;
  if (package.source_name.empty() || (package.source_name == package.name && same_version)) return {};
  return same_version ? package.source_name : package.source_name + "@" + package.source_version;
}

// PEP 503: runs of "-", "_" and "." are one "-".
std::string pypi_name(std::string_view name) {
  std::string out;
  for (const char c : lower(name)) {
    const bool joint = c == '-' || c == '_' || c == '.';
    if (joint && out.ends_with('-')) continue;
    out += joint ? '-' : c;
  }
  return out;
}

std::string os_purl(const Package& package, const std::optional<OsRelease>& os) {
  std::string version = package.version, epoch;
  if (package.type == PackageType::rpm) {
    const size_t colon = version.find(':');
    if (colon != std::string::npos) {
      epoch = version.substr(0, colon);
      version.erase(0, colon + 1);
    }
  }
  const Qualifiers qualifiers{
      {"arch", package.arch}, {"distro", distro_of(os)}, {"epoch", epoch}, {"upstream", upstream_of(package)}};
  const std::string space = os_namespace(package, os);
  std::string out = "pkg:" + std::string(name_of(package.type)) + "/";
  if (!space.empty()) out += encode(space) + "/";
  out += encode(package.name) + "@" + encode(version);
  char joint = '?';
  for (const auto& [key, value] : qualifiers) {
    if (value.empty()) continue;
    out += joint;
    out += std::string(key) + "=" + encode(value);
    joint = '&';
  }
  return out;
}

}  // namespace

std::string purl_of(const Package& package, const std::optional<OsRelease>& os) {
  std::string name;
  switch (package.type) {
    case PackageType::deb:
    case PackageType::rpm:
    case PackageType::apk:
      return os_purl(package, os);
    case PackageType::npm:
      name = encode(package.name, "/");
      break;
    case PackageType::pypi:
      name = encode(pypi_name(package.name));
      break;
    case PackageType::golang:
      name = encode(lower(package.name), "/");
      break;
    default:
      return {};
  }
  std::string out = "pkg:" + std::string(name_of(package.type)) + "/" + name;
  if (!package.version.empty()) out += "@" + encode(package.version);
  return out;
}

}  // namespace plimsoll::inventory

#include <array>

#include "base/text.h"
#include "model/inventory.h"

namespace plimsoll {
namespace {

enum class Release { major, exact, alpine, ubuntu, none };

struct Distribution {
  std::string_view id;         // os-release ID
  std::string_view ecosystem;  // OSV ecosystem family: https://ossf.github.io/osv-schema/#defined-ecosystems
  Release release;
};

constexpr std::array<Distribution, 12> distributions{{
    {"debian", "Debian", Release::major},
    {"ubuntu", "Ubuntu", Release::ubuntu},
    {"alpine", "Alpine", Release::alpine},
    {"almalinux", "AlmaLinux", Release::major},
    {"rocky", "Rocky Linux", Release::major},
    {"azurelinux", "Azure Linux", Release::major},
    {"mariner", "Mariner", Release::exact},
    {"photon", "Photon OS", Release::exact},
    {"opensuse-leap", "openSUSE:Leap", Release::exact},
    {"wolfi", "Wolfi", Release::none},
    {"chainguard", "Chainguard", Release::none},
    {"openEuler", "openEuler", Release::exact},
}};

// Ubuntu's long-term releases come out in April of even years and carry ":LTS" in OSV.
bool is_ubuntu_lts(std::string_view version) {
  const auto parts = split(version, '.');
  if (parts.size() < 2 || parts[1] != "04") return false;
  const auto year = parse_uint(parts[0]);
  return year && *year % 2 == 0;
}

// "3.18.4" -> "v3.18"; an edge snapshot ("3.21_alpha...") has no release branch.
std::string alpine_branch(std::string_view version) {
  const auto parts = split(version, '.');
  if (parts.size() < 2 || version.find('_') != std::string_view::npos) return {};
  return "v" + std::string(parts[0]) + "." + std::string(parts[1]);
}

std::string release_suffix(const Distribution& row, std::string_view version) {
  switch (row.release) {
    case Release::major:
      return std::string(split(version, '.')[0]);
    case Release::exact:
      return std::string(version);
    case Release::alpine:
      return alpine_branch(version);
    case Release::ubuntu:
      return std::string(version) + (is_ubuntu_lts(version) ? ":LTS" : "");
    case Release::none:
      return {};
  }
  return {};
}

}  // namespace

std::string osv_ecosystem(const OsRelease& os) {
  for (const Distribution& row : distributions) {
    if (row.id != os.id) continue;
    if (row.release == Release::none) return std::string(row.ecosystem);
    const std::string suffix = os.version_id.empty() ? "" : release_suffix(row, os.version_id);
    return suffix.empty() ? "" : std::string(row.ecosystem) + ":" + suffix;
  }
  return {};
}

}  // namespace plimsoll

#include "probe/host/settings/os_support.h"

namespace plimsoll::probe::settings {
namespace {

struct Row {
  std::string_view id, version;  // version: the whole of VERSION_ID, or its first number with a dot behind
  std::string_view last_day;
};
// clang-format off
constexpr Row kRows[] = {
    // distro-info-data 0.58+deb12u7, debian.csv: the end of LTS.
    {"debian", "9", "2022-06-30"}, {"debian", "10", "2024-06-30"}, {"debian", "11", "2026-08-31"},
    {"debian", "12", "2028-06-30"}, {"debian", "13", "2030-06-30"},
    // The same package, ubuntu.csv: the end of standard support.
    {"ubuntu", "16.04", "2021-04-30"}, {"ubuntu", "18.04", "2023-05-31"}, {"ubuntu", "20.04", "2025-05-29"},
    {"ubuntu", "22.04", "2027-06-01"}, {"ubuntu", "23.10", "2024-07-11"}, {"ubuntu", "24.04", "2029-05-31"},
    {"ubuntu", "24.10", "2025-07-10"}, {"ubuntu", "25.04", "2026-01-15"}, {"ubuntu", "25.10", "2026-07-09"},
    {"ubuntu", "26.04", "2031-05-29"}, {"ubuntu", "26.10", "2027-07-15"},
    // access.redhat.com/support/policy/updates/errata: the end of maintenance.
    {"rhel", "7.", "2024-06-30"}, {"rhel", "8.", "2029-05-31"}, {"rhel", "9.", "2032-05-31"},
    {"rhel", "10.", "2035-05-31"},
    // centos.org/centos-linux-eol; wiki.rockylinux.org/rocky/version; wiki.almalinux.org/release-notes.
    {"centos", "7", "2024-06-30"}, {"centos", "8", "2021-12-31"}, {"rocky", "8.", "2029-05-31"},
    {"rocky", "9.", "2032-05-31"}, {"almalinux", "8.", "2029-03-01"}, {"almalinux", "9.", "2032-05-31"},
    // alpinelinux.org/releases.
    {"alpine", "3.16.", "2024-05-23"}, {"alpine", "3.17.", "2024-11-22"}, {"alpine", "3.18.", "2025-05-09"},
    {"alpine", "3.19.", "2025-11-01"}, {"alpine", "3.20.", "2026-04-01"}, {"alpine", "3.21.", "2026-11-01"},
    {"alpine", "3.22.", "2027-05-01"},
    // aws.amazon.com/amazon-linux-2/faqs; docs.fedoraproject.org/en-US/releases/eol.
    {"amzn", "2", "2026-06-30"}, {"fedora", "39", "2024-11-26"}, {"fedora", "40", "2025-05-13"},
};
// clang-format on

}  // namespace

std::optional<Instant> end_of_support(std::string_view id, std::string_view version) {
  for (const Row& row : kRows) {
    const bool prefix = row.version.ends_with('.');
    const bool same = prefix
                          ? version.starts_with(row.version) || version == row.version.substr(0, row.version.size() - 1)
                          : version == row.version;
    if (row.id == id && same) return parse_rfc3339(row.last_day);
  }
  return std::nullopt;
}

}  // namespace plimsoll::probe::settings

#include "inventory/origin.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace plimsoll::inventory {
namespace {

constexpr std::array<std::string_view, 6> mail_domains{"debian.org",    "debian.net", "ubuntu.com",
                                                       "canonical.com", "kali.org",   "raspberrypi.com"};

// First words of the Vendor tag, lower case.
constexpr std::array<std::string_view, 13> vendors{"red hat", "fedora project", "centos",   "almalinux",      "rocky",
                                                   "resf",    "suse",           "opensuse", "oracle america", "amazon",
                                                   "vmware",  "microsoft",      "openeuler"};

}  // namespace

bool is_distribution_maintainer(std::string_view maintainer) {
  const size_t close = maintainer.rfind('>'), at = maintainer.rfind('@');
  if (at == std::string_view::npos || close == std::string_view::npos || close < at) return false;
  const std::string domain = lower(maintainer.substr(at + 1, close - at - 1));
  return std::ranges::any_of(mail_domains, [&](std::string_view known) {
    return domain == known || domain.ends_with("." + std::string(known));
  });
}

bool is_distribution_vendor(std::string_view vendor) {
  const std::string text = lower(trim(vendor));
  return std::ranges::any_of(vendors, [&](std::string_view known) { return text.starts_with(known); });
}

}  // namespace plimsoll::inventory

#include "threatdb/kernel.h"

#include <algorithm>
#include <array>
#include <string>

#include "threatdb/names.h"

namespace plimsoll::threatdb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "linux" or "linux-FLAVOUR...": Debian's and Ubuntu's kernel sources; linux-base, linux-firmware and such are not.
constexpr std::array<std::string_view, 21> deb_flavours{
    "signed", "meta",      "hwe",    "aws",   "azure",      "gcp",     "gke",
    "oem",    "oracle",    "kvm",    "raspi", "lowlatency", "ibm",     "intel",
    "nvidia", "bluefield", "xilinx", "riscv", "restricted", "modules", "unsigned"};
// Alpine names them by flavour; linux-pam, linux-firmware and linux-headers (user-space ABI, its own source) are not.
constexpr std::array<std::string_view, 13> apk_flavours{"lts",   "virt",      "edge",        "stable", "vanilla",
                                                        "grsec", "hardened",  "virtgrsec",   "rpi",    "rpi2",
                                                        "rpi4",  "tinycloud", "virthardened"};
constexpr std::array<std::string_view, 10> rpm_sources{"kernel",     "kernel-rt",       "kernel-uek", "kernel-default",
                                                       "kernel-64k", "kernel-longterm", "kernel-lts", "kernel-azure",
                                                       "kernel-hci", "kernel-mshv"};

template <size_t N>
bool has(const std::array<std::string_view, N>& table, std::string_view word) {
  return std::find(table.begin(), table.end(), word) != table.end();
}

bool is_deb_kernel(std::string_view source) {
  if (source == "linux") return true;
  if (!source.starts_with("linux-")) return false;
  source.remove_prefix(6);
  return is_digit(source.empty() ? 'x' : source[0]) || has(deb_flavours, source.substr(0, source.find('-')));
}

// Debian signs from "linux-signed-amd64" or "linux-signed-6.1-amd64", Ubuntu from "linux-signed" or
// "linux-signed-hwe-6.5": the advisories are filed under what was signed.
std::string kernel_source(const Package& package) {
  const std::string_view source = package.source_name.empty() ? std::string_view(package.name) : package.source_name;
  constexpr std::string_view signed_prefix = "linux-signed";
  if (package.type != PackageType::deb || !source.starts_with(signed_prefix)) return std::string(source);
  std::string_view rest = source.substr(signed_prefix.size());  // "-6.1-amd64", "-hwe-6.5", ""
  if (family_of(package.ecosystem) == "Debian") {
    const size_t last = rest.rfind('-');
    rest = last == std::string_view::npos ? std::string_view() : rest.substr(0, last);
  }
  return "linux" + std::string(rest);
}

std::string without_rebuild(std::string version) {
  const size_t plus = version.rfind("+b");
  const bool rebuilt = plus != std::string::npos && plus + 2 < version.size() &&
                       version.find_first_not_of("0123456789", plus + 2) == std::string::npos;
  return rebuilt ? version.substr(0, plus) : version;
}

std::string_view without_epoch(std::string_view version) {
  const size_t colon = version.find(':');
  return colon == std::string_view::npos ? version : version.substr(colon + 1);
}

// 0: does not hold the running kernel; higher is surer.
int claim(const Package& package, std::string_view release) {
  if (release.empty() || !is_kernel_package(package)) return 0;
  const std::string running(release);
  if (package.type == PackageType::deb) {
    if (package.name == "linux-image-" + running || package.name == "linux-image-unsigned-" + running) return 3;
    if (package.name == "linux-modules-" + running) return 2;
    return package.name.find(running) != std::string::npos && !package.name.starts_with("linux-headers") ? 1 : 0;
  }
  if (package.type == PackageType::rpm) {
    const std::string version(without_epoch(package.version));
    const bool same =
        running == version || running == version + "." + package.arch || running.starts_with(version + ".");
    if (!same) return package.name.find(running) != std::string::npos ? 1 : 0;
    const bool image = package.name.ends_with("-core") || package.name == "kernel" ||
                       package.name == "kernel-default" || package.name == "kernel-uek";
    return image                                                                                                  ? 3
           : package.name.find("headers") == std::string::npos && package.name.find("devel") == std::string::npos ? 2
                                                                                                                  : 0;
  }
  // Alpine: linux-lts 5.4.84-r0 boots as 5.4.84-0-lts.
  const size_t revision = package.version.rfind("-r");
  if (revision == std::string::npos || !package.name.starts_with("linux-")) return 0;
  const std::string boots =
      package.version.substr(0, revision) + "-" + package.version.substr(revision + 2) + "-" + package.name.substr(6);
  return boots == running ? 3 : 0;
}

}  // namespace

bool is_kernel_package(const Package& package) {
  const std::string_view source = package.source_name.empty() ? std::string_view(package.name) : package.source_name;
  switch (package.type) {
    case PackageType::deb:
      return is_deb_kernel(source);
    case PackageType::rpm:
      return has(rpm_sources, source) || has(rpm_sources, package.name);
    case PackageType::apk:
      return source.starts_with("linux-") && has(apk_flavours, source.substr(6));
    default:
      return false;
  }
}

std::optional<Package> running_kernel_package(const std::vector<Package>& packages, std::string_view release) {
  const Package* best = nullptr;
  int best_claim = 0;
  for (const Package& package : packages) {
    const int strength = claim(package, release);
    if (strength <= best_claim) continue;
    best = &package;
    best_claim = strength;
  }
  if (best == nullptr) return std::nullopt;
  Package out = *best;
  if (out.type == PackageType::deb) {
    out.source_name = kernel_source(*best);
    out.source_version = without_rebuild(best->version);
  }
  return out;
}

}  // namespace plimsoll::threatdb

#include "threatdb/names.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace plimsoll::threatdb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Ecosystems of distributions in OSV's list: https://ossf.github.io/osv-schema/#defined-ecosystems
constexpr std::array<std::string_view, 22> distributions{
    "AlmaLinux",    "Alpaquita", "Alpine",    "Azure Linux", "BellSoft Hardened Containers",
    "Chainguard",   "Debian",    "Echo",      "Mageia",      "Mariner",
    "MinimOS",      "Photon OS", "Red Hat",   "Rocky Linux", "SUSE",
    "Ubuntu",       "Wolfi",     "openEuler", "openSUSE",    "Amazon Linux",
    "Oracle Linux", "CleanStart"};

constexpr std::array<std::string_view, 9> notice_prefixes{"ALBA-", "ALEA-",    "RHBA-",    "RHEA-",   "RLBA-",
                                                          "RLEA-", "SUSE-RU-", "SUSE-FU-", "SUSE-OU-"};

std::string_view pep503(std::string_view name, std::string& buffer) {
  buffer.clear();
  for (const char c : name) {
    if (c == '-' || c == '_' || c == '.') {
      if (buffer.empty() || buffer.back() != '-') buffer += '-';
    } else {
      buffer += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  return buffer;
}

// "1.21rc2" -> "1.21.0-rc.2", "1.21" -> "1.21.0": go.dev/doc/toolchain#version against the Go vulnerability database.
std::string go_release(std::string_view version) {
  version = version.substr(0, version.find_first_of(" +"));
  const size_t digits = version.find_first_not_of("0123456789.");
  std::string numbers(version.substr(0, digits));
  std::string_view rest = digits == std::string_view::npos ? std::string_view() : version.substr(digits);
  for (auto dots = std::count(numbers.begin(), numbers.end(), '.'); dots < 2; ++dots) numbers += ".0";
  if (rest.empty() || rest.front() == '-') return numbers;  // "-custom" is the same release, built elsewhere
  const size_t number = rest.find_first_of("0123456789");
  if (number == std::string_view::npos) return numbers + "-" + std::string(rest);
  return numbers + "-" + std::string(rest.substr(0, number)) + "." + std::string(rest.substr(number));
}

}  // namespace

std::string_view family_of(std::string_view ecosystem) { return ecosystem.substr(0, ecosystem.find(':')); }

bool is_distribution(std::string_view ecosystem) {
  return std::find(distributions.begin(), distributions.end(), family_of(ecosystem)) != distributions.end();
}

std::string_view normal_name(std::string_view ecosystem, std::string_view name, std::string& buffer) {
  const std::string_view family = family_of(ecosystem);
  if (family == "PyPI") return pep503(name, buffer);
  if (family == "NuGet" || family == "Packagist") {
    buffer = lower(name);
    return buffer;
  }
  return name;
}

std::string normal_version(std::string_view ecosystem, std::string_view version) {
  if (family_of(ecosystem) != "Go") return std::string(version);
  if (version.starts_with("go") && version.size() > 2 && is_digit(version[2])) return go_release(version.substr(2));
  if (version.starts_with("v") && version.size() > 1 && is_digit(version[1])) version.remove_prefix(1);
  return std::string(version);
}

std::vector<LookUp> look_ups_of(const Package& package) {
  const std::string_view family = family_of(package.ecosystem);
  const std::string& source = package.source_name.empty() ? package.name : package.source_name;
  const std::string& source_version = package.source_version.empty() ? package.version : package.source_version;
  if (!is_distribution(package.ecosystem)) {
    std::string buffer;
    return {{std::string(normal_name(package.ecosystem, package.name, buffer)),
             family == "Go" && package.name == "stdlib" && !package.version.empty() && is_digit(package.version[0])
                 ? normal_version(package.ecosystem, "go" + package.version)
                 : normal_version(package.ecosystem, package.version),
             false}};
  }
  if (package.type != PackageType::rpm) return {{source, source_version, true}};
  if (family == "AlmaLinux" || family == "Red Hat") return {{package.name, package.version, false}};
  std::vector<LookUp> both{{package.name, package.version, false}};
  if (source != package.name) both.push_back({source, source_version, true});
  return both;
}

bool is_module_build(std::string_view version) {
  return version.find(".module_") != std::string_view::npos || version.find(".module+") != std::string_view::npos;
}

bool names_other_stream(std::string_view summary, std::string_view label) {
  const auto parts = split(label, ':');
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) return false;
  bool other = false;
  for (const std::string_view word : split_words(summary)) {
    const size_t colon = word.find(':');
    if (colon == std::string_view::npos || word.substr(0, colon) != parts[0]) continue;
    std::string_view stream = word.substr(colon + 1);
    while (!stream.empty() && (stream.back() == ',' || stream.back() == ';')) stream.remove_suffix(1);
    if (stream == parts[1]) return false;
    other = other || !stream.empty();
  }
  return other;
}

bool is_notice_id(std::string_view id) {
  return std::any_of(notice_prefixes.begin(), notice_prefixes.end(),
                     [&](std::string_view p) { return id.starts_with(p); });
}

}  // namespace plimsoll::threatdb

#include "repository/apt_preferences.h"

#include <fnmatch.h>
#include <regex.h>

#include <algorithm>

#include "base/text.h"
#include "repository/deb822.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_pins = 2000, max_pattern = 200;

bool is_pattern(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

bool fits_regex(const std::string& pattern, const std::string& text) {
  regex_t compiled;
  if (regcomp(&compiled, pattern.c_str(), REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0) return false;
  const bool fits = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return fits;
}

// A name, a glob, or a regular expression between slashes.
bool fits(const std::string& wanted, const std::string& text) {
  if (text.size() > max_pattern) return false;
  if (wanted.size() > 2 && wanted.front() == '/' && wanted.back() == '/')
    return fits_regex(wanted.substr(1, wanted.size() - 2), text);
  if (is_pattern(wanted)) return fnmatch(wanted.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
  return lower(wanted) == lower(text);
}

bool names_package(const AptPin& pin, const PinTarget& target) {
  return std::ranges::any_of(pin.packages, [&](const std::string& name) {
    if (name.starts_with("src:")) return fits(name.substr(4), target.source);
    const size_t colon = name.rfind(':');
    if (colon == std::string::npos || name.starts_with('/')) return fits(name, target.package);
    const std::string arch = name.substr(colon + 1);
    return fits(name.substr(0, colon), target.package) && (arch == "any" || arch == target.architecture);
  });
}

// "release a=stable,o=Debian", or a bare archive, codename or version.
bool fits_release(const std::string& value, const PinTarget& target) {
  const auto fields = split(value, ',');
  return std::ranges::all_of(fields, [&](std::string_view field) {
    field = trim(field);
    const size_t equals = field.find('=');
    if (equals == std::string_view::npos) {
      const std::string bare(field);
      return fits(bare, target.archive) || fits(bare, target.codename) || fits(bare, target.release_version);
    }
    const std::string wanted(trim(field.substr(equals + 1)));
    switch (trim(field.substr(0, equals)) == "" ? '\0' : field.front()) {
      case 'a':
        return fits(wanted, target.archive);
      case 'n':
        return fits(wanted, target.codename);
      case 'v':
        return fits(wanted, target.release_version);
      case 'o':
        return fits(wanted, target.origin);
      case 'l':
        return fits(wanted, target.label);
      case 'c':
        return fits(wanted, target.component);
      case 'b':
        return fits(wanted, target.architecture);
      default:
        return false;
    }
  });
}

bool fits_pin(const AptPin& pin, const PinTarget& target) {
  if (pin.kind == "version") return fits(pin.value, target.version);
  if (pin.kind == "release") return fits_release(pin.value, target);
  if (pin.kind != "origin") return false;
  std::string host = pin.value;
  if (host.size() >= 2 && host.front() == '"' && host.back() == '"') host = host.substr(1, host.size() - 2);
  return fits(host, target.host);
}

// A pattern of a stranger: without what makes matching slow or large.
bool is_cheap(std::string_view pattern) {
  if (pattern.size() > max_pattern || std::ranges::count(pattern, '*') > 8 || std::ranges::count(pattern, '+') > 8)
    return false;
  return pattern.find_first_of("{\\") == std::string_view::npos;
}

bool is_general(const AptPin& pin) { return pin.packages.size() == 1 && pin.packages.front() == "*"; }

}  // namespace

std::vector<AptPin> parse_preferences(std::string_view text, size_t* refused) {
  std::vector<AptPin> out;
  for (const Paragraph& p : read_paragraphs(text)) {
    AptPin pin;
    for (const std::string_view word : split_words(p.get("Package"))) pin.packages.emplace_back(word);
    const std::string_view how = trim(p.get("Pin"));
    const size_t blank = how.find_first_of(" \t");
    pin.kind = lower(how.substr(0, blank));
    if (blank != std::string_view::npos) pin.value = std::string(trim(how.substr(blank)));
    std::string_view number = trim(p.get("Pin-Priority"));
    const bool negative = number.starts_with('-');
    if (negative) number.remove_prefix(1);
    const auto priority = parse_uint(number);
    const bool cheap = is_cheap(pin.value) && std::ranges::all_of(pin.packages, is_cheap);
    if (pin.packages.empty() || !priority || *priority > 32767 || out.size() >= max_pins || !cheap) {
      if (refused != nullptr && !p.empty()) ++*refused;
      continue;
    }
    pin.priority = static_cast<int32_t>(*priority) * (negative ? -1 : 1);
    out.push_back(std::move(pin));
  }
  return out;
}

int32_t priority_of(const std::vector<AptPin>& pins, const PinTarget& target, std::string_view default_release) {
  for (const AptPin& pin : pins) {
    if (!is_general(pin) && names_package(pin, target) && fits_pin(pin, target)) return pin.priority;
  }
  for (const AptPin& pin : pins) {
    if (is_general(pin) && fits_pin(pin, target)) return pin.priority;
  }
  if (!default_release.empty() && (default_release == target.archive || default_release == target.codename)) return 990;
  if (target.not_automatic) return target.but_automatic_upgrades ? 100 : 1;
  return 500;
}

}  // namespace plimsoll::repository

#include "repository/changelog.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "version/compare.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_ids = 2000;

size_t digits_at(std::string_view text, size_t at) {
  size_t n = 0;
  while (at + n < text.size() && text[at + n] >= '0' && text[at + n] <= '9') ++n;
  return n;
}

void add_ids(std::string_view line, std::set<std::string>& out) {
  constexpr std::string_view mark = "CVE-";
  for (size_t at = line.find(mark); at != std::string_view::npos; at = line.find(mark, at + 1)) {
    const size_t year = at + mark.size(), number = year + 5;
    if (digits_at(line, year) != 4 || number >= line.size() || line[year + 4] != '-') continue;
    const size_t digits = digits_at(line, number);
    if (digits >= 4 && digits <= 12 && out.size() < max_ids) out.emplace(line.substr(at, number + digits - at));
  }
}

// "openssl (3.0.11-1) bookworm; urgency=medium" -> "3.0.11-1"; empty for other lines.
std::string_view version_of_heading(std::string_view line) {
  if (line.empty() || line.front() == ' ' || line.front() == '\t') return {};
  const size_t open = line.find(" ("), close = line.find(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  return line.substr(open + 2, close - open - 2);
}

}  // namespace

std::vector<std::string> cves_between(std::string_view changelog, std::string_view after, std::string_view until) {
  std::set<std::string> ids;
  bool inside = false;
  for (const std::string_view line : split(changelog, '\n')) {
    if (const std::string_view version = version_of_heading(line); !version.empty()) {
      if (!version::is_newer(version::Scheme::dpkg, version, after)) break;
      inside = !version::is_newer(version::Scheme::dpkg, version, until);
    } else if (inside) {
      add_ids(line, ids);
    }
  }
  return {ids.begin(), ids.end()};
}

std::string changelog_url(std::string_view how, std::string_view component, std::string_view source,
                          std::string_view version) {
  constexpr std::string_view mark = "@CHANGEPATH@";
  const size_t at = how.find(mark);
  if (at == std::string_view::npos || source.empty()) return {};
  const std::string_view bare = version.substr(version.find(':') == std::string_view::npos ? 0 : version.find(':') + 1);
  const std::string_view prefix = source.substr(0, source.starts_with("lib") ? std::min<size_t>(4, source.size()) : 1);
  std::string path(component.empty() ? "main" : component);
  // Debian's security suite writes its components "updates/main"; the service knows "main".
  if (const size_t slash = path.rfind('/'); slash != std::string::npos) path.erase(0, slash + 1);
  path.append("/").append(prefix).append("/").append(source).append("/").append(source).append("_").append(bare);
  std::string out(how.substr(0, at));
  return out.append(path).append(how.substr(at + mark.size()));
}

}  // namespace plimsoll::repository

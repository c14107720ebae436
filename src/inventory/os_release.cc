#include "inventory/os_release.h"

#include <array>

#include "base/text.h"

namespace plimsoll::inventory {
namespace {

std::optional<OsRelease> alpine_release(std::string_view text) {
  const std::string_view version = trim(text);
  if (version.empty()) return std::nullopt;
  return OsRelease{"alpine", std::string(version), {}, "Alpine Linux " + std::string(version), {}};
}

// "12.5", or "trixie/sid" on a release in the making, which has no number.
std::optional<OsRelease> debian_version(std::string_view text) {
  const std::string_view version = trim(text);
  if (version.empty()) return std::nullopt;
  OsRelease out{"debian", {}, {}, "Debian GNU/Linux " + std::string(version), {}};
  const bool numbered = version.front() >= '0' && version.front() <= '9';
  (numbered ? out.version_id : out.codename) = std::string(numbered ? version : split(version, '/')[0]);
  return out;
}

struct Source {
  std::string_view path;
  std::optional<OsRelease> (*parse)(std::string_view text);
};

// In the order of their weight.
constexpr std::array<Source, 6> sources{{
    {"etc/os-release", parse_os_release},
    {"usr/lib/os-release", parse_os_release},
    {"etc/alpine-release", alpine_release},
    {"etc/redhat-release", parse_redhat_release},
    {"etc/centos-release", parse_redhat_release},
    {"etc/debian_version", debian_version},
}};

// A value as a shell would read it: quotes off, backslash escapes undone (os-release(5)).
std::string unquote(std::string_view value) {
  value = trim(value);
  const char quote = value.empty() ? '\0' : value.front();
  if (quote != '"' && quote != '\'') return std::string(value);
  std::string out;
  for (size_t i = 1; i < value.size() && value[i] != quote; ++i) {
    if (quote == '"' && value[i] == '\\' && i + 1 < value.size()) ++i;
    out += value[i];
  }
  return out;
}

// Distribution by the first words of a redhat-release line.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> redhat_family{{
    {"CentOS", "centos"},
    {"Red Hat Enterprise Linux", "rhel"},
    {"AlmaLinux", "almalinux"},
    {"Rocky Linux", "rocky"},
    {"Fedora", "fedora"},
    {"Oracle Linux", "ol"},
    {"Amazon Linux", "amzn"},
}};

}  // namespace

std::optional<OsRelease> parse_os_release(std::string_view text) {
  OsRelease out;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    const size_t equals = line.find('=');
    if (line.empty() || line.front() == '#' || equals == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, equals);
    std::string value = unquote(line.substr(equals + 1));
    if (value.size() > max_field) continue;
    if (key == "ID")
      out.id = std::move(value);
    else if (key == "VERSION_ID")
      out.version_id = std::move(value);
    else if (key == "VERSION_CODENAME")
      out.codename = std::move(value);
    else if (key == "PRETTY_NAME")
      out.pretty_name = std::move(value);
    else if (key == "ID_LIKE")
      for (const std::string_view word : split_words(value)) out.id_like.emplace_back(word);
  }
  if (out.id.empty()) return std::nullopt;
  return out;
}

std::optional<OsRelease> parse_redhat_release(std::string_view text) {
  const std::string_view line = trim(split(text, '\n')[0]);
  for (const auto& [words, id] : redhat_family) {
    if (!line.starts_with(words)) continue;
    OsRelease out{std::string(id), {}, {}, std::string(line), {"rhel", "fedora"}};
    const size_t release = line.find("release ");
    if (release != std::string_view::npos) {
      const auto rest = split_words(line.substr(release + 8));
      if (!rest.empty()) out.version_id = std::string(rest[0]);
    }
    return out;
  }
  return std::nullopt;
}

size_t os_release_rank(std::string_view path) {
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].path == path) return i;
  }
  return sources.size();
}

bool wants_os_release(const rootfs::Entry& entry) {
  return (entry.path.starts_with("etc/") || entry.path.starts_with("usr/lib/os-")) &&
         os_release_rank(entry.path) < sources.size();
}

Result<Found> read_os_release(std::string_view path, rootfs::File& file) {
  PLIMSOLL_TRY(text, file.read_all(size_t{64} << 10));
  const size_t rank = os_release_rank(path);
  Found found;
  if (rank < sources.size()) found.os = sources[rank].parse(text);
  // The older files may be empty or name something unknown; only os-release itself must say who it is.
  if (!found.os && rank < 2) return Error{ErrorKind::malformed, "names no distribution (no ID= line)"};
  return found;
}

}  // namespace plimsoll::inventory

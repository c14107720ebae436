#include "probe/host/settings/shadow.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

std::optional<int64_t> days(std::string_view text) {
  const bool negative = text.starts_with("-");
  if (negative) text.remove_prefix(1);
  const auto value = parse_uint(text);
  if (!value || *value > 1'000'000'000) return std::nullopt;
  return negative ? -static_cast<int64_t>(*value) : static_cast<int64_t>(*value);
}

}  // namespace

std::string hash_scheme(std::string_view hash) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 12> kPrefixes = {{{"$y$", "yescrypt"},
                                                                                          {"$gy$", "gost-yescrypt"},
                                                                                          {"$7$", "scrypt"},
                                                                                          {"$2b$", "bcrypt"},
                                                                                          {"$2a$", "bcrypt"},
                                                                                          {"$2y$", "bcrypt"},
                                                                                          {"$6$", "sha512"},
                                                                                          {"$5$", "sha256"},
                                                                                          {"$1$", "md5"},
                                                                                          {"$md5", "sunmd5"},
                                                                                          {"$sha1", "sha1"},
                                                                                          {"$3$", "nt"}}};
  for (const auto& [prefix, name] : kPrefixes) {
    if (hash.starts_with(prefix)) return name;
  }
  if (hash.starts_with("_")) return "bsdi-des";
  if (hash.size() == 13 && hash.find('$') == std::string_view::npos) return "des";
  return "unknown";
}

std::optional<uint64_t> hash_rounds(std::string_view hash) {
  if (!hash.starts_with("$5$") && !hash.starts_with("$6$")) return std::nullopt;
  if (!hash.substr(3).starts_with("rounds=")) return 5000;
  const std::string_view rest = hash.substr(10);
  return parse_uint(rest.substr(0, rest.find('$')));
}

std::vector<ShadowEntry> parse_shadow(std::string_view text) {
  std::vector<ShadowEntry> out;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(line, ':');
    if (fields.size() < 2 || fields[0].empty() || line.front() == '#') continue;
    ShadowEntry entry;
    entry.name = fields[0];
    std::string_view hash = fields[1];
    entry.state = hash.empty() ? "empty" : hash.front() == '!' || hash.front() == '*' ? "locked" : "hash";
    while (!hash.empty() && (hash.front() == '!' || hash.front() == '*')) hash.remove_prefix(1);
    if (hash.size() > 4) {
      entry.scheme = hash_scheme(hash);
      entry.rounds = hash_rounds(hash);
    }
    const auto day = [&](size_t i) { return i < fields.size() ? days(trim(fields[i])) : std::nullopt; };
    entry.changed_day = day(2);
    entry.max_days = day(4);
    entry.warn_days = day(5);
    entry.inactive_days = day(6);
    out.push_back(std::move(entry));
  }
  return out;
}

std::vector<IdRange> parse_subids(std::string_view text) {
  std::vector<IdRange> out;
  for (const std::string_view line : config_lines(text)) {
    const auto fields = split(line, ':');
    if (fields.size() != 3) continue;
    const auto first = parse_uint(trim(fields[1])), count = parse_uint(trim(fields[2]));
    if (first && count && *count > 0 && *first <= UINT32_MAX && *count <= UINT32_MAX)
      out.push_back({std::string(fields[0]), *first, *count});
  }
  return out;
}

std::vector<std::string> overlapping_ranges(std::vector<IdRange> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const IdRange& a, const IdRange& b) { return a.first < b.first; });
  std::vector<std::string> out;
  const IdRange* widest = nullptr;  // the one before that reaches furthest
  for (const IdRange& range : ranges) {
    if (widest != nullptr && range.first < widest->first + widest->count && widest->owner != range.owner) {
      out.push_back(widest->owner + " and " + range.owner + " share " + std::to_string(range.first));
    }
    if (widest == nullptr || range.first + range.count > widest->first + widest->count) widest = &range;
  }
  return out;
}

std::map<std::string, std::string> parse_login_defs(std::string_view text) {
  std::map<std::string, std::string> out;
  for (const std::string_view line : config_lines(text)) {
    const size_t blank = line.find_first_of(" \t");
    if (blank != std::string_view::npos) out[std::string(line.substr(0, blank))] = trim(line.substr(blank));
  }
  return out;
}

}  // namespace plimsoll::probe::settings

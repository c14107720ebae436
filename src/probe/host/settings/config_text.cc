#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {

std::vector<std::string_view> config_lines(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (!line.empty() && line.front() != '#' && line.front() != ';') out.push_back(line);
  }
  return out;
}

std::map<std::string, std::string> parse_assignments(std::string_view text) {
  std::map<std::string, std::string> out;
  for (std::string_view line : config_lines(text)) {
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    std::string_view value = trim(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    out[std::string(trim(line.substr(0, equals)))] = value;
  }
  return out;
}

void parse_ini(std::string_view text, std::map<std::string, std::string>& values) {
  std::string section;
  for (const std::string_view line : config_lines(text)) {
    if (line.front() == '[' && line.back() == ']') {
      section = line.substr(1, line.size() - 2);
      continue;
    }
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    values[section + "." + std::string(trim(line.substr(0, equals)))] = trim(line.substr(equals + 1));
  }
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, mark = 0;
  const auto step = [&]() -> bool {
    if (p >= pattern.size()) return false;
    if (pattern[p] == '?') return ++p, true;
    if (pattern[p] == '[') {
      const size_t close = pattern.find(']', p + 2);
      if (close != std::string_view::npos) {
        std::string_view set = pattern.substr(p + 1, close - p - 1);
        const bool negated = set.front() == '!' || set.front() == '^';
        if (negated) set.remove_prefix(1);
        bool in = false;
        for (size_t i = 0; i < set.size(); ++i) {
          if (i + 2 < set.size() && set[i + 1] == '-') {
            in |= name[n] >= set[i] && name[n] <= set[i + 2];
            i += 2;
          } else {
            in |= name[n] == set[i];
          }
        }
        if (in == negated) return false;
        return p = close + 1, true;
      }
    }
    if (pattern[p] != name[n]) return false;
    return ++p, true;
  };
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = n;
    } else if (step()) {
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace plimsoll::probe::settings

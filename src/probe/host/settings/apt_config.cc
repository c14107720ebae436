#include "probe/host/settings/apt_config.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr size_t kMaxDepth = 64, kMaxValues = 100'000, kMaxSources = 10'000;

// Words, quoted texts and the marks { } ; of one file; comments left out, `#clear` kept as a word.
std::vector<std::string> tokens(std::string_view text) {
  std::vector<std::string> out;
  size_t i = 0;
  const auto skip_line = [&]() { i = std::min(text.find('\n', i), text.size()); };
  while (i < text.size() && out.size() < kMaxValues * 3) {
    const char c = text[i];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++i;
    } else if (text.substr(i).starts_with("//")) {
      skip_line();
    } else if (text.substr(i).starts_with("/*")) {
      const size_t end = text.find("*/", i + 2);
      i = end == std::string_view::npos ? text.size() : end + 2;
    } else if (c == '#' && !text.substr(i).starts_with("#clear")) {
      skip_line();
    } else if (c == '{' || c == '}' || c == ';') {
      out.emplace_back(1, c);
      ++i;
    } else if (c == '"') {
      const size_t end = std::min(text.find('"', i + 1), text.size());
      out.push_back("\"" + std::string(text.substr(i + 1, end - i - 1)));  // the mark tells that it was quoted
      i = end + 1;
    } else {
      const size_t end = std::min(text.find_first_of(" \t\r\n{};\"", i), text.size());
      out.emplace_back(text.substr(i, end - i));
      i = end;
    }
  }
  return out;
}

std::string joined_key(const std::vector<std::string>& above, const std::string& name) {
  std::string out;
  for (const std::string& part : above) out += part + "::";
  return lower(out + name);
}

void clear_below(AptValues& values, const std::string& key) {
  std::erase_if(values, [&](const auto& value) { return value.first == key || value.first.starts_with(key + "::"); });
}

void take_options(std::string_view text, AptSource& source) {
  for (const std::string_view word : split_words(text)) {
    const std::string option = lower(word);
    source.trusted |= option == "trusted=yes";
    source.allow_insecure |= option == "allow-insecure=yes" || option == "allow-weak=yes";
  }
}

}  // namespace

void parse_apt_config(std::string_view text, AptValues& values) {
  std::vector<std::string> above, statement;
  const auto finish = [&]() {
    if (statement.size() == 2 && statement[0] == "#clear") {
      clear_below(values, lower(statement[1]));
    } else if (!statement.empty() && statement[0].starts_with("\"")) {  // an item of the list around it
      values.emplace_back(joined_key(above, ""), statement[0].substr(1));
    } else if (statement.size() >= 2 && statement[1].starts_with("\"")) {
      values.emplace_back(joined_key(above, statement[0]), statement[1].substr(1));
    } else if (statement.size() >= 2) {
      values.emplace_back(joined_key(above, statement[0]), statement[1]);
    }
    statement.clear();
  };
  for (std::string& token : tokens(text)) {
    if (values.size() >= kMaxValues) return;
    if (token == "{") {
      if (above.size() >= kMaxDepth) return;
      above.push_back(statement.empty() ? "" : statement.front());
      statement.clear();
    } else if (token == "}") {
      finish();
      if (!above.empty()) above.pop_back();
    } else if (token == ";") {
      finish();
    } else {
      statement.push_back(std::move(token));
    }
  }
  finish();
}

std::string last_apt_value(const AptValues& values, std::string_view key) {
  const std::string wanted = lower(key);
  for (auto value = values.rbegin(); value != values.rend(); ++value) {
    if (value->first == wanted) return value->second;
  }
  return {};
}

std::vector<std::string> apt_list(const AptValues& values, std::string_view key) {
  const std::string wanted = lower(key) + "::";
  std::vector<std::string> out;
  for (const auto& [name, value] : values) {
    if (name == wanted) out.push_back(value);
  }
  return out;
}

void parse_one_line_sources(std::string_view text, std::vector<AptSource>& sources) {
  for (std::string_view line : config_lines(text)) {
    if (!line.starts_with("deb ") && !line.starts_with("deb\t") && !line.starts_with("deb[")) continue;
    line = trim(line.substr(3));
    AptSource source;
    if (line.starts_with("[")) {
      const size_t close = std::min(line.find(']'), line.size() - 1);
      take_options(line.substr(1, close - 1), source);
      line.remove_prefix(close + 1);
    }
    const auto words = split_words(line);
    if (words.size() < 2 || sources.size() >= kMaxSources) continue;
    source.uri = words[0];
    source.suite = words[1];
    sources.push_back(std::move(source));
  }
}

void parse_deb822_sources(std::string_view text, std::vector<AptSource>& sources) {
  std::map<std::string, std::string> fields;
  std::string last;
  const auto finish = [&]() {
    if (lower(fields["enabled"]) != "no") {
      for (const std::string_view uri : split_words(fields["uris"])) {
        for (const std::string_view suite : split_words(fields["suites"])) {
          if (sources.size() < kMaxSources) {
            sources.push_back({std::string(uri), std::string(suite), lower(fields["trusted"]) == "yes",
                               lower(fields["allow-insecure"]) == "yes"});
          }
        }
      }
    }
    fields.clear();
    last.clear();
  };
  for (const std::string_view line : split(text, '\n')) {
    if (trim(line).empty()) {
      finish();
    } else if (line.front() == '#') {
      continue;
    } else if ((line.front() == ' ' || line.front() == '\t') && !last.empty()) {
      fields[last] += " " + std::string(trim(line));
    } else if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
      last = lower(trim(line.substr(0, colon)));
      fields[last] = trim(line.substr(colon + 1));
    }
  }
  finish();
}

}  // namespace plimsoll::probe::settings

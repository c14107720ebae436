#include "probe/host/settings/pam_stack.h"

#include <algorithm>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxRules = 1000, kMaxFiles = 500;

using Read = std::function<Result<std::string>(const std::string&)>;

// Words, where "[...]" is one.
std::vector<std::string> pam_words(std::string_view line) {
  std::vector<std::string> out;
  while (!(line = trim(line)).empty()) {
    size_t end = line.find_first_of(" \t");
    if (line.front() == '[') {
      const size_t close = line.find(']');
      end = close == std::string_view::npos ? line.size() : close + 1;
    }
    end = std::min(end, line.size());
    out.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return out;
}

void add(const Read& read, const std::string& name, const std::string& only, int depth, size_t& files, PamStack& out) {
  if (out.unknown.size() > kMaxFiles) return;
  if (depth > kMaxDepth || out.rules.size() >= kMaxRules || ++files > kMaxFiles) {
    out.unknown.push_back(name + ": includes go too deep");
    return;
  }
  const auto text = read(name);
  if (!text.ok()) {
    out.unknown.push_back(text.error().to_string());
    return;
  }
  std::string joined;
  for (const std::string_view raw : split(*text, '\n')) {
    if (!raw.empty() && raw.back() == '\\') {
      joined.append(raw.substr(0, raw.size() - 1)).push_back(' ');
      continue;
    }
    joined.append(raw);
    std::string_view line = joined;
    line = trim(line.substr(0, line.find('#')));
    std::vector<std::string> words = pam_words(line);
    joined.clear();
    if (words.size() >= 2 && words[0] == "@include") {
      add(read, words[1], only, depth + 1, files, out);
      continue;
    }
    if (words.size() < 3) continue;
    if (words[0].front() == '-') words[0].erase(0, 1);  // a module that may be missing
    const std::string type = lower(words[0]);
    if (!only.empty() && type != only) continue;
    if (words[1] == "include" || words[1] == "substack") {
      add(read, words[2], type, depth + 1, files, out);
      continue;
    }
    if (out.rules.size() >= kMaxRules) break;
    out.rules.push_back({type, lower(words[1]), words[2], {words.begin() + 3, words.end()}, "/etc/pam.d/" + name});
  }
}

}  // namespace

PamStack read_pam_stack(const Read& read, const std::string& name) {
  PamStack out;
  size_t files = 0;
  add(read, name, {}, 0, files, out);
  return out;
}

}  // namespace plimsoll::probe::settings

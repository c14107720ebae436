#include "probe/host/settings/sudoers.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxFiles = 1000, kMaxLines = 100'000, kMaxGrants = 100'000, kMaxExpansions = 1'000'000;

struct Line {
  std::string text;
  std::string source;
};

// A line without its comment. `#` followed by a digit is a uid, and a quoted or escaped one is text.
std::string_view without_comment(std::string_view line) {
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == '#' && !quoted) {
      const bool id = i + 1 < line.size() && line[i + 1] >= '0' && line[i + 1] <= '9';
      if (!id) return line.substr(0, i);
    }
  }
  return line;
}

// Splits at `separator` outside quotes, brackets and escapes; parts are trimmed.
std::vector<std::string> split_list(std::string_view text, char separator) {
  std::vector<std::string> out;
  std::string part;
  bool quoted = false;
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      part.append(text.substr(i, 2));
      ++i;
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (c == '(' && !quoted) ++depth;
    if (c == ')' && !quoted) --depth;
    if (c == separator && !quoted && depth <= 0) {
      out.emplace_back(trim(part));
      part.clear();
    } else {
      part.push_back(c);
    }
  }
  out.emplace_back(trim(part));
  return out;
}

class Reader {
 public:
  explicit Reader(const SudoersSource& source) : source_(source) {}

  Sudoers read(const std::string& path) {
    read_file(path, 0);
    for (const Line& line : lines_) take_alias(line);
    for (const Line& line : lines_) take(line);
    if (expansions_ > kMaxExpansions) out_.unknown.push_back(path + ": too many aliases");
    return std::move(out_);
  }

 private:
  void read_file(const std::string& path, int depth) {
    if (depth > kMaxDepth || ++files_ > kMaxFiles) {
      out_.unknown.push_back(path + ": includes go too deep");
      return;
    }
    const auto text = source_.read(path);
    if (!text.ok()) {
      out_.unknown.push_back(text.error().to_string());
      return;
    }
    std::string whole;
    size_t number = 0, first = 1;
    for (const std::string_view raw : split(*text, '\n')) {
      ++number;
      if (whole.empty()) first = number;
      if (!raw.empty() && raw.back() == '\\') {
        whole.append(raw.substr(0, raw.size() - 1));
        continue;
      }
      whole.append(raw);
      take_line(whole, path, first, depth);
      whole.clear();
    }
    if (!whole.empty()) take_line(whole, path, first, depth);
  }

  void take_line(const std::string& raw, const std::string& path, size_t number, int depth) {
    const std::string_view line = trim(raw);
    for (const std::string_view mark : {"@includedir", "#includedir", "@include", "#include"}) {
      if (!line.starts_with(mark) || line.size() == mark.size() ||
          (line[mark.size()] != ' ' && line[mark.size()] != '\t'))
        continue;
      std::string target(trim(line.substr(mark.size())));
      std::erase(target, '"');
      if (target.empty()) return;
      if (target.front() != '/') target = parent_directory(path) + "/" + target;
      if (mark.ends_with("dir"))
        read_directory(target, depth);
      else
        read_file(target, depth + 1);
      return;
    }
    const std::string_view kept = trim(without_comment(line));
    if (lines_.size() == kMaxLines) out_.unknown.push_back(path + ": too many lines");
    if (!kept.empty() && lines_.size() <= kMaxLines)
      lines_.push_back({std::string(kept), path + ":" + std::to_string(number)});
  }

  void read_directory(const std::string& directory, int depth) {
    auto names = source_.list(directory);
    if (!names.ok()) {
      if (names.error().kind != ErrorKind::not_found) out_.unknown.push_back(names.error().to_string());
      return;
    }
    std::sort(names->begin(), names->end());
    for (const std::string& name : *names) {
      if (name.find('.') == std::string::npos && !name.ends_with("~")) read_file(directory + "/" + name, depth + 1);
    }
  }

  static std::optional<std::string_view> alias_kind(std::string_view text) {
    for (const std::string_view kind : {"User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias"}) {
      if (text.starts_with(kind) && text.size() > kind.size() &&
          (text[kind.size()] == ' ' || text[kind.size()] == '\t'))
        return kind;
    }
    return std::nullopt;
  }

  // "User_Alias A = x, y : B = z"
  void take_alias(const Line& line) {
    const auto kind = alias_kind(line.text);
    if (!kind) return;
    for (const std::string& part : split_list(std::string_view(line.text).substr(kind->size()), ':')) {
      const size_t equals = part.find('=');
      if (equals == std::string::npos) continue;
      aliases_[std::string(trim(part.substr(0, equals)))] = split_list(part.substr(equals + 1), ',');
    }
  }

  void expand(const std::string& item, int depth, std::vector<std::string>& out) {
    if (++expansions_ > kMaxExpansions) return;
    const auto alias = aliases_.find(item);
    if (alias == aliases_.end() || depth > kMaxDepth) {
      if (!item.empty()) out.push_back(item);
      return;
    }
    for (const std::string& member : alias->second) expand(member, depth + 1, out);
  }

  std::vector<std::string> expand_list(const std::string& list) {
    std::vector<std::string> out;
    for (const std::string& item : split_list(list, ',')) expand(item, 0, out);
    return out;
  }

  void take(const Line& line) {
    if (alias_kind(line.text)) return;
    if (line.text.starts_with("Defaults")) return take_defaults(line);
    const auto sides = split_user_part(line.text);
    if (!sides) {
      out_.unknown.push_back(line.source + ": not understood");
      return;
    }
    const std::vector<std::string> who = expand_list(sides->first);
    for (const std::string& part : split_list(sides->second, ':')) take_commands_of_host(who, part, line);
  }

  // Users end at the first blank that is not beside a comma; then "hosts = commands".
  static std::optional<std::pair<std::string, std::string>> split_user_part(const std::string& text) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) return std::nullopt;
    bool quoted = false;
    for (size_t i = 0; i < equals; ++i) {
      if (text[i] == '"') quoted = !quoted;
      if (text[i] == '\\') ++i;
      if (i >= equals || quoted || (text[i] != ' ' && text[i] != '\t')) continue;
      const size_t next = text.find_first_not_of(" \t", i);
      const size_t last = text.find_last_not_of(" \t", i);
      if (next == std::string::npos || last == std::string::npos) return std::nullopt;
      if (text[next] == ',' || text[last] == ',' || next >= equals) continue;
      return std::pair{text.substr(0, i), text.substr(next)};
    }
    return std::nullopt;
  }

  // "hosts = (runas) TAG: command, command". A tag holds for all later commands of the list until its opposite.
  void take_commands_of_host(const std::vector<std::string>& who, const std::string& part, const Line& line) {
    // A colon after a tag ("NOPASSWD:") was taken for a separator of hosts: what has no `=` goes on with the last list.
    const size_t equals = part.find('=');
    const bool goes_on = equals == std::string::npos || part.find_first_of("/(") < equals;
    if (!goes_on) {
      password_ = true;
      runas_ = "root";
    }
    const std::string list = goes_on ? part : std::string(trim(part.substr(equals + 1)));
    std::vector<SudoGrant> grants;
    bool negated = false;
    for (std::string item : split_list(list, ',')) {
      strip_runas_and_tags(item);
      if (item.empty()) continue;
      std::vector<std::string> commands;
      expand(item, 0, commands);
      for (const std::string& command : commands) {
        if (command.starts_with("!")) {
          negated = true;
          continue;
        }
        for (const std::string& user : who) {
          if (user.starts_with("!") || out_.grants.size() + grants.size() >= kMaxGrants) continue;
          grants.push_back({user, runas_, command, password_, false, line.source});
        }
      }
    }
    for (SudoGrant& grant : grants) {
      grant.negated_neighbour = negated;
      out_.grants.push_back(std::move(grant));
    }
  }

  void strip_runas_and_tags(std::string& item) {
    for (;;) {
      item = trim(item);
      if (item.starts_with("(")) {
        const size_t close = item.find(')');
        if (close == std::string::npos) return;
        runas_ = trim(item.substr(1, close - 1));
        if (runas_.empty()) runas_ = "the invoking user";
        item.erase(0, close + 1);
        continue;
      }
      bool cut = false;
      const size_t word = item.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
      if (word != std::string::npos && word > 0 && item[word] == '=') {  // an option: TIMEOUT=10, CWD=/x
        item.erase(0, std::min(item.find_first_of(" \t"), item.size()));
        continue;
      }
      for (const std::string_view tag :
           {"NOPASSWD", "PASSWD", "NOEXEC", "EXEC", "SETENV", "NOSETENV", "LOG_INPUT", "NOLOG_INPUT", "LOG_OUTPUT",
            "NOLOG_OUTPUT", "FOLLOW", "NOFOLLOW", "MAIL", "NOMAIL", "INTERCEPT", "NOINTERCEPT"}) {
        if (!item.starts_with(tag)) continue;
        const size_t next = item.find_first_not_of(" \t", tag.size());
        if (next != std::string::npos && item[next] != ':') continue;
        if (tag == "NOPASSWD") password_ = false;
        if (tag == "PASSWD") password_ = true;
        item.erase(0, next == std::string::npos ? item.size() : next + 1);
        cut = true;
        break;
      }
      if (!cut) return;
    }
  }

  void take_defaults(const Line& line) {
    std::string_view rest = std::string_view(line.text).substr(8);
    std::string scope;
    if (!rest.empty() && std::string_view("@:!>").find(rest.front()) != std::string_view::npos) {
      const size_t blank = std::min(rest.find_first_of(" \t"), rest.size());
      scope = rest.substr(0, blank);
      rest = rest.substr(blank);
    }
    for (std::string item : split_list(rest, ',')) {
      SudoDefault one{scope, {}, {}, item.starts_with("!"), line.source};
      if (one.negated) item = trim(item.substr(1));
      size_t equals = item.find('=');
      size_t end = equals;
      if (equals != std::string::npos && equals > 0 && (item[equals - 1] == '+' || item[equals - 1] == '-')) --end;
      one.name = trim(item.substr(0, end));
      if (equals != std::string::npos) one.value = trim(item.substr(equals + 1));
      std::erase(one.value, '"');
      if (!one.name.empty()) out_.defaults.push_back(std::move(one));
    }
  }

  const SudoersSource& source_;
  size_t files_ = 0, expansions_ = 0;
  std::vector<Line> lines_;
  std::map<std::string, std::vector<std::string>> aliases_;
  bool password_ = true;
  std::string runas_ = "root";
  Sudoers out_;
};

}  // namespace

Sudoers parse_sudoers(const SudoersSource& source, const std::string& path) { return Reader(source).read(path); }

}  // namespace plimsoll::probe::settings

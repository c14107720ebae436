#include "probe/host/settings/sshd_config.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxFiles = 500, kMaxMatches = 1000, kMaxValues = 10'000;

constexpr std::array<std::string_view, 10> kAddUp = {"port",       "listenaddress", "hostkey",   "acceptenv",
                                                     "allowusers", "allowgroups",   "denyusers", "denygroups",
                                                     "subsystem",  "setenv"};

// Older and other spellings.
std::string canonical(std::string_view keyword) {
  std::string out = lower(keyword);
  static constexpr std::array<std::pair<std::string_view, const char*>, 5> kAliases = {
      {{"challengeresponseauthentication", "kbdinteractiveauthentication"},
       {"skeyauthentication", "kbdinteractiveauthentication"},
       {"keepalive", "tcpkeepalive"},
       {"pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms"},
       {"hostdsakey", "hostkey"}}};
  for (const auto& [from, to] : kAliases) {
    if (out == from) return to;
  }
  return out;
}

// "Key value", "Key=value", values in quotes, a comment after a blank.
std::vector<std::string> tokens(std::string_view line) {
  std::vector<std::string> out;
  size_t i = 0;
  while (i < line.size()) {
    if (line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || (line[i] == '=' && out.size() == 1)) {
      ++i;
      continue;
    }
    if (line[i] == '#') break;
    std::string word;
    bool quoted = false;
    for (; i < line.size(); ++i) {
      if (line[i] == '"') {
        quoted = !quoted;
      } else if (!quoted && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || (line[i] == '=' && out.empty()))) {
        break;
      } else {
        word.push_back(line[i]);
      }
    }
    out.push_back(std::move(word));
  }
  return out;
}

void set(SshdValues& values, const std::string& keyword, std::vector<std::string> arguments) {
  std::vector<std::string>& at = values[keyword];
  const bool adds = std::find(kAddUp.begin(), kAddUp.end(), keyword) != kAddUp.end();
  if (!adds && !at.empty()) return;  // the first one counts
  for (std::string& argument : arguments) {
    if (at.size() < kMaxValues) at.push_back(std::move(argument));
  }
}

class Reader {
 public:
  explicit Reader(const SshdSource& source) : source_(source) {}

  SshdConfig read(const std::string& path, const std::vector<std::string>& options) {
    for (const std::string& option : options) {
      std::optional<size_t> nowhere;
      take(tokens(option), 0, nowhere);
    }
    read_file(path, 0, std::nullopt);
    return std::move(out_);
  }

 private:
  // `match` is the block that an Include stands in; a Match of the included file ends with that file.
  void read_file(const std::string& path, int depth, std::optional<size_t> match) {
    if (depth > kMaxDepth || ++files_ > kMaxFiles) {
      out_.unknown.push_back(path + ": includes go too deep");
      return;
    }
    const auto text = source_.read(path);
    if (!text.ok()) {
      out_.unknown.push_back(text.error().to_string());
      return;
    }
    const std::optional<size_t> outer = match;
    outer_ = outer;
    for (const std::string_view line : split(*text, '\n')) {
      outer_ = outer;
      take(tokens(line), depth, match);
    }
  }

  void take(std::vector<std::string> words, int depth, std::optional<size_t>& match) {
    if (words.size() < 2) return;
    const std::string keyword = canonical(words[0]);
    words.erase(words.begin());
    if (keyword == "match") {
      match = begin_match(words);
    } else if (keyword == "include") {
      for (const std::string& pattern : words) include(pattern, depth, match);
    } else {
      set(match ? out_.matches[*match].values : out_.values, keyword, std::move(words));
    }
  }

  std::optional<size_t> begin_match(const std::vector<std::string>& words) {
    const std::string criteria = join(words, " ");
    if (lower(criteria) == "all" && !outer_) return std::nullopt;  // counts as no Match
    if (out_.matches.size() >= kMaxMatches) {
      out_.unknown.push_back("more than " + std::to_string(kMaxMatches) + " Match blocks");
      return out_.matches.size() - 1;
    }
    const std::string above = outer_ ? out_.matches[*outer_].criteria + " " : "";
    out_.matches.push_back({above + criteria, {}});
    return out_.matches.size() - 1;
  }

  void include(const std::string& pattern, int depth, std::optional<size_t> match) {
    const std::string whole = pattern.starts_with("/") ? pattern : "/etc/ssh/" + pattern;
    const auto files = source_.glob(whole);
    if (!files.ok()) {
      out_.unknown.push_back(files.error().to_string());
      return;
    }
    for (const std::string& file : *files) read_file(file, depth + 1, match);
  }

  const SshdSource& source_;
  size_t files_ = 0;
  std::optional<size_t> outer_;
  SshdConfig out_;
};

}  // namespace

SshdConfig parse_sshd_config(const SshdSource& source, const std::string& path,
                             const std::vector<std::string>& options) {
  return Reader(source).read(path, options);
}

}  // namespace plimsoll::probe::settings

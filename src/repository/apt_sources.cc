#include "repository/apt_sources.h"

#include <algorithm>

#include "base/text.h"
#include "repository/deb822.h"

namespace plimsoll::repository {
namespace {

constexpr size_t max_sources = 2000;

std::string with_slash(std::string_view uri) {
  std::string out(uri);
  if (!out.ends_with('/')) out += '/';
  return out;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view word : split_words(text)) out.emplace_back(word);
  return out;
}

// Values of options are parted by commas; in deb822 by blanks too.
std::vector<std::string> values_of(std::string_view text) {
  std::string blanks(text);
  std::ranges::replace(blanks, ',', ' ');
  return words_of(blanks);
}

std::optional<bool> yes_or_no(std::string_view text) {
  const std::string word = lower(trim(text));
  if (word == "yes" || word == "true" || word == "1" || word == "with" || word == "on" || word == "enable") return true;
  if (word == "no" || word == "false" || word == "0" || word == "without" || word == "off" || word == "disable")
    return false;
  return std::nullopt;
}

void set_option(AptSource& source, std::string_view name, std::string_view value) {
  const std::string key = lower(name);
  if (key == "arch") source.architectures = values_of(value);
  if (key == "signed-by") source.signed_by = values_of(value);
  if (key == "trusted") source.trusted = yes_or_no(value);
}

// "[ a=1 b=2 ]" at the front of `rest`; false when the bracket never closes.
bool take_options(std::string_view& rest, AptSource& source) {
  rest = trim(rest);
  if (!rest.starts_with('[')) return true;
  const size_t close = rest.find(']');
  if (close == std::string_view::npos) return false;
  for (const std::string_view option : split_words(rest.substr(1, close - 1))) {
    const size_t equals = option.find('=');
    if (equals != std::string_view::npos) set_option(source, option.substr(0, equals), option.substr(equals + 1));
  }
  rest.remove_prefix(close + 1);
  return true;
}

// An embedded key writes its empty lines as a dot (deb822 form).
std::string key_block(std::string_view value) {
  std::string out;
  for (const std::string_view line : split(value, '\n')) {
    const std::string_view bare = trim(line);
    out.append(bare == "." ? std::string_view() : bare).append("\n");
  }
  return out;
}

}  // namespace

std::string AptSource::release_url() const { return suite.ends_with('/') ? uri + suite : uri + "dists/" + suite + "/"; }

std::vector<AptSource> parse_sources_list(std::string_view text) {
  std::vector<AptSource> out;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line.substr(0, line.find('#')));
    if (!line.starts_with("deb") || line.size() < 4 || (line[3] != ' ' && line[3] != '\t' && line[3] != '[')) continue;
    line.remove_prefix(3);
    AptSource source;
    if (!take_options(line, source)) continue;
    const auto words = words_of(line);
    if (words.size() < 2 || out.size() >= max_sources) continue;
    source.uri = with_slash(words[0]);
    source.suite = words[1];
    source.components.assign(words.begin() + 2, words.end());
    out.push_back(std::move(source));
  }
  return out;
}

std::vector<AptSource> parse_deb822_sources(std::string_view text) {
  std::vector<AptSource> out;
  for (const Paragraph& p : read_paragraphs(text)) {
    const auto types = words_of(p.get("Types"));
    if (yes_or_no(p.get("Enabled")) == false || std::ranges::find(types, "deb") == types.end()) continue;
    AptSource source;
    source.components = words_of(p.get("Components"));
    source.architectures = values_of(p.get("Architectures"));
    source.trusted = yes_or_no(p.get("Trusted"));
    const std::string_view signed_by = p.get("Signed-By");
    if (signed_by.find("-----BEGIN") != std::string_view::npos)
      source.embedded_key = key_block(signed_by);
    else
      source.signed_by = values_of(signed_by);
    for (const std::string& uri : words_of(p.get("URIs"))) {
      for (const std::string& suite : words_of(p.get("Suites"))) {
        if (out.size() >= max_sources) return out;
        source.uri = with_slash(uri);
        source.suite = suite;
        out.push_back(source);
      }
    }
  }
  return out;
}

std::string list_file_name(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
    // User and password are not part of the name.
    const size_t at = url.substr(0, url.find('/')).rfind('@');
    if (at != std::string_view::npos) url.remove_prefix(at + 1);
  } else if (const size_t colon = url.find(":/"); colon != std::string_view::npos) {
    url.remove_prefix(colon + 1);
  }
  constexpr std::string_view quoted = "\\|{}[]<>\"^~_=!@#$%^&*", digits = "0123456789abcdef";
  std::string out;
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/') {
      out += '_';
    } else if (byte <= 0x20 || byte >= 0x7f || quoted.find(c) != std::string_view::npos) {
      out += {'%', digits[byte >> 4], digits[byte & 15]};
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace plimsoll::repository

#include "network/detect/log4j_lookups.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace plimsoll::network {
namespace {

constexpr int kDepth = 16;
constexpr size_t kExpressionMost = 4096, kShown = 256, kHostMost = 253;
constexpr std::array<std::string_view, 10> kSchemes = {"ldap",  "ldaps", "rmi", "dns",  "iiop",
                                                       "corba", "nis",   "nds", "http", "https"};

std::string base64_decoded(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t value = letters.find(c == '-' ? '+' : c == '_' ? '/' : c);
    if (value == std::string_view::npos) break;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>((bits >> held) & 0xFF));
  }
  return out;
}

// Upper case as Java makes it of the letters that are no ASCII and become it: the dotless i, the long s.
std::string upper_in_java(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string_view two = text.substr(i, 2);
    if (two == "\xC4\xB1" || two == "\xC5\xBF") {
      out.push_back(two == "\xC4\xB1" ? 'I' : 'S');
      ++i;
    } else {
      out.push_back(text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i]);
    }
  }
  return out;
}

// The quoted parts of a date pattern stand for themselves: 'j'.
std::string quoted_parts(std::string_view pattern) {
  std::string out;
  bool inside = false;
  for (const char c : pattern) {
    if (c == '\'') {
      inside = !inside;
    } else if (inside) {
      out.push_back(c);
    }
  }
  return out;
}

std::vector<std::string> hosts_of(std::string_view after_scheme) {
  std::vector<std::string> out;
  while (!after_scheme.empty() && after_scheme.front() == '/') after_scheme.remove_prefix(1);
  const std::string_view authority = after_scheme.substr(0, after_scheme.find_first_of("/?} \t\r\n\"'"));
  for (std::string_view part : split(authority, '#')) {
    if (const size_t at = part.rfind('@'); at != std::string_view::npos) part.remove_prefix(at + 1);
    if (!part.empty() && part.front() == '[') {
      part = part.substr(1, part.find(']') - 1);
    } else {
      part = part.substr(0, part.find(':'));
    }
    if (!part.empty() && part.back() == '.') part.remove_suffix(1);
    if (!part.empty() && part.size() <= kHostMost) out.push_back(lower(part));
  }
  return out;
}

std::optional<JndiLookup> jndi_of(std::string_view expression) {
  expression = trim(expression);
  constexpr std::string_view key = "jndi:";
  if (lower(expression.substr(0, key.size())) != key) return std::nullopt;
  const std::string_view rest = trim(expression.substr(key.size()));
  const size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string scheme = lower(rest.substr(0, colon));
  if (std::find(kSchemes.begin(), kSchemes.end(), scheme) == kSchemes.end()) return std::nullopt;
  return JndiLookup{scheme, hosts_of(rest.substr(colon + 1)), std::string(expression.substr(0, kShown)), false};
}

class Resolver {
 public:
  explicit Resolver(std::string_view text) : text_(text) {}

  std::optional<JndiLookup> run() {
    while (!found_ && (at_ = text_.find("${", at_)) != std::string_view::npos) {
      at_ += 2;
      expression(1);
    }
    return std::move(found_);
  }

 private:
  // What "${...}" comes to, from behind its "${" to behind its "}" (or the end of the text).
  std::string expression(int depth) {
    std::string inner;
    while (at_ < text_.size() && text_[at_] != '}') {
      if (text_.compare(at_, 2, "${") != 0 || depth >= kDepth) {
        if (inner.size() < kExpressionMost) inner.push_back(text_[at_]);
        ++at_;
        continue;
      }
      at_ += 2;
      inner += expression(depth + 1);
      inner.resize(std::min(inner.size(), kExpressionMost));
      if (found_) return {};
    }
    const bool closed = at_ < text_.size();
    if (closed) ++at_;
    found_ = jndi_of(inner);
    if (found_) found_->closed = closed;
    return found_ ? std::string() : value_of(inner);
  }

  static std::string value_of(std::string_view inner) {
    const size_t colon = inner.find(':');
    const std::string name = lower(inner.substr(0, colon));
    const std::string_view argument = colon == std::string_view::npos ? std::string_view() : inner.substr(colon + 1);
    if (name == "lower") return lower(argument);
    if (name == "upper") return upper_in_java(argument);
    if (name == "date") return quoted_parts(argument);
    if (name == "base64") return base64_decoded(argument);
    const size_t fallback = inner.find(":-");
    return fallback == std::string_view::npos ? std::string() : std::string(inner.substr(fallback + 2));
  }

  std::string_view text_;
  size_t at_ = 0;
  std::optional<JndiLookup> found_;
};

}  // namespace

std::optional<JndiLookup> find_jndi(std::string_view text) { return Resolver(text).run(); }

}  // namespace plimsoll::network

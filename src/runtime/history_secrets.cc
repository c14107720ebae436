#include "runtime/history_secrets.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "runtime/docker_replies.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t max_step = size_t{64} << 10;
constexpr const char* mask = "***";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Nothing is given away by these, and a reference is replaced when the step runs.
bool is_harmless(std::string_view value) {
  const std::string small = lower(value);
  for (const std::string_view word : {"", "yes", "no", "true", "false", "0", "1", "on", "off", mask}) {
    if (small == word) return true;
  }
  return value.starts_with('$') || value.starts_with('<') || value.starts_with('/');
}

std::string_view unquoted(std::string_view value) {
  while (!value.empty() && (value.front() == '"' || value.front() == '\'')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == '"' || value.back() == '\'' || value.back() == ';')) value.remove_suffix(1);
  return value;
}

// Where the value that begins at `from` ends: at the closing quote, else at the next blank.
size_t end_of_value(std::string_view text, size_t from) {
  if (from < text.size() && (text[from] == '"' || text[from] == '\'')) {
    const size_t close = text.find(text[from], from + 1);
    return close == std::string_view::npos ? text.size() : close + 1;
  }
  while (from < text.size() && !is_blank(text[from])) ++from;
  return from;
}

struct TokenForm {
  std::string_view prefix;
  size_t length;  // at least
  const char* name;
};
// As their issuers document them for secret scanners.
constexpr std::array token_forms = {
    TokenForm{"AKIA", 20, "AWS access key id"},    TokenForm{"ghp_", 40, "GitHub token"},
    TokenForm{"gho_", 40, "GitHub token"},         TokenForm{"ghs_", 40, "GitHub token"},
    TokenForm{"github_pat_", 40, "GitHub token"},  TokenForm{"glpat-", 26, "GitLab token"},
    TokenForm{"xoxb-", 24, "Slack token"},         TokenForm{"xoxp-", 24, "Slack token"},
    TokenForm{"sk_live_", 24, "Stripe key"},       TokenForm{"npm_", 40, "npm token"},
    TokenForm{"eyJhbGciOi", 40, "JSON web token"}, TokenForm{"-----BEGIN", 10, "private key"},
};

class Cleaner {
 public:
  explicit Cleaner(std::string_view text) : text_(text) {}

  CleanStep run() {
    while (at_ < text_.size()) {
      if (!is_word(text_[at_])) {
        url_password();
        if (at_ < text_.size()) out_.text += text_[at_++];
        continue;
      }
      size_t end = at_;
      while (end < text_.size() && is_word(text_[end])) ++end;
      word(text_.substr(at_, end - at_), end);
    }
    std::sort(out_.secrets.begin(), out_.secrets.end());
    out_.secrets.erase(std::unique(out_.secrets.begin(), out_.secrets.end()), out_.secrets.end());
    return std::move(out_);
  }

 private:
  void word(std::string_view word, size_t end) {
    if (token(word, end)) return;
    const bool option = word.starts_with("--");
    std::string name(word.substr(option ? 2 : 0));
    std::replace(name.begin(), name.end(), '-', '_');
    const bool assigned = end < text_.size() && text_[end] == '=';
    const bool spaced = option && end < text_.size() && text_[end] == ' ';
    out_.text += word;
    at_ = end;
    if ((!assigned && !spaced) || !is_secret_name(name)) return;
    const size_t value_end = end_of_value(text_, end + 1);
    if (is_harmless(unquoted(text_.substr(end + 1, value_end - end - 1)))) return;
    out_.text += text_[end];
    replace(std::string(word), value_end);
  }

  bool token(std::string_view word, size_t end) {
    for (const TokenForm& form : token_forms) {
      if (!word.starts_with(form.prefix) || word.size() < form.length) continue;
      if (form.length == 10) {  // a block of PEM goes to the end
        if (text_.substr(end, 40).find("PRIVATE") == std::string_view::npos) return false;
        end = text_.size();
      }
      replace(form.name, end);
      return true;
    }
    return false;
  }

  // "://user:password@host"
  void url_password() {
    if (!text_.substr(at_).starts_with("://")) return;
    const size_t start = at_ + 3, end = text_.find_first_of("/ \t\n\"'", start);
    const std::string_view authority = text_.substr(start, end == std::string_view::npos ? end : end - start);
    const size_t host = authority.rfind('@'), colon = authority.find(':');
    if (host == std::string_view::npos || colon == std::string_view::npos || colon >= host) return;
    const std::string_view password = authority.substr(colon + 1, host - colon - 1);
    if (is_harmless(password)) return;
    out_.text += text_.substr(at_, start + colon + 1 - at_);
    replace("password in a URL", start + host);
  }

  void replace(std::string name, size_t end) {
    out_.text += mask;
    out_.secrets.push_back(std::move(name));
    at_ = end;
  }

  std::string_view text_;
  size_t at_ = 0;
  CleanStep out_;
};

}  // namespace

CleanStep clean_step(std::string_view created_by) { return Cleaner(created_by.substr(0, max_step)).run(); }

bool is_secret_assignment(std::string_view assignment, std::string* name) {
  const size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) return false;
  *name = assignment.substr(0, equals);
  return is_secret_name(*name) && !is_harmless(assignment.substr(equals + 1));
}

}  // namespace plimsoll::runtime

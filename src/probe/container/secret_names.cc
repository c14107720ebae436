#include "probe/container/secret_names.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace plimsoll::probe {
namespace {

constexpr size_t kMaxName = 200;
constexpr size_t kMaxNames = 256;

constexpr std::array<std::string_view, 16> kWords = {
    "password", "passwd",     "passphrase", "pass",        "pwd",    "secret", "secrets", "token",
    "tokens",   "credential", "creds",      "credentials", "apikey", "key",    "private", "auth"};
constexpr std::array<std::string_view, 4> kEndings = {"password", "passwd", "secret", "token"};
constexpr std::array<std::string_view, 8> kHarmlessEndings = {"_file", "_path", "_dir",  "_id",
                                                              "_url",  "_type", "_name", "_host"};
constexpr std::array<std::string_view, 6> kHarmless = {"pwd",      "oldpwd",        "gpg_key",
                                                       "gpg_keys", "ssh_auth_sock", "xauthority"};

template <size_t N>
bool ends_with_any(std::string_view text, const std::array<std::string_view, N>& endings) {
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return text.ends_with(e); });
}

template <size_t N>
bool is_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-';
  });
}

}  // namespace

bool is_secret_name(std::string_view name) {
  std::string small = lower(name);
  std::replace(small.begin(), small.end(), '-', '_');
  std::replace(small.begin(), small.end(), '.', '_');
  if (is_any(small, kHarmless) || ends_with_any(small, kHarmlessEndings)) return false;
  if (small.find("public") != std::string::npos) return false;
  if (ends_with_any(small, kEndings)) return true;
  const auto words = split(small, '_');
  return std::any_of(words.begin(), words.end(), [](std::string_view word) { return is_any(word, kWords); });
}

std::vector<std::string> secret_names(std::string_view environment) {
  std::vector<std::string> out;
  for (const auto entry : split(environment, '\0')) {
    const size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals + 1 == entry.size()) continue;  // no value, no secret
    const auto name = entry.substr(0, equals);
    if (out.size() < kMaxNames && is_name(name) && is_secret_name(name)) out.emplace_back(name);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace plimsoll::probe

#include "server/policy_messages.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace plimsoll::server {
namespace {

constexpr std::array<std::pair<std::string_view, ErrorKind>, 6> faults{{{"denied", ErrorKind::denied},
                                                                        {"malformed", ErrorKind::malformed},
                                                                        {"conflict", ErrorKind::conflict},
                                                                        {"limit", ErrorKind::limit},
                                                                        {"unsupported", ErrorKind::unsupported},
                                                                        {"unreachable", ErrorKind::unreachable}}};

constexpr std::array<std::string_view, 3> words_of_kinds{"read", "put", "remove"};

bool is_hash_word(std::string_view word) { return word == "-" || is_policy_hash(word); }
std::string word_of(const std::string& hash) { return hash.empty() ? "-" : hash; }
std::string hash_of(std::string_view word) { return word == "-" ? std::string() : std::string(word); }

struct Parts {
  std::vector<std::string_view> words;
  std::string_view text;
};
Parts parts_of(std::string_view payload) {
  const size_t end = std::min(payload.find('\n'), payload.size());
  return {split(payload.substr(0, end), ' '), payload.substr(std::min(end + 1, payload.size()))};
}

Error none() { return Error{ErrorKind::malformed, "not a message about policies"}; }

}  // namespace

bool is_policy_name(std::string_view name) {
  constexpr std::string_view ending = ".yaml";
  if (!name.ends_with(ending) || name.size() == ending.size() || name.size() > 64) return false;
  name.remove_suffix(ending.size());
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_policy_hash(std::string_view text) {
  constexpr size_t digits = 64;
  return text.size() == digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string to_payload(const PolicyRequest& request) {
  std::string out(words_of_kinds[static_cast<size_t>(request.kind)]);
  out += " " + std::to_string(request.token) + " " + request.name;
  if (request.kind != PolicyRequest::Kind::read) out += " " + word_of(request.before);
  return out + "\n" + request.text;
}

Result<PolicyRequest> policy_request_of(std::string_view payload) {
  const Parts parts = parts_of(payload);
  if (parts.words.size() < 3) return none();
  const auto word = std::find(words_of_kinds.begin(), words_of_kinds.end(), parts.words[0]);
  if (word == words_of_kinds.end()) return none();
  PolicyRequest out;
  out.kind = static_cast<PolicyRequest::Kind>(word - words_of_kinds.begin());
  const bool read = out.kind == PolicyRequest::Kind::read;
  const auto token = parse_uint(parts.words[1]);
  if (parts.words.size() != (read ? 3u : 4u) || !token || !is_policy_name(parts.words[2]) ||
      (!read && !is_hash_word(parts.words[3])) || (out.kind != PolicyRequest::Kind::put && !parts.text.empty()))
    return none();
  out.token = *token;
  out.name = parts.words[2];
  if (!read) out.before = hash_of(parts.words[3]);
  out.text = parts.text;
  return out;
}

std::string to_payload(const PolicyAnswer& answer) {
  std::string_view word = "ok";
  if (answer.fault) {
    word = "unreachable";
    for (const auto& [name, kind] : faults) {
      if (kind == *answer.fault) word = name;
    }
  }
  return std::to_string(answer.token) + " " + std::string(word) + " " + word_of(answer.sha256) + "\n" + answer.text;
}

Result<PolicyAnswer> policy_answer_of(std::string_view payload) {
  const Parts parts = parts_of(payload);
  const auto token = parts.words.size() == 3 ? parse_uint(parts.words[0]) : std::nullopt;
  if (!token || !is_hash_word(parts.words[2])) return none();
  PolicyAnswer out{*token, {}, hash_of(parts.words[2]), std::string(parts.text)};
  if (parts.words[1] == "ok") return out;
  for (const auto& [name, kind] : faults) {
    if (name == parts.words[1]) out.fault = kind;
  }
  return out.fault ? Result<PolicyAnswer>(std::move(out)) : none();
}

}  // namespace plimsoll::server

#include "system/audit.h"

#include <array>
#include <cstring>

#include "base/bytes.h"
#include "base/text.h"

namespace plimsoll::system {
namespace {

// include/uapi/linux/audit.h
constexpr uint32_t kFieldWatch = 105, kFieldDir = 107;
constexpr uint32_t kActionNever = 0;
constexpr size_t kMaxFields = 64;
constexpr size_t kMaxLines = 20'000;
// Fields whose value is the length of a text in the rule's buffer: subject and object labels, watch, dir, exe, key.
bool has_text(uint32_t field) {
  return (field >= 13 && field <= 17) || (field >= 19 && field <= 23) || field == kFieldWatch || field == kFieldDir ||
         field == 112 || field == 210;
}

uint32_t native(std::string_view bytes, size_t index) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
  return value;
}

// "-F" "path=/x", or "-F" "dir=/x".
std::optional<AuditWatch> filter(std::string_view word) {
  for (const auto& [name, below] : {std::pair<std::string_view, bool>{"path=", false}, {"dir=", true}}) {
    if (word.starts_with(name)) return AuditWatch{std::string(word.substr(name.size())), below};
  }
  return std::nullopt;
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

std::optional<AuditWatch> parse_audit_rule(std::string_view payload) {
  // flags, action, field_count, mask[64], fields[64], values[64], fieldflags[64], buflen, buf[]
  constexpr size_t kHead = (3 + 4 * kMaxFields + 1) * sizeof(uint32_t);
  if (payload.size() < kHead) return std::nullopt;
  const uint32_t action = native(payload, 1), count = native(payload, 2);
  if (action == kActionNever || count > kMaxFields) return std::nullopt;
  std::string_view texts = payload.substr(kHead);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t field = native(payload, 3 + kMaxFields + i), value = native(payload, 3 + 2 * kMaxFields + i);
    if (!has_text(field)) continue;
    if (value > texts.size()) return std::nullopt;
    if (field == kFieldWatch || field == kFieldDir) {
      return AuditWatch{without_slash(std::string(texts.substr(0, value))), field == kFieldDir};
    }
    texts.remove_prefix(value);
  }
  return std::nullopt;
}

std::vector<AuditWatch> parse_audit_rules(std::string_view text) {
  std::vector<AuditWatch> out;
  size_t lines = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (++lines > kMaxLines) break;
    const auto words = split_words(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words[0] == "-D") out.clear();
    bool records = false;
    std::optional<AuditWatch> watch;
    for (size_t i = 0; i + 1 < words.size(); ++i) {
      if (words[i] == "-w") watch = AuditWatch{std::string(words[i + 1]), true}, records = true;
      if (words[i] == "-a" || words[i] == "-A") records = words[i + 1].find("always") != std::string_view::npos;
      if (words[i] == "-F" && !watch) watch = filter(words[i + 1]);
    }
    if (watch && !watch->path.empty() && records) out.push_back({without_slash(std::move(watch->path)), watch->below});
  }
  return out;
}

}  // namespace plimsoll::system

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/sshd_config.h"

namespace plimsoll::probe::settings {
namespace {

std::string_view plain_type(std::string_view word) {
  static constexpr std::array<std::string_view, 8> kTypes = {"ssh-rsa",
                                                             "ssh-dss",
                                                             "ssh-ed25519",
                                                             "ecdsa-sha2-nistp256",
                                                             "ecdsa-sha2-nistp384",
                                                             "ecdsa-sha2-nistp521",
                                                             "sk-ssh-ed25519@openssh.com",
                                                             "sk-ecdsa-sha2-nistp256@openssh.com"};
  const auto found = std::find(kTypes.begin(), kTypes.end(), word);
  return found == kTypes.end() ? std::string_view() : *found;
}

std::string decode_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<uint32_t>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<uint32_t>(c - '0') + 52;
    else if (c == '+')
      value = 62;
    else if (c == '/')
      value = 63;
    else
      break;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>((bits >> count) & 0xff));
  }
  return out;
}

// One length-prefixed string; takes it off `blob`.
std::optional<std::string_view> take_string(std::string_view& blob) {
  if (blob.size() < 4) return std::nullopt;
  uint32_t length = 0;
  for (size_t i = 0; i < 4; ++i) length = (length << 8) | static_cast<unsigned char>(blob[i]);
  if (length > blob.size() - 4) return std::nullopt;
  const std::string_view out = blob.substr(4, length);
  blob.remove_prefix(4 + length);
  return out;
}

uint64_t bits_of(std::string_view number) {
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  if (number.empty()) return 0;
  uint64_t bits = (number.size() - 1) * 8;
  for (auto top = static_cast<unsigned char>(number.front()); top != 0; top >>= 1) ++bits;
  return bits;
}

uint64_t key_bits(std::string_view type, std::string_view base64) {
  const std::string bytes = decode_base64(base64);
  std::string_view blob = bytes;
  const auto name = take_string(blob);
  if (!name || *name != type) return 0;
  if (type == "ssh-rsa") take_string(blob);  // the exponent comes first
  const auto modulus = take_string(blob);
  return modulus ? bits_of(*modulus) : 0;
}

}  // namespace

std::vector<SshKey> parse_ssh_keys(std::string_view text) {
  std::vector<SshKey> out;
  for (const std::string_view line : config_lines(text)) {
    const auto words = split_words(line);
    for (size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string_view type = plain_type(words[i]);
      if (type.empty()) continue;
      const bool sized = type == "ssh-rsa" || type == "ssh-dss";
      out.push_back({std::string(type), sized ? key_bits(type, words[i + 1]) : 0});
      break;
    }
    if (out.size() >= 10'000) break;
  }
  return out;
}

}  // namespace plimsoll::probe::settings

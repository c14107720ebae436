#include "repository/keyring_split.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/bytes.h"

namespace plimsoll::repository {
namespace {

constexpr unsigned public_key = 6, public_subkey = 14, secret_key = 5, secret_subkey = 7;

struct Packet {
  unsigned tag = 0;
  std::string_view body;
};

// The length of a body behind a header of the current form; nothing for one that comes in parts.
std::optional<size_t> length_of_new(ByteReader& reader) {
  const auto first = reader.u8();
  if (!first) return std::nullopt;
  if (*first < 192) return *first;
  if (*first < 224) {
    const auto second = reader.u8();
    return second ? std::optional<size_t>(((*first - 192U) << 8) + *second + 192U) : std::nullopt;
  }
  if (*first != 255) return std::nullopt;
  const auto length = reader.u32be();
  return length ? std::optional<size_t>(*length) : std::nullopt;
}

// The same of the old form; nothing where it has no end but that of the keyring.
std::optional<size_t> length_of_old(ByteReader& reader, unsigned kind) {
  if (kind == 3) return std::nullopt;
  size_t length = 0;
  for (unsigned i = 0; i < 1U << kind; ++i) {
    const auto byte = reader.u8();
    if (!byte) return std::nullopt;
    length = (length << 8) | *byte;
  }
  return length;
}

std::optional<Packet> next_packet(ByteReader& reader) {
  const auto header = reader.u8();
  if (!header || (*header & 0x80U) == 0) return std::nullopt;
  const bool is_new = (*header & 0x40U) != 0;
  const auto length = is_new ? length_of_new(reader) : length_of_old(reader, *header & 3U);
  if (!length) return std::nullopt;
  const auto body = reader.take(*length);
  if (!body) return std::nullopt;
  return Packet{is_new ? *header & 0x3fU : (*header >> 2) & 0x0fU, *body};
}

// Of a version 4 key (RFC 9580, section 5.5.4.2), nothing for another.
std::optional<std::string> fingerprint_of(std::string_view body) {
  if (!body.starts_with('\x04') || body.size() > 0xffff) return std::nullopt;
  std::string text{'\x99', static_cast<char>(body.size() >> 8), static_cast<char>(body.size())};
  text += body;
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  ::SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

}  // namespace

bool Certificate::may_hold(std::string_view id) const {
  return !understood || std::ranges::any_of(fingerprints, [&](const std::string& own) { return own.ends_with(id); });
}

std::vector<Certificate> split_keyring(std::string_view keyring) {
  std::vector<Certificate> out;
  ByteReader reader(keyring);
  while (reader.remaining() > 0) {
    const std::string_view rest = keyring.substr(keyring.size() - reader.remaining());
    const auto packet = next_packet(reader);
    if (!packet) {
      if (out.empty()) out.emplace_back();
      out.back().bytes += rest;
      out.back().understood = false;
      return out;
    }
    const bool primary = packet->tag == public_key;
    if (primary || out.empty()) out.emplace_back().understood = primary;
    Certificate& own = out.back();
    own.bytes += rest.substr(0, rest.size() - reader.remaining());
    if (packet->tag == secret_key || packet->tag == secret_subkey) own.understood = false;
    if (!primary && packet->tag != public_subkey) continue;
    if (auto fingerprint = fingerprint_of(packet->body))
      own.fingerprints.push_back(std::move(*fingerprint));
    else
      own.understood = false;
  }
  return out;
}

}  // namespace plimsoll::repository

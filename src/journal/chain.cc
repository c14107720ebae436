#include "journal/chain.h"

#include <openssl/evp.h>

#include "journal/little_endian.h"

namespace plimsoll::journal {
namespace {

void add_text(std::string& out, std::string_view text) {
  append_le(out, text.size(), 4);
  out += text;
}

}  // namespace

std::string canonical_bytes(const Event& event, std::string_view previous) {
  std::string out = "plimsoll.event/1\n";
  append_le(out, event.sequence, 8);
  append_le(out, static_cast<uint64_t>(event.at.time_since_epoch().count()), 8);
  for (const std::string* text : {&event.kind, &event.actor, &event.subject.value, &event.body}) add_text(out, *text);
  out += previous;
  return out;
}

std::string event_hash(const Event& event, std::string_view previous) {
  const std::string bytes = canonical_bytes(event, previous);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr);
  return {reinterpret_cast<const char*>(digest), length};
}

std::string no_hash() { return std::string(32, '\0'); }

}  // namespace plimsoll::journal

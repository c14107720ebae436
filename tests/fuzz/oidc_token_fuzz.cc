// Keys and tokens of a provider. The first byte says which: a key set, or a token against a fixed one.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/oidc_token.h"

using namespace plimsoll;
using namespace plimsoll::server;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const TokenExpectation expected{
      "https://id.example", "client", "nonce", Instant(std::chrono::seconds(1'790'000'000)), std::chrono::seconds(120),
      "preferred_username", "groups"};
  if (data[0] % 2 == 0) {
    const auto keys = parse_key_set(text);
    // A token with an empty signature, against whatever keys came.
    if (keys.ok() && check_id_token("eyJhbGciOiJSUzI1NiJ9.e30.AAAA", *keys, expected).ok()) std::abort();
    return 0;
  }
  const std::vector<JsonWebKey> keys{{"", true, std::string(256, '\xC5'), std::string("\x01\x00\x01", 3)},
                                     {"", false, std::string(32, '\x11'), std::string(32, '\x22')}};
  // Nobody has the private half of these.
  if (check_id_token(text, keys, expected).ok()) std::abort();
  return 0;
}

// The texts of a request: path, query, cookie, host, entity tags and codings, JSON body. The first byte says which.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "server/http.h"
#include "server/page.h"
#include "server/request_text.h"

using namespace plimsoll;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

bool is_harmless(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return is_utf8(text);
}

void look(uint8_t which, std::string_view text) {
  using namespace server;
  switch (which % 6) {
    case 0:
      if (const auto segments = path_segments(text)) {
        for (const std::string& segment : *segments) must(is_harmless(segment) && !segment.empty() && segment != "..");
      }
      break;
    case 1:
      if (const auto query = parse_query(text); query.ok()) {
        for (const auto& [name, value] : *query) must(is_harmless(name) && is_harmless(value));
      }
      break;
    case 2:
      if (const auto cookie = cookie_of(text, "plimsoll")) must(cookie->find(';') == std::string::npos);
      break;
    case 3:
      if (host_is_one_of(text, {"localhost"})) must(lower(text).rfind("localhost", 0) == 0 || text[0] == '[');
      (void)parse_listen_address(text);
      break;
    case 4:
      (void)matches_tag(text, "\"a\"");
      must(!takes_coding(text, "br") || lower(text).find("br") != std::string::npos);
      break;
    default:
      if (const auto body = parse_body(text, {"name", "passphrase", "days", "list"}); body.ok()) {
        for (const auto& [name, value] : body->texts) must(is_utf8(value));
      }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  look(data[0], {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}

// The normalisation of HTTP text and the look-ups of Log4j. What is decoded never grows beyond its bound, and the cut
// into messages does not hang on how the bytes come.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "network/detect/http_stream.h"
#include "network/detect/http_text.h"
#include "network/detect/log4j_lookups.h"

using namespace plimsoll::network;

namespace {

std::string told_of(std::string_view text, size_t piece) {
  std::string whole, last;
  HttpStream stream(HttpStream::Side::requests);
  const auto heard = [&](const HttpMessage& message, bool first) {
    if (first) whole += last;
    last = message.method + " " + message.target + "\n" + message.body + "\n";
  };
  for (size_t at = 0; at < text.size(); at += piece) stream.feed(text.substr(at, piece), heard);
  stream.flush(heard);
  return whole + last;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& reading : readings(text)) {
    if (reading.size() > 2 * text.size() + 16) std::abort();
    if (const auto found = find_jndi(reading); found && found->resolved.size() > 256) std::abort();
  }
  if (normal_path(text).find("/../") != std::string::npos) std::abort();
  if (decoded_body(text, "gzip, deflate").text.size() > (2u << 20)) std::abort();
  in_utf8(std::string(text), "text/plain; charset=utf-16");
  if (size <= 16 * 1024 && told_of(text, size + 1) != told_of(text, 3)) std::abort();
  return 0;
}

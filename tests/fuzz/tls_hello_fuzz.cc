// Any bytes as the beginning of a TLS connection: what the client says, "||", what the server says.
#include "network/protocol/recognisers.h"

using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t mark = std::min(all.find("||"), size);
  Identity identity;
  (void)look_tls({all.substr(0, mark), all.substr(std::min(mark + 2, size)), 443}, identity);
  if (identity.server_name.size() > 255) __builtin_trap();
  return 0;
}

// Any two beginnings of a conversation before every recogniser: the first two bytes say where the client's end.
#include "network/protocol/recogniser.h"

using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t client = std::min<size_t>(all.size(), data[0] << 8 | data[1]);
  const Heads heads{all.substr(0, client), all.substr(client), 53};
  for (const Recogniser& recogniser : recognisers()) {
    Identity identity;
    const Verdict verdict = recogniser.look(heads, identity);
    if (verdict == Verdict::sure && identity.application.empty()) __builtin_trap();
  }
  return 0;
}

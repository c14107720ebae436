// Any bytes as header blocks of one HTTP/2 connection, apart by a byte of their length: bounds are kept.
#include "network/protocol/hpack.h"

using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Hpack hpack;
  while (!rest.empty()) {
    const size_t length = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(1);
    const auto fields = hpack.decode(rest.substr(0, length));
    if (!fields) break;
    size_t bytes = 0;
    for (const HeaderField& field : *fields) bytes += field.name.size() + field.value.size();
    if (fields->size() > 256 || bytes > (64u << 10)) __builtin_trap();
    rest.remove_prefix(std::min(rest.size(), length));
  }
  return 0;
}

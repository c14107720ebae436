// Segments cut out of one text, in any order, with overlaps and bounds that are too small: what is delivered is always
// the beginning of the text, and all memory comes back.
#include "network/flow/stream.h"

using namespace plimsoll::network;

// Per segment four bytes: where it begins, how long it is.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 5) return 0;
  static const std::string text = [] {
    std::string out(70'000, '\0');
    for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(i * 31 + (i >> 8));
    return out;
  }();
  const uint32_t first = static_cast<uint32_t>(data[0]) << 24;
  StreamBudget budget;
  budget.limit = data[1] * 300u;
  const size_t head = data[2] * 256u + 1;
  Stream stream;
  stream.begin(first);
  std::string got;
  for (size_t i = 3; i + 4 <= size; i += 4) {
    const size_t at = data[i] << 8 | data[i + 1], length = data[i + 2] << 8 | data[i + 3];
    const std::string_view bytes = std::string_view(text).substr(at, length % 3000);
    stream.add(first + static_cast<uint32_t>(at), bytes, static_cast<uint32_t>(bytes.size()), head, budget,
               [&](std::string_view piece) { got += piece; });
    if (budget.used > budget.limit || got.size() > head) __builtin_trap();
  }
  if (!text.starts_with(got) || got.size() != stream.delivered()) __builtin_trap();
  stream.close(budget);
  if (budget.used != 0) __builtin_trap();
  return 0;
}

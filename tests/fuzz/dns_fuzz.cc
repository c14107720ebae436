// Any bytes as a DNS message: names and lists keep their bounds, and what is learned of them is printable.
#include "base/text.h"
#include "network/protocol/dns.h"
#include "network/protocol/looked_up.h"

using namespace plimsoll;
using namespace plimsoll::network;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto message = parse_dns({reinterpret_cast<const char*>(data), size});
  if (!message) return 0;
  if (message->answers.size() > 64 || message->questions.size() > 16) __builtin_trap();
  for (const DnsQuestion& question : message->questions) {
    if (question.name.size() > 255) __builtin_trap();
  }
  LookedUp names;
  const Address asker = address_of_v4(reinterpret_cast<const uint8_t*>("\x0a\0\0\1"));
  names.learn(asker, *message, Time{});
  for (const DnsAnswer& answer : message->answers) {
    if (!answer.address) continue;
    const std::string name = names.name_of(asker, *answer.address, Time{});
    if (name != printable(name, name.size() + 1)) __builtin_trap();
  }
  return 0;
}

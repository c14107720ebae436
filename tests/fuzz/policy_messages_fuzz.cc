// What the two processes of `plimsoll serve` say to each other about files of policies: whatever the bytes, no crash;
// what is taken has a name without a path, and is written as it was read.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/policy_messages.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll::server;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto request = policy_request_of(text); request.ok()) {
    const auto again = policy_request_of(to_payload(*request));
    if (!again.ok() || !(*again == *request)) std::abort();
    if (request->name.find('/') != std::string::npos || request->name.front() == '.') std::abort();
    if (!request->before.empty() && !is_policy_hash(request->before)) std::abort();
  }
  if (const auto answer = policy_answer_of(text); answer.ok()) {
    const auto again = policy_answer_of(to_payload(*answer));
    if (!again.ok() || !(*again == *answer)) std::abort();
  }
  return 0;
}

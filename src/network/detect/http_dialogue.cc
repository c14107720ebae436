#include "network/detect/http_dialogue.h"

namespace plimsoll::network {
namespace {

constexpr size_t kOpenMost = 64;  // of a pipeline; who sends more is not followed

}  // namespace

void HttpDialogue::feed(bool from_client, std::string_view bytes, const Answered& answered) {
  if (from_client) {
    requests_.feed(bytes, [&](const HttpMessage& request, bool first) {
      if (first && open_.size() < kOpenMost) {
        open_.push_back(request);
      } else if (!first && !open_.empty()) {
        open_.back() = request;
      }
    });
    return;
  }
  responses_.feed(bytes, [&](const HttpMessage& response, bool) {
    if (open_.empty() || response.status / 100 == 1) return;
    answered(open_.front(), response);
    if (response.complete) open_.pop_front();
  });
}

}  // namespace plimsoll::network

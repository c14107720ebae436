#pragma once
#include <deque>
#include <functional>
#include <string_view>

#include "network/detect/http_stream.h"

namespace plimsoll::network {

// Both directions of one connection of HTTP/1: each response with the request it answers.
class HttpDialogue {
 public:
  // Called when the head of a response is whole, and again as its body comes.
  using Answered = std::function<void(const HttpMessage& request, const HttpMessage& response)>;

  void feed(bool from_client, std::string_view bytes, const Answered& answered);
  bool broken() const { return requests_.broken() || responses_.broken(); }

 private:
  HttpStream requests_{HttpStream::Side::requests}, responses_{HttpStream::Side::responses};
  std::deque<HttpMessage> open_;  // not answered in full, oldest first
};

}  // namespace plimsoll::network

#pragma once
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "network/protocol/recogniser.h"

namespace plimsoll::network {

// The first message of one direction.
struct HttpHead {
  bool complete = false;                                               // its headers came to their end
  int status = 0;                                                      // of an answer
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // at most 128
  std::string_view body;                                               // as far as it came
  std::string_view header(std::string_view name) const;                // trimmed; any case; empty when there is none
};
HttpHead read_http_head(std::string_view head);

// Names the application that speaks through HTTP, in `identity`, where the messages show one. False: the rest of the
// body may still tell.
bool find_product(const HttpHead& request, const HttpHead& answer, Identity& identity);

}  // namespace plimsoll::network

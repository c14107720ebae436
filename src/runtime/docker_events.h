#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::runtime {

// The stream of GET /events, a JSON object a line, as it comes in pieces.
class DockerEvents {
 public:
  struct Event {
    std::string pulled;  // the reference of an image that was pulled; empty: it is of a container
  };
  // The events that are whole now. One that is no JSON, or longer than 64 KiB, is taken as of a container.
  std::vector<Event> take(std::string_view bytes);

 private:
  std::string line_;
  bool too_long_ = false;
};

}  // namespace plimsoll::runtime

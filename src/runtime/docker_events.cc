#include "runtime/docker_events.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/json_reply.h"

namespace plimsoll::runtime {
namespace {

constexpr size_t longest_line = size_t{64} << 10, longest_reference = 512;

// moby logs an image's pull with the reference that was asked for as its id (daemon/images/image_events.go).
std::string pulled_image(std::string_view line) {
  const auto event = JsonReply::parse(line, "GET /events");
  if (!event.ok() || text_at(event->root(), {"Type"}) != "image" || text_at(event->root(), {"Action"}) != "pull")
    return {};
  const std::string reference = text_at(event->root(), {"Actor", "ID"}).value_or("");
  const bool plain = reference.size() <= longest_reference &&
                     std::all_of(reference.begin(), reference.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return plain ? reference : "";
}

}  // namespace

std::vector<DockerEvents::Event> DockerEvents::take(std::string_view bytes) {
  std::vector<Event> out;
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    too_long_ = too_long_ || line_.size() + piece.size() > longest_line;
    if (too_long_)
      line_.clear();
    else
      line_ += piece;
    if (end == bytes.npos) break;
    bytes.remove_prefix(end + 1);
    if (too_long_ || !trim(line_).empty()) out.push_back({too_long_ ? "" : pulled_image(line_)});
    line_.clear();
    too_long_ = false;
  }
  return out;
}

}  // namespace plimsoll::runtime

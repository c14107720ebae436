// A message from another process or from disk; whatever is one is rendered for every receiver.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "notify/render.h"

using namespace plimsoll;
using namespace plimsoll::notify;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto message = message_from_json({reinterpret_cast<const char*>(data), size});
  if (!message.ok()) return 0;
  must(*message_from_json(message_to_json(*message)) == *message);
  for (const std::string& line : render_syslog(*message, "host")) {
    // Lines of events are ours and go as they are; a message is one line whatever it holds.
    must(message->purpose == Purpose::events || line.find('\n') == std::string::npos);
  }
  const std::string mail = render_mail(*message, "a@example.org", {"b@example.org"});
  const std::string_view head = std::string_view(mail).substr(0, mail.find("\r\n\r\n"));
  must(head.find("\r\nBcc:") == std::string_view::npos);
  for (size_t at = mail.find('\n'); at != std::string::npos; at = mail.find('\n', at + 1))
    must(at > 0 && mail[at - 1] == '\r');
  for (const Post& post : {render_webhook(*message, "key", message->at), render_slack(*message), render_teams(*message),
                           render_alertmanager(*message)}) {
    for (const auto& [name, value] : post.headers) must(value.find_first_of("\r\n") == std::string::npos);
  }
  return 0;
}

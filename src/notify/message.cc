#include "notify/message.h"

#include <sys/random.h>

#include <array>

#include "base/clock.h"
#include "base/hex.h"

namespace plimsoll::notify {

std::string_view name_of(Urgency urgency) {
  constexpr std::array<std::string_view, 5> names{"info", "low", "medium", "high", "critical"};
  return names[static_cast<size_t>(urgency)];
}

std::string_view name_of(Purpose purpose) {
  constexpr std::array<std::string_view, 5> names{"alert", "resolved", "events", "report", "test"};
  return names[static_cast<size_t>(purpose)];
}

Result<std::string> new_message_id() {
  std::array<char, 16> bytes{};
  // Up to 256 bytes are never cut short (getrandom(2)).
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return Error{ErrorKind::unreachable, "the kernel gives no random bytes"};
  return to_hex({bytes.data(), bytes.size()});
}

Result<Message> test_message() {
  Message out;
  PLIMSOLL_TRY(id, new_message_id());
  out.id = std::move(id);
  out.at = wall_clock();
  out.purpose = Purpose::test;
  out.title = "A test: messages of Plimsoll arrive here";
  out.text = "Somebody asked for this message, to see that it arrives. There is nothing to do.";
  return out;
}

}  // namespace plimsoll::notify

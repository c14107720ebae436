#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "notify/delivery.h"
#include "notify/settings.h"
#include "server/rights.h"
#include "system/descriptor.h"

namespace plimsoll::server {

// The process that speaks to the outside: it alone of plimsoll serve may make connections, and it has nothing else: no
// file but those that every program reads to find and trust others, no right, no way to be connected to. It knows the
// receivers and their secrets, which the process that speaks HTTP does not: that one can name a receiver, and say what
// is to be told.
//
// Above it stands a keeper, which starts it anew when it has ended, and hands each one's end of a socket pair to the
// service over `control`.
struct Courier {
  system::Descriptor control;  // of the service: receive_courier()
  pid_t keeper = -1;
};

// Forks the keeper, while there is one thread. Returns once all secrets are read: whoever calls must not know them.
// malformed, denied, not_found: a secret or a directory of the settings cannot be used.
Result<Courier> start_courier(const notify::Settings& settings, const ServiceUser& user);

// Waits for the next courier: a socket for the frames below. not_found: there will be none.
Result<system::Descriptor> receive_courier(int control);

// What is said over it, as types of frames (frames.h). A payload begins with lines of text, each ended by '\n'.
enum class ToCourier : uint32_t {
  deliver = 1,  // ticket, lane, receiver; then a message (plimsoll.message/1). One at a time in each lane.
  sign_on = 2   // ticket; then JSON (OidcClient::answer())
};
enum class FromCourier : uint32_t {
  layers = 1,   // for each layer of its confinement: name, "1" or "0", detail
  outcome = 2,  // ticket, "delivered", "later" or "refused", seconds to wait, why
  answer = 3    // ticket, "" or the name of an ErrorKind; then JSON, or the error's message
};
inline constexpr uint64_t most_courier_bytes = notify::most_message_bytes + 4096;

// Takes the first line off; nothing when there is none.
std::optional<std::string> take_line(std::string_view& text);

}  // namespace plimsoll::server

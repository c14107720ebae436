#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/ids.h"

namespace plimsoll::notify {

// How much hurry there is. In the order of the levels of a score.
enum class Urgency { info, low, medium, high, critical };

// What a message is about.
enum class Purpose {
  alert,     // something is wrong: a rule fired
  resolved,  // what an earlier alert of the same group told is over
  events,    // lines of the journal, in the order of its chain
  report,    // a report, attached
  test       // somebody wants to see that messages arrive
};

// Text that goes along: a report. Its bytes are UTF-8.
struct Attachment {
  std::string name;  // of a file, without directory: "plimsoll-2026-11-28.html"
  std::string type;  // "text/html"
  std::string bytes;
  bool operator==(const Attachment&) const = default;
};

// One thing to tell, whoever it is told to and however it is written down. Its texts may be a stranger's (names of
// containers, of images): who renders it escapes them.
struct Message {
  std::string id;  // 32 hexadecimal digits, the same at each attempt: by it a receiver knows a duplicate
  Instant at{};
  Purpose purpose = Purpose::alert;
  Urgency urgency = Urgency::info;
  std::string title;  // one line
  std::string text;   // more, for people; may be empty
  std::string rule;   // which rule, stream or schedule of the settings it comes from
  // Messages of one group tell of one thing that begins and ends: a rule and an asset, say. Empty: the message alone.
  std::string group;
  AssetId asset;                                           // may be empty
  std::string asset_name;                                  // likewise
  std::string node;                                        // the machine it is about; may be empty
  std::vector<std::pair<std::string, std::string>> facts;  // short names and values: {"score", "93"}
  std::vector<std::string> lines;                          // of events: one line each, rendered
  std::optional<Attachment> attachment;
  bool operator==(const Message&) const = default;
};

std::string_view name_of(Urgency urgency);
std::string_view name_of(Purpose purpose);

// A new id: 128 random bits. unreachable: the kernel gives none.
Result<std::string> new_message_id();

// "A test: messages of Plimsoll arrive here", with a new id, of now.
Result<Message> test_message();

// As one JSON object, schema plimsoll.message/1: what the outbox keeps, what goes to the process that delivers, and the
// body of a webhook.
std::string message_to_json(const Message& message);
// malformed: not one of ours; limit: too long.
Result<Message> message_from_json(std::string_view json);

inline constexpr size_t most_message_bytes = size_t{32} << 20;

}  // namespace plimsoll::notify

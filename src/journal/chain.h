#pragma once
#include <string>

#include "journal/records.h"

namespace plimsoll::journal {

// What an event's hash is taken over, so that any other program can check it: the text "plimsoll.event/1\n", then
// sequence and time (seconds since 1970) as 8 bytes each, little-endian, then kind, actor, subject and body, each after
// its length in 4 bytes, little-endian, then the 32 bytes of the hash of the event before (zeros before the first).
// `previous` is those 32 bytes.
std::string canonical_bytes(const Event& event, std::string_view previous);

// SHA-256 of them, 32 bytes.
std::string event_hash(const Event& event, std::string_view previous);

// The hash before the first event.
std::string no_hash();

}  // namespace plimsoll::journal

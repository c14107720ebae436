#pragma once
#include "server/auth.h"
#include "server/event_tail.h"
#include "server/http.h"
#include "server/world.h"

namespace plimsoll::server {

// Events after `after` as server-sent events (WHATWG HTML, section 9.2), and then each as it is written; ends when
// `who` is signed out. The id of each is its sequence, which a client that comes back gives as Last-Event-ID. Between
// them, without an id, how far the service's longer works are ("progress"): of one that changes quickly the last state.
StreamSource event_stream(EventTail& tail, const Auth& auth, const World& world, Principal who, journal::Sequence after,
                          std::function<Instant()> now);

// {"task", "running", "step", "done", "total", "fault"}
std::string progress_json(std::string_view name, const World::Task& task);

}  // namespace plimsoll::server

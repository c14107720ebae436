#include "server/api.h"
#include "server/event_stream.h"
#include "server/handlers.h"
#include "server/json_rows.h"
#include "server/parameters.h"

namespace plimsoll::server {

Response list_events(Api& api, const Call& call) {
  journal::EventQuery query;
  Instant since{}, until{};
  const auto take = [&]() -> Status {
    PLIMSOLL_CHECK(take_number(call, "after", query.after));
    PLIMSOLL_CHECK(take_truth(call, "newest_first", query.newest_first));
    PLIMSOLL_CHECK(take_time(call, "since", since));
    PLIMSOLL_CHECK(take_time(call, "until", until));
    return take_limit(call, query.limit, journal::max_page);
  };
  if (const Status taken = take(); !taken.ok()) return problem(taken.error());
  if (since != Instant{}) query.since = since;
  if (until != Instant{}) query.until = until;
  query.kind = call.asked("kind");
  query.actor = call.asked("actor");
  query.subject = {std::string(call.asked("subject"))};
  PLIMSOLL_OR_PROBLEM(events, api.journal().events(query));
  std::string out = "{\"items\": [";
  for (size_t i = 0; i < events.size(); ++i) out += (i == 0 ? "\n" : ",\n") + event_json(events[i]);
  const bool more = events.size() == query.limit;
  return json_response(out + "],\n\"next\": " + (more ? std::to_string(events.back().sequence) : "null") + "}\n");
}

Response stream_events(Api& api, const Call& call) {
  // From now on, unless the client says where it was.
  PLIMSOLL_OR_PROBLEM(summary, api.journal().summary());
  uint64_t after = summary.newest_event;
  const std::string_view last = call.request.header("last-event-id");
  if (!last.empty()) {
    const auto number = parse_uint(last);
    if (!number) return problem(400, "Last-Event-ID is not one of ours");
    after = *number;
  }
  if (const Status taken = take_number(call, "after", after); !taken.ok()) return problem(taken.error());
  Response out;
  out.type = "text/event-stream";
  out.headers.emplace_back("X-Accel-Buffering", "no");
  out.stream = event_stream(api.tail(), api.auth(), api.ground().world, call.who, after, api.ground().now);
  return out;
}

Response get_overview(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(overview, api.journal().overview_json());
  return overview.empty() ? problem(Error{ErrorKind::unreachable, "the first scan is not done yet"})
                          : json_response(std::move(overview));
}

}  // namespace plimsoll::server

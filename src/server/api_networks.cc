#include "server/api.h"
#include "server/handlers.h"
#include "server/inside_networks.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

void write_lists(wire::JsonWriter& out, const WanPolicy& networks) {
  for (const auto& [name, list] : {std::pair("inside", &networks.inside), std::pair("outside", &networks.outside)}) {
    out.key(name).begin_array();
    for (const IpNetwork& network : *list) out.value(to_text(network));
    out.end_array();
  }
}

Response networks_response(const Api& api, const std::optional<InsideNetworks>& changed) {
  const WanPolicy policy = api.in_force()->policy.network;
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object();
  write_lists(out, changed ? changed->networks : policy);
  out.member("changed", changed.has_value()).member("changed_by", changed ? changed->changed_by : "").key("changed_at");
  wire::write_instant(out, changed ? changed->changed_at : Instant{});
  out.key("policy").begin_object();
  write_lists(out, policy);
  out.end_object().end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace

Response get_networks(Api& api, const Call&) {
  PLIMSOLL_OR_PROBLEM(changed, read_networks(api.journal()));
  return networks_response(api, changed);
}

Response change_networks(Api& api, const Call& call) {
  constexpr size_t most = 256;
  PLIMSOLL_OR_PROBLEM(body, parse_body(call.request.body, {"inside", "outside"}));
  if (!body.lists.contains("inside") || !body.lists.contains("outside"))
    return problem(400, "the body has the lists 'inside' and 'outside'");
  if (body.lists["inside"].size() > most || body.lists["outside"].size() > most)
    return problem(400, "more than 256 networks; join some");
  PLIMSOLL_OR_PROBLEM(inside, parse_networks(body.lists["inside"]));
  PLIMSOLL_OR_PROBLEM(outside, parse_networks(body.lists["outside"]));
  InsideNetworks changed;
  changed.networks.inside = std::move(inside);
  changed.networks.outside = std::move(outside);
  changed.changed_by = call.who.user;
  changed.changed_at = call.now;
  if (const Status written = write_networks(api.journal(), changed); !written.ok()) return problem(written.error());
  wire::JsonWriter event(wire::JsonWriter::Layout::one_line);
  event.begin_object();
  write_lists(event, changed.networks);
  event.member("from", call.request.peer).end_object();
  if (const Status told = api.tell("networks.changed", call.who.actor(), std::move(event).take()); !told.ok())
    return problem(503, "it was done, but could not be journalled: " + told.error().message);
  api.ground().judge_anew();
  return networks_response(api, changed);
}

Response reset_networks(Api& api, const Call&) {
  if (const Status forgotten = forget_networks(api.journal()); !forgotten.ok()) return problem(forgotten.error());
  api.ground().judge_anew();
  return no_content();
}

}  // namespace plimsoll::server

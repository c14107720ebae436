#include "server/api.h"
#include "server/handlers.h"
#include "server/parameters.h"
#include "server/response_desk.h"
#include "wire/response_json.h"

namespace plimsoll::server {
namespace {

using Kind = wire::ResponseRequest::Kind;

std::string response_body(const ResponseRecord& record) {
  wire::JsonWriter out;
  wire::write_response(out, record);
  return std::move(out).take() + "\n";
}

Response decide(Api& api, const Call& call, Kind what) {
  const Status done = api.ground().responses->decide(what, call.parameter("id"), call.who.actor());
  return done.ok() ? json_response("{}\n", 202) : problem(done.error());
}

}  // namespace

Response list_responses(Api& api, const Call& call) {
  const std::string_view open = call.asked("open");
  if (!open.empty() && open != "true" && open != "false") return problem(not_a_value("open", open));
  const std::string_view asset = call.asked("asset");
  wire::JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ResponseRecord& record : api.ground().responses->list()) {
    if ((!open.empty() && (open == "true") != is_open(record.phase)) || (!asset.empty() && record.asset.value != asset))
      continue;
    wire::write_response(out, record);
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response get_response(Api& api, const Call& call) {
  const auto record = api.ground().responses->find(call.parameter("id"));
  return record ? json_response(response_body(*record)) : problem(404, "there is no such response");
}

Response approve_response(Api& api, const Call& call) { return decide(api, call, Kind::approve); }
Response refuse_response(Api& api, const Call& call) { return decide(api, call, Kind::refuse); }
Response release_response(Api& api, const Call& call) { return decide(api, call, Kind::release); }

Response list_response_rules(Api& api, const Call&) {
  const ResponseDesk& desk = *api.ground().responses;
  const std::shared_ptr<const ResponsePolicy> policy = desk.policy();
  wire::JsonWriter out;
  out.begin_object().member("acts", desk.acts()).key("protected").begin_array();
  for (const std::string& label : policy->protected_labels) out.value(label);
  out.end_array().key("items").begin_array();
  for (const ResponseRule& rule : policy->rules) wire::write_rule(out, rule);
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response plan_response(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(body, parse_body(call.request.body, {"asset"}));
  const auto asset = body.texts.find("asset");
  if (asset == body.texts.end()) return problem(400, "the body lacks the text 'asset'");
  PLIMSOLL_OR_PROBLEM(plan, api.ground().responses->dry_run(call.parameter("id"), {asset->second}));
  return json_response(response_body(plan));
}

}  // namespace plimsoll::server

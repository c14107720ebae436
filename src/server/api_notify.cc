#include "base/text.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/messenger.h"
#include "server/reporter.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

void write_state(wire::JsonWriter& out, const Messenger::State& state) {
  out.key("waiting").value(state.waiting).member("delivered", state.delivered).member("given_up", state.given_up);
  out.member("failures", state.failures).member("fault", state.fault).key("last_delivered");
  wire::write_instant(out, state.last_delivered);
  out.key("failing_since");
  wire::write_instant(out, state.failing_since);
}

Messenger::State state_of(const std::vector<Messenger::State>& states, const std::string& receiver,
                          const std::string& stream) {
  for (const Messenger::State& state : states) {
    if (state.receiver == receiver && state.stream == stream) return state;
  }
  return {};
}

// Never what a secret could stand in: a path, a query, a file's content.
std::string where(const notify::Receiver& receiver) {
  if (receiver.kind == notify::ReceiverKind::directory) return printable(receiver.path, 500);
  if (!receiver.address) return "as " + printable(receiver.url_file, 400) + " says";
  return shown(*receiver.address);
}

void write_receivers(wire::JsonWriter& out, const notify::Settings& settings,
                     const std::vector<Messenger::State>& states) {
  out.key("receivers").begin_array();
  for (const notify::Receiver& receiver : settings.receivers) {
    out.begin_object()
        .member("name", receiver.name)
        .member("kind", name_of(receiver.kind))
        .member("where", where(receiver));
    write_state(out, state_of(states, receiver.name, ""));
    out.end_object();
  }
  out.end_array().key("streams").begin_array();
  for (const notify::Stream& stream : settings.streams) {
    out.begin_object().member("name", stream.name).member("to", stream.to).member("format", stream.format);
    out.key("kinds").begin_array();
    for (const std::string& kind : stream.kinds) out.value(kind);
    out.end_array();
    write_state(out, state_of(states, stream.to, stream.name));
    out.end_object();
  }
  out.end_array();
}

}  // namespace

Response list_receivers(Api& api, const Call&) {
  Messenger* const messenger = api.ground().messenger;
  wire::JsonWriter out;
  out.begin_object().member("connected", messenger != nullptr && messenger->link().connected());
  write_receivers(out, api.ground().settings != nullptr ? *api.ground().settings : notify::Settings{},
                  messenger != nullptr ? messenger->states() : std::vector<Messenger::State>{});
  out.key("confinement").begin_array();
  for (const SandboxLayer& layer :
       messenger != nullptr ? messenger->link().confinement() : std::vector<SandboxLayer>{}) {
    out.begin_object().member("name", layer.name).member("in_force", layer.in_force);
    out.member("detail", layer.detail).end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response test_receiver(Api& api, const Call& call) {
  Messenger* const messenger = api.ground().messenger;
  if (messenger == nullptr) return problem(404, "there is no receiver; plimsoll.yaml describes them");
  PLIMSOLL_OR_PROBLEM(outcome, messenger->test(call.parameter("name")));
  wire::JsonWriter out;
  out.begin_object().member("delivered", outcome.kind == notify::Outcome::Kind::delivered).member("why", outcome.why);
  out.end_object();
  return json_response(std::move(out).take() + "\n");
}

Response list_schedules(Api& api, const Call&) {
  const Reporter* const reporter = api.ground().reporter;
  wire::JsonWriter out;
  out.begin_object().key("items").begin_array();
  const auto states = reporter != nullptr ? reporter->states() : std::vector<Reporter::State>{};
  for (size_t i = 0; i < states.size(); ++i) {
    const notify::ScheduledReport& report = api.ground().settings->reports[i];
    out.begin_object().member("name", report.name).key("to").begin_array();
    for (const std::string& to : report.to) out.value(to);
    out.end_array().member("format", report.format).member("trend", report.trend).member("of", report.of);
    out.member("when", report.schedule.text()).member("time_zone", report.schedule.zone().name()).key("last");
    wire::write_instant(out, states[i].last.value_or(Instant{}));
    out.key("next");
    wire::write_instant(out, states[i].next.value_or(Instant{}));
    out.member("fault", states[i].fault).end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response run_schedule(Api& api, const Call& call) {
  Reporter* const reporter = api.ground().reporter;
  if (reporter == nullptr) return problem(404, "there is no report; plimsoll.yaml describes them");
  PLIMSOLL_OR_PROBLEM(id, reporter->run(call.parameter("name"), call.now));
  wire::JsonWriter out;
  out.begin_object().member("message", id).end_object();
  return json_response(std::move(out).take() + "\n", 202);
}

}  // namespace plimsoll::server

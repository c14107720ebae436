#include "server/probe_listener.h"

#include "wire/json_writer.h"
#include "wire/response_json.h"

namespace plimsoll::server {
namespace {

void take_step(World::Task& task, const std::string& payload) {
  const Step step = step_of(payload);
  task.running = !payload.empty();
  task.step = step.what;
  task.done = step.done;
  task.total = step.total;
}

void tell_of_update(journal::Journal& journal, const std::string& fault) {
  wire::JsonWriter body(wire::JsonWriter::Layout::one_line);
  body.begin_object().member("fault", fault).end_object();
  journal::NewEvent event;
  event.kind = fault.empty() ? "database.updated" : "database.update-failed";
  event.actor = "probe";
  event.body = std::move(body).take();
  (void)journal.append({event});  // its state is told by the journal's health
}

}  // namespace

void listen_to_probe(Channel& channel, World& world, journal::Journal& journal, Analyst& analyst, ResponseDesk& desk,
                     PolicyDesk& policies, PolicyChange& change) {
  for (;;) {
    Result<Message> message = channel.receive(most_facts);
    if (!message.ok()) return;
    switch (message->type) {
      case Say::facts:
        analyst.take_facts(std::move(message->payload));
        break;
      case Say::changes:
        analyst.take_changes(std::move(message->payload));
        break;
      case Say::step:
        world.change_progress([&](World::Progress& progress) { take_step(progress.scan, message->payload); });
        break;
      case Say::failed:
        world.change_progress([&](World::Progress& progress) {
          take_step(progress.scan, "");
          progress.scan.fault = message->payload;
        });
        break;
      case Say::update_step:
        world.change_progress([&](World::Progress& progress) { take_step(progress.database, message->payload); });
        break;
      case Say::updated:
        world.change_progress([&](World::Progress& progress) {
          take_step(progress.database, "");
          progress.database.fault = message->payload;
        });
        tell_of_update(journal, message->payload);
        break;
      case Say::response:
        if (const Result<ResponseRecord> record = wire::response_from_json(message->payload); record.ok())
          desk.take(*record);
        break;
      case Say::plan:
        if (Result<wire::PlanAnswer> answer = wire::answer_from_json(message->payload); answer.ok())
          desk.take(std::move(*answer));
        break;
      case Say::policy:
        change.take(message->payload);
        break;
      case Say::policy_fault:
        change.refuse(message->payload);
        break;
      case Say::policy_answer:
        if (Result<PolicyAnswer> answer = policy_answer_of(message->payload); answer.ok())
          policies.take(std::move(*answer));
        break;
      case Say::scan_now:
      case Say::scan_asset:
      case Say::update_database:
      case Say::respond:
      case Say::ask_policy:
        break;  // ours to say, not the probe's
    }
  }
}

}  // namespace plimsoll::server

#include "server/policy_change.h"

#include "base/text.h"
#include "server/channel.h"
#include "server/policy_log.h"
#include "wire/json_writer.h"

namespace plimsoll::server {

void PolicyChange::take(std::string_view payload) {
  const Result<PolicyFiles> files = policy_files_of(payload);
  if (!files.ok()) return refuse(files.error().to_string());
  Result<InForce> made = ground_.make(*files);
  if (!made.ok()) return refuse(made.error().message);
  ground_.in_force.replace(std::move(*made));
  const Status logged = log_policy(ground_.journal, *files, ground_.now());
  ground_.world.change_progress([&](World::Progress& progress) {
    progress.policy_fault = logged.ok() ? "" : "it is in force, but not in the journal: " + logged.error().to_string();
    ++progress.policies;
  });
  ground_.changed(*ground_.in_force.now());
}

void PolicyChange::refuse(const std::string& fault) {
  constexpr size_t most = 4000;
  const std::string text = fault.size() > most ? fault.substr(0, most) + "..." : fault;
  const bool told = ground_.world.progress().policy_fault == text;
  ground_.world.change_progress([&](World::Progress& progress) { progress.policy_fault = text; });
  if (told) return;
  wire::JsonWriter body(wire::JsonWriter::Layout::one_line);
  body.begin_object().member("fault", text).end_object();
  journal::NewEvent event;
  event.kind = "policy.refused";
  event.actor = "policy";
  event.body = std::move(body).take();
  event.at = ground_.now();
  (void)ground_.journal.append({event});  // its state is told by the journal's health
}

}  // namespace plimsoll::server

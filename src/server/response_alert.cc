#include "server/response_alert.h"

#include "base/sha256.h"
#include "wire/json_writer.h"

namespace plimsoll::server {
namespace {

constexpr size_t id_digits = 32;

std::string title_of(const ResponseRecord& record) {
  const std::string what = record.asset_name.empty() ? "rule " + record.rule : record.asset_name;
  switch (record.phase) {
    case ResponsePhase::asked:
      return what + ": a response waits for approval";
    case ResponsePhase::failed:
      return what + ": a response failed";
    case ResponsePhase::done:
      return what + ": a response is over";
    default:
      return record.asset.empty() ? what + " is held back" : what + ": a response is in force";
  }
}

}  // namespace

notify::Message alert_of(const std::string& id, const ResponseRecord& record, const std::string& node, Instant now) {
  notify::Message out;
  out.id = sha256_hex(id).substr(0, id_digits);
  out.at = record.changes.empty() ? now : record.changes.back().at;
  const bool over = record.phase == ResponsePhase::done;
  out.purpose = over ? notify::Purpose::resolved : notify::Purpose::alert;
  out.urgency = over                                    ? notify::Urgency::info
                : record.phase == ResponsePhase::failed ? notify::Urgency::critical
                                                        : notify::Urgency::high;
  out.title = title_of(record);
  out.text = record.why;
  for (const ResponseStep& step : record.steps)
    out.text +=
        "\n" + std::string(name_of(step.state)) + ": " + step.what + (step.note.empty() ? "" : " (" + step.note + ")");
  out.rule = record.rule;
  out.group = record.rule + " " + record.asset.value;
  out.asset = record.asset;
  out.asset_name = record.asset_name;
  out.node = node;
  out.facts = {{"phase", std::string(name_of(record.phase))}};
  if (!record.id.empty()) out.facts.emplace_back("response", record.id);
  if (record.until != Instant{}) out.facts.emplace_back("until", format_rfc3339(record.until));
  return out;
}

void tell_receivers(Messenger* messenger, const notify::Settings& settings, std::vector<std::string> to,
                    const notify::Message& message, journal::Journal& journal) {
  for (size_t i = 0; to.empty() && i < settings.receivers.size(); ++i) to.push_back(settings.receivers[i].name);
  const Result<std::string> posted = messenger != nullptr
                                         ? messenger->post(to, message)
                                         : Result<std::string>(Error{ErrorKind::not_found, "there is no receiver"});
  if (posted.ok()) return;
  wire::JsonWriter body;
  body.begin_object().member("title", message.title).member("why", posted.error().to_string()).end_object();
  journal::NewEvent event;
  event.kind = "response.alert-not-sent";
  event.actor = "respond";
  event.subject = message.asset;
  event.body = std::move(body).take();
  (void)journal.append({event});
}

}  // namespace plimsoll::server

#include <array>

#include "base/embedded.h"
#include "base/sha256.h"
#include "base/text.h"
#include "model/names.h"
#include "policy/fault_lines.h"
#include "server/api.h"
#include "server/handlers.h"
#include "server/policy_desk.h"
#include "server/policy_keeper.h"
#include "server/policy_versions.h"
#include "wire/json_writer.h"
#include "wire/report_pieces.h"

namespace plimsoll::server {
namespace {

using Change = analyzer::PolicyTrial::Change;

constexpr const char* built_in_name = "built-in";
constexpr const char* built_in_file = "data/policies/default.yaml";

// One file with its text. `on_disk`: read from there just now, which is what a change begins with.
struct Shown {
  std::string name, path, text;
  bool in_force = false, on_disk = false, writable = false;
};

Response shown(const Shown& file) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("name", file.name).member("path", file.path).member("sha256", sha256_hex(file.text));
  out.member("in_force", file.in_force).member("on_disk", file.on_disk).member("writable", file.writable);
  out.member("text", file.text).end_object();
  return json_response(std::move(out).take() + "\n");
}

struct Proposed {
  std::string name, text;
};
Result<Proposed> proposed(const Call& call) {
  PLIMSOLL_TRY(body, parse_body(call.request.body, {"name", "text"}));
  const auto name = body.texts.find("name"), text = body.texts.find("text");
  if (name == body.texts.end() || text == body.texts.end())
    return Error{ErrorKind::malformed, "the body has the texts 'name', of the file, and 'text'"};
  if (name->second.empty() || name->second.find('/') != std::string::npos || name->second.size() > 255)
    return Error{ErrorKind::malformed, "'name' is that of a file, without a path"};
  return Proposed{name->second, text->second};
}

std::string_view word_of(Change change) {
  constexpr std::array words{"same", "added", "altered", "gone"};
  return words[static_cast<size_t>(change)];
}

Response refused(const PolicyAnswer& answer, const std::string& advice) {
  constexpr int precondition_failed = 412;
  if (answer.fault == ErrorKind::conflict) return problem(precondition_failed, answer.text + advice);
  return problem(Error{*answer.fault, answer.text});
}

Response trial_response(const analyzer::PolicyTrial& trial) {
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("assets", trial.assets).key("scores").begin_array();
  for (const auto& score : trial.scores) {
    out.begin_object().member("asset", score.asset.value).member("name", score.name);
    out.member("before", score.before).member("after", score.after);
    out.member("level_before", name_of(score.level_before)).member("level_after", name_of(score.level_after));
    out.end_object();
  }
  out.end_array().member("excepted", trial.excepted).key("exceptions").begin_array();
  for (const auto& exempt : trial.exceptions) {
    out.begin_object().member("change", word_of(exempt.change)).member("threat", exempt.threat.value);
    out.member("asset", exempt.asset.value).member("name", exempt.asset_name).member("owner", exempt.owner);
    out.member("reason", exempt.reason).end_object();
  }
  out.end_array().key("responses").begin_array();
  for (const auto& firing : trial.responses) {
    out.begin_object().member("change", word_of(firing.change)).member("rule", firing.rule);
    out.member("held_back", firing.held_back).member("asset", firing.asset.value).member("name", firing.asset_name);
    out.member("mode", name_of(firing.mode)).member("what", firing.what).member("why", firing.why).end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

}  // namespace

Response list_policies(Api& api, const Call&) {
  const PolicyDesk& desk = *api.ground().policies;
  PLIMSOLL_OR_PROBLEM(versions, policy_versions(api.journal(), 1));
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("writes", desk.ground().writes);
  out.member("why", desk.ground().writes ? "" : policies_not_by_api).member("directory", desk.ground().directory);
  out.member("entry", versions.empty() ? 0 : versions.back().sequence).key("since");
  wire::write_instant(out, versions.empty() ? Instant{} : versions.back().at);
  out.key("items").begin_array();
  for (const auto& [path, text] : desk.ground().in_force()) {
    const std::string name = policy_file_name(path);
    out.begin_object().member("name", name).member("path", path).member("sha256", sha256_hex(text));
    out.member("bytes", text.size()).member("writable", desk.may_write(name).ok()).end_object();
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response get_policy(Api& api, const Call& call) {
  PolicyDesk& desk = *api.ground().policies;
  Shown out;
  out.name = call.parameter("name");
  if (out.name == built_in_name) {
    out.text = embedded_file(built_in_file).value_or("");
    out.in_force = true;
    return shown(out);
  }
  out.path = desk.path_of(out.name);
  out.writable = desk.may_write(out.name).ok();
  std::optional<std::string> in_force;
  for (const auto& [path, text] : desk.ground().in_force()) {
    if (path == out.path) in_force = text;
  }
  if (out.writable) {
    PLIMSOLL_OR_PROBLEM(there, desk.read(out.name));
    if (there.fault) return problem(Error{*there.fault, there.text});
    out.on_disk = !there.sha256.empty();
    out.text = there.text;
  }
  if (!out.on_disk && !in_force) return problem(404, "there is no such file");
  if (!out.on_disk) out.text = *in_force;
  out.in_force = in_force == out.text;
  return shown(out);
}

Response put_policy(Api& api, const Call& call) {
  const std::string& name = call.parameter("name");
  PLIMSOLL_OR_PROBLEM(body, parse_body(call.request.body, {"text", "before"}));
  if (!body.texts.contains("text") || !body.texts.contains("before"))
    return problem(400, "the body has the texts 'text' and 'before', the SHA-256 of the file as it was, empty: none");
  const std::string before = body.texts["before"];
  PLIMSOLL_OR_PROBLEM(done, api.ground().policies->put(name, before, body.texts["text"]));
  if (done.fault) return refused(done, "; load it anew, and put your changes into that");
  wire::JsonWriter event(wire::JsonWriter::Layout::one_line);
  event.begin_object().member("name", name).member("sha256", done.sha256).member("before", before);
  event.member("from", call.request.peer).end_object();
  if (const Status told = api.tell(policy_written, call.who.actor(), std::move(event).take()); !told.ok())
    return problem(503, "it was written, but could not be journalled: " + told.error().message);
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().member("name", name).member("sha256", done.sha256).end_object();
  return json_response(std::move(out).take() + "\n");
}

Response remove_policy(Api& api, const Call& call) {
  const std::string& name = call.parameter("name");
  const std::string before(call.asked("before"));
  PLIMSOLL_OR_PROBLEM(done, api.ground().policies->remove(name, before));
  if (done.fault) return refused(done, "; look at it again first");
  wire::JsonWriter event(wire::JsonWriter::Layout::one_line);
  event.begin_object().member("name", name).member("before", before).member("from", call.request.peer).end_object();
  if (const Status told = api.tell(policy_removed, call.who.actor(), std::move(event).take()); !told.ok())
    return problem(503, "it was removed, but that could not be journalled: " + told.error().message);
  return no_content();
}

Response check_policy(Api& api, const Call& call) {
  const PolicyDesk& desk = *api.ground().policies;
  PLIMSOLL_OR_PROBLEM(text, proposed(call));
  const Result<InForce> policy = desk.with(text.name, text.text);
  wire::JsonWriter out(wire::JsonWriter::Layout::one_line);
  out.begin_object().key("faults").begin_array();
  if (!policy.ok()) {
    std::vector<std::string> names;
    for (const auto& [path, of] : desk.files_with(text.name, text.text)) names.push_back(path);
    for (const policy::FaultLine& fault : policy::fault_lines(policy.error(), names)) {
      out.begin_object().member("name", policy_file_name(fault.file)).member("line", fault.line);
      out.member("column", fault.column).member("what", fault.what).end_object();
    }
  }
  out.end_array().end_object();
  return json_response(std::move(out).take() + "\n");
}

Response try_policy(Api& api, const Call& call) {
  PLIMSOLL_OR_PROBLEM(text, proposed(call));
  PLIMSOLL_OR_PROBLEM(trial, api.ground().policies->try_out(text.name, text.text));
  return trial_response(trial);
}

}  // namespace plimsoll::server

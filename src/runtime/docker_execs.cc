#include "runtime/docker_execs.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "runtime/json_tree.h"

namespace plimsoll::runtime {
namespace {

using Members = std::map<std::string, FactTree>;

constexpr size_t events_limit = size_t{4} << 20;
constexpr size_t exec_limit = size_t{1} << 20;
constexpr size_t max_execs = 64;
// daemon/events/events.go of moby: what its ring of past events holds (64 until release 18.09).
constexpr size_t remembered_events = 256;
constexpr std::string_view exec_action = "exec_create: ";

bool is_exec_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string words_at(Json from, std::initializer_list<std::string_view> path, size_t first) {
  std::string out;
  if (const auto list = array_at(from, path)) {
    size_t i = 0;
    for (const Json item : *list) {
      std::string_view text;
      if (i++ < first || item.get(text) != simdjson::SUCCESS) continue;
      if (!out.empty()) out += ' ';
      out += text;
    }
  }
  return out;
}

FactTree forgotten(const ExecSeen& exec, const std::string& why) {
  const FactTree unknown = FactTree::unknown_because(why, "/exec");
  return FactTree::map_of({{"command", FactTree::of(exec.command)}, {"privileged", unknown}, {"user", unknown}},
                          "/events");
}

class Asker {
 public:
  Asker(DockerSession& engine, const std::map<std::string, ExecSubject>& subjects)
      : engine_(engine), subjects_(subjects) {}

  std::map<std::string, FactTree> run(Instant now) {
    for (const auto& [container, subject] : subjects_) {
      for (const std::string& id : subject.execs) look(container, {id, container, ""});
    }
    const auto body =
        engine_.get("/events?since=0&until=" + std::to_string(now.time_since_epoch().count()), events_limit);
    const ExecEvents events = body.ok() ? read_exec_events(*body) : ExecEvents{};
    const std::string why = body.ok() ? "the engine remembers its last events only" : body.error().message;
    for (const ExecSeen& exec : events.seen) from_event(exec);
    std::map<std::string, FactTree> out;
    for (const auto& [container, subject] : subjects_) {
      const FactTree complete =
          events.complete_for(container) ? FactTree::of(true, "/events") : FactTree::unknown_because(why, "/events");
      out[container] = FactTree::map_of(
          {{"list", FactTree::list_of(std::move(found_[container]))}, {"complete", complete}}, "/events");
    }
    return out;
  }

 private:
  void from_event(const ExecSeen& exec) {
    const auto subject = subjects_.find(exec.container);
    if (subject == subjects_.end()) return;
    if (!subject->second.health.empty() && exec.command == subject->second.health) return;
    look(exec.container, exec);
  }

  void look(const std::string& container, const ExecSeen& exec) {
    if (!is_exec_id(exec.id) || !seen_.insert(exec.id).second) return;
    if (seen_.size() > max_execs) {
      if (seen_.size() == max_execs + 1) {
        found_[container].push_back(forgotten(exec, "more commands were started in containers than are looked at"));
      }
      return;
    }
    const auto body = engine_.get("/exec/" + exec.id + "/json", exec_limit);
    auto told = body.ok() ? read_exec(*body) : Result<FactTree>(body.error());
    if (told.ok()) {
      const auto& health = subjects_.at(container).health;
      if (health.empty() || told->at("command").text != health) found_[container].push_back(std::move(*told));
    } else {
      found_[container].push_back(forgotten(exec, body.ok() || body.error().kind != ErrorKind::not_found
                                                      ? told.error().message
                                                      : "the command has ended, and the engine has forgotten it"));
    }
  }

  DockerSession& engine_;
  const std::map<std::string, ExecSubject>& subjects_;
  std::set<std::string> seen_;
  std::map<std::string, std::vector<FactTree>> found_;
};

}  // namespace

bool ExecEvents::complete_for(const std::string& container) const {
  return complete || (readable && started.contains(container));
}

ExecEvents read_exec_events(std::string_view body) {
  ExecEvents out;
  out.complete = out.readable = true;
  size_t count = 0;
  for (const std::string_view line : split(body, '\n')) {
    if (trim(line).empty()) continue;
    if (++count >= remembered_events) out.complete = false;
    if (count > 10 * remembered_events) {
      out.readable = false;
      break;
    }
    const auto event = JsonReply::parse(line, "GET /events");
    if (!event.ok()) {
      out.complete = out.readable = false;
      continue;
    }
    const std::string action = text_at(event->root(), {"Action"}).value_or("");
    if (action == "start") out.started.insert(text_at(event->root(), {"Actor", "ID"}).value_or(""));
    if (!action.starts_with(exec_action)) continue;
    out.seen.push_back({text_at(event->root(), {"Actor", "Attributes", "execID"}).value_or(""),
                        text_at(event->root(), {"Actor", "ID"}).value_or(""),
                        std::string(trim(std::string_view(action).substr(exec_action.size())))});
  }
  return out;
}

Result<FactTree> read_exec(std::string_view body) {
  PLIMSOLL_TRY(reply, JsonReply::parse(body, "GET /exec/ID/json"));
  const auto process = at(reply.root(), {"ProcessConfig"});
  if (!process || !process->is_object()) {
    return wrong_shape("GET /exec/ID/json");
  }
  Members exec;
  std::string command = text_at(*process, {"entrypoint"}).value_or("");
  const std::string arguments = words_at(*process, {"arguments"}, 0);
  if (!arguments.empty()) command += " " + arguments;
  exec["command"] = FactTree::of(std::move(command));
  const auto privileged = truth_at(*process, {"privileged"});
  exec["privileged"] = privileged ? FactTree::of(*privileged) : FactTree::unknown_because("the engine does not say");
  exec["user"] = FactTree::of(text_at(*process, {"user"}).value_or(""));  // empty: the container's own
  exec["running"] = FactTree::of(truth_at(reply.root(), {"Running"}).value_or(false));
  return FactTree::map_of(std::move(exec), "/exec");
}

std::string health_command(Json inspect) {
  const auto test = array_at(inspect, {"Config", "Healthcheck", "Test"});
  std::string_view first;
  if (!test || test->size() < 2 || test->at(0).get(first) != simdjson::SUCCESS) return "";
  const std::string rest = words_at(inspect, {"Config", "Healthcheck", "Test"}, 1);
  return first == "CMD" ? rest : first == "CMD-SHELL" ? "/bin/sh -c " + rest : "";
}

std::vector<std::string> exec_ids(Json inspect) {
  std::vector<std::string> out;
  if (const auto ids = array_at(inspect, {"ExecIDs"})) {
    for (const Json id : *ids) {
      std::string_view text;
      if (id.get(text) == simdjson::SUCCESS) out.emplace_back(text);
    }
  }
  return out;
}

std::map<std::string, FactTree> ask_execs(DockerSession& engine, const std::map<std::string, ExecSubject>& subjects,
                                          Instant now) {
  return Asker(engine, subjects).run(now);
}

}  // namespace plimsoll::runtime

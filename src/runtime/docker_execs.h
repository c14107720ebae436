#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/fact_tree.h"
#include "runtime/docker_session.h"
#include "runtime/json_reply.h"

namespace plimsoll::runtime {

// Commands started in running containers (`docker exec`), as far as the engine still knows them: what runs now by
// inspect's ExecIDs, what ran by the engine's memory of events, which holds the last 256 of them and of an exec neither
// user nor privileges; those GET /exec/ID/json tells until the engine forgets the exec, some minutes after its end.

struct ExecSeen {
  std::string id, container, command;
  bool operator==(const ExecSeen&) const = default;
};
struct ExecEvents {
  std::vector<ExecSeen> seen;
  std::set<std::string> started;  // containers whose start is among the events, and so all that came after it
  bool readable = false;          // every line was understood
  bool complete = false;          // all events since the engine started were there, and understood
  bool complete_for(const std::string& container) const;
};

// GET /events?until=now: one JSON object after the other, a line each. A line that breaks the format makes the list
// incomplete for every container.
ExecEvents read_exec_events(std::string_view body);

// GET /exec/ID/json as an item of `execs`: {command, privileged, user, running}.
Result<FactTree> read_exec(std::string_view body);

// The command of a container's health check as its exec events show it; empty when it has none.
std::string health_command(Json inspect);
// ExecIDs of inspect.
std::vector<std::string> exec_ids(Json inspect);

// What is asked about.
struct ExecSubject {
  std::string health;              // health_command(): the engine's own probes are left out
  std::vector<std::string> execs;  // exec_ids()
};

// Member `execs` of each container of `subjects` (by id): {list: [...], complete: true or unknown}. Asks for the events
// once and for at most 64 execs; `now` bounds the events.
std::map<std::string, FactTree> ask_execs(DockerSession& engine, const std::map<std::string, ExecSubject>& subjects,
                                          Instant now);

}  // namespace plimsoll::runtime

#pragma once
#include <string>
#include <vector>

namespace plimsoll {

enum class Certainty { maybe, likely, sure };
enum class Tristate { no, unknown, yes };

// Where a route ends. Only those to the host open the container's door to it; the others are told and weigh little
// (docs/decisions/0007).
enum class Leads { host, secrets, sideways, outage };

// A named condition about one container (or its host), evaluated; input of the routes. Names: docs/routes.md.
struct Condition {
  std::string name;  // "cap.SYS_ADMIN", "pidns.host", "socket.runtime.usable"
  Tristate state = Tristate::unknown;
  std::string evidence;  // what was read and where, or why it is unknown
  bool operator==(const Condition&) const = default;
};

// A way out of a container, mostly to its host, found open (or possibly open).
struct RouteFinding {
  std::string id;         // "esc.privileged"
  std::string title;      // our words
  std::string remedy;     // the single change that removes it
  std::string technique;  // ATT&CK id(s)
  Certainty certainty = Certainty::maybe;
  bool assessed = true;             // false: a fact is unknown; "possible, not assessed", no probability given
  std::vector<Condition> evidence;  // the conditions that hold (or are unknown)
  std::string threat_id;            // the CVE, for kernel and runtime routes
  Leads leads = Leads::host;
  bool operator==(const RouteFinding&) const = default;
};

// A condition that no fact of a machine tells: what an attacker may do, how a feature is used.
bool is_unknowable(const std::string& condition);

// Not assessed, and a better look at the machine would not change that.
bool hangs_on_unknowable(const RouteFinding& route);

}  // namespace plimsoll

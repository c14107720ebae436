#pragma once
#include <string>
#include <vector>

namespace plimsoll {

enum class Certainty { maybe, likely, sure };
enum class Tristate { no, unknown, yes };

// A named condition about one container (or its host), evaluated; input of the routes. Names: docs/routes.md.
struct Condition {
  std::string name;  // "cap.SYS_ADMIN", "pidns.host", "socket.runtime.usable"
  Tristate state = Tristate::unknown;
  std::string evidence;  // what was read and where, or why it is unknown
  bool operator==(const Condition&) const = default;
};

// A way from a container to its host, found open (or possibly open).
struct RouteFinding {
  std::string id;         // "esc.privileged"
  std::string title;      // our words
  std::string remedy;     // the single change that removes it
  std::string technique;  // ATT&CK id(s)
  Certainty certainty = Certainty::maybe;
  bool assessed = true;             // false: a fact is unknown; "possible, not assessed", no probability given
  std::vector<Condition> evidence;  // the conditions that hold (or are unknown)
  std::string threat_id;            // the CVE, for kernel and runtime routes
  bool operator==(const RouteFinding&) const = default;
};

}  // namespace plimsoll

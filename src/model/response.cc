#include "model/response.h"

#include <algorithm>

#include "model/name_table.h"

namespace plimsoll {
namespace {

constexpr NameTable<ResponseMode, 3> modes{{"observe", "ask", "enforce"}};
constexpr NameTable<OnStop, 2> on_stops{{"keep", "release"}};
constexpr NameTable<ActionKind, 13> actions{{"alert", "mark", "scan", "capture", "snapshot", "cut-wan", "quarantine",
                                             "block", "pause", "stop", "kill", "restart", "disconnect"}};
constexpr NameTable<ResponsePhase, 8> phases{
    {"asked", "refused", "planned", "applied", "verified", "failed", "undoing", "done"}};
constexpr NameTable<StepState, 6> steps{{"waiting", "applied", "verified", "failed", "undone", "kept"}};

bool fits_one(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                         [&](const std::string& pattern) { return fits_pattern(pattern, text); });
}

// Where orchestrators write it.
std::string namespace_of(const Asset& asset) {
  for (const char* key : {"io.kubernetes.pod.namespace", "com.docker.compose.project", "com.docker.stack.namespace"}) {
    if (const auto found = asset.labels.find(key); found != asset.labels.end()) return found->second;
  }
  return {};
}

}  // namespace

std::string_view name_of(ResponseMode v) { return modes.of(v); }
std::string_view name_of(OnStop v) { return on_stops.of(v); }
std::string_view name_of(ActionKind v) { return actions.of(v); }
std::string_view name_of(ResponsePhase v) { return phases.of(v); }
std::string_view name_of(StepState v) { return steps.of(v); }
std::optional<ResponseMode> parse_response_mode(std::string_view t) { return modes.parse(t); }
std::optional<OnStop> parse_on_stop(std::string_view t) { return on_stops.parse(t); }
std::optional<ActionKind> parse_action_kind(std::string_view t) { return actions.parse(t); }
std::optional<ResponsePhase> parse_response_phase(std::string_view t) { return phases.parse(t); }
std::optional<StepState> parse_step_state(std::string_view t) { return steps.parse(t); }

// The last star is the only one that is ever gone back to: what an earlier one took can stay as it is.
bool fits_pattern(std::string_view pattern, std::string_view text) {
  size_t at = 0, in = 0, star = std::string_view::npos, taken = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      taken = in;
    } else if (at < pattern.size() && pattern[at] == text[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++taken;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

bool has_label(const std::vector<std::string>& wanted, const std::map<std::string, std::string>& labels) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& label) {
    const size_t equals = label.find('=');
    const auto found = labels.find(label.substr(0, equals));
    return found != labels.end() &&
           (equals == std::string::npos || fits_pattern(std::string_view(label).substr(equals + 1), found->second));
  });
}

bool is_selected(const AssetSelection& selection, const Asset& asset) {
  if (!selection.kinds.empty() &&
      std::find(selection.kinds.begin(), selection.kinds.end(), asset.kind) == selection.kinds.end())
    return false;
  if (!selection.labels.empty() && !has_label(selection.labels, asset.labels)) return false;
  return fits_one(selection.images, asset.image) && fits_one(selection.names, asset.name) &&
         fits_one(selection.nodes, asset.node) && fits_one(selection.namespaces, namespace_of(asset));
}

}  // namespace plimsoll

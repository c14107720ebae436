#include "respond/actor.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/text.h"
#include "respond/cut.h"
#include "respond/snapshot.h"
#include "wire/response_json.h"

namespace plimsoll::respond {
namespace {

constexpr int stop_seconds = 5;

// The networks a step left, a line each: id, name, addresses, aliases, between tabs.
std::string networks_text(const std::vector<runtime::JoinedNetwork>& networks) {
  std::string out;
  for (const runtime::JoinedNetwork& n : networks)
    out += n.id + "\t" + n.name + "\t" + n.address4 + "\t" + n.address6 + "\t" + join(n.aliases, ",") + "\n";
  return out;
}

std::vector<runtime::JoinedNetwork> networks_of(const std::string& text) {
  std::vector<runtime::JoinedNetwork> out;
  for (const std::string_view line : split(text, '\n')) {
    const auto parts = split(line, '\t');
    if (parts.size() != 5) continue;
    runtime::JoinedNetwork network{
        std::string(parts[0]), std::string(parts[1]), std::string(parts[2]), std::string(parts[3]), {}};
    for (const std::string_view alias : split(parts[4], ',')) {
      if (!alias.empty()) network.aliases.emplace_back(alias);
    }
    out.push_back(std::move(network));
  }
  return out;
}

bool is_on(const Target& target, const runtime::JoinedNetwork& network) {
  return std::any_of(target.state.networks.begin(), target.state.networks.end(),
                     [&](const runtime::JoinedNetwork& n) { return n.name == network.name; });
}

Error not_so(std::string what) { return {ErrorKind::unreachable, std::move(what)}; }

Result<runtime::ContainerState> now(const Target& target) { return target.engine->inspect(target.state.id.value); }

constexpr const char* was_paused = "paused";
constexpr const char* was_ended = "ended";
constexpr const char* ended_for_good = "ended for good";  // no engine starts it again

}  // namespace

bool Actor::lasts(ActionKind kind) {
  return is_cut(kind) || kind == ActionKind::mark || kind == ActionKind::pause || kind == ActionKind::stop ||
         kind == ActionKind::kill || kind == ActionKind::disconnect;
}

bool Actor::stays(const ResponseStep& step) { return !lasts(step.action.kind) || step.before == ended_for_good; }

std::string Actor::cut_id(const ResponseRecord& record, size_t step) {
  std::string out = record.id + "_" + std::to_string(step);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

std::string Actor::capture_file(const ResponseRecord& record, size_t step) const {
  return ground_.evidence_directory(record.id) + "/capture-" + std::to_string(step) + ".pcapng";
}

Status Actor::prepare(ResponseStep& step, const Target& target) const {
  const runtime::ContainerState& state = target.state;
  step.what = wire::describe_action(step.action);
  switch (step.action.kind) {
    case ActionKind::quarantine:
    case ActionKind::wan_cut:
    case ActionKind::block: {
      PLIMSOLL_TRY(where, network_of(target));
      step.undo = "take our table \"plimsoll\" out of its network namespace";
      break;
    }
    case ActionKind::pause:
      if (!state.running) return Error{ErrorKind::conflict, "it does not run, so it cannot be paused"};
      step.undo = state.paused ? "nothing: it was paused before" : "unpause it";
      step.before = state.paused ? was_paused : "";
      break;
    case ActionKind::stop:
    case ActionKind::kill:
      step.undo = state.running ? "start it again" : "nothing: it did not run";
      step.before = state.running ? "" : was_ended;
      if (const Status again = target.engine->takes(runtime::Order::start); state.running && !again.ok()) {
        step.undo = "nothing: " + again.error().message;
        step.before = ended_for_good;
      }
      break;
    case ActionKind::restart:
      PLIMSOLL_CHECK(target.engine->takes(runtime::Order::restart));
      step.before = state.started_at;
      break;
    case ActionKind::disconnect: {
      PLIMSOLL_CHECK(target.engine->takes(runtime::Order::networks));
      std::vector<runtime::JoinedNetwork> left;
      for (const runtime::JoinedNetwork& network : state.networks) {
        if (step.action.network.empty() || network.name == step.action.network) left.push_back(network);
      }
      if (left.empty())
        return Error{ErrorKind::not_found, "it is on no such network: " + printable(step.action.network, 100)};
      if (state.network_mode == "host" || state.network_mode.starts_with("container:"))
        return Error{ErrorKind::denied, "it uses the network of the host or of another container"};
      step.before = networks_text(left);
      step.undo = "connect it again, with the addresses it had";
      break;
    }
    case ActionKind::mark:
      step.undo = "take the mark off";
      break;
    default:
      break;
  }
  return Done{};
}

Status Actor::apply(const ResponseRecord& record, size_t step, const Target& target) {
  const ResponseStep& it = record.steps[step];
  const std::string& id = target.state.id.value;
  switch (it.action.kind) {
    case ActionKind::quarantine:
    case ActionKind::wan_cut:
    case ActionKind::block:
      return apply_cut(record, step, target);
    case ActionKind::pause:
      return target.state.paused ? Status(Done{}) : target.engine->pause(id);
    case ActionKind::stop:
      return target.state.running ? target.engine->stop(id, stop_seconds) : Status(Done{});
    case ActionKind::kill:
      return target.state.running ? target.engine->kill(id) : Status(Done{});
    case ActionKind::restart:
      return restart(it, target);
    case ActionKind::disconnect:
      return disconnect(it, target);
    case ActionKind::capture:
      return begin_capture(record, step, target);
    case ActionKind::snapshot:
      return Done{};  // taken when it is verified: what it says is its proof
    case ActionKind::alert:
      return ground_.alert(record, it.action);
    case ActionKind::scan:
      ground_.scan();
      return Done{};
    case ActionKind::mark:
      return Done{};  // the open record is the mark
  }
  return Error{ErrorKind::bug, "an action that is not known"};
}

Result<std::string> Actor::verify(const ResponseRecord& record, size_t step, const Target& target) {
  const ResponseStep& it = record.steps[step];
  if (is_cut(it.action.kind)) return verify_cut(record, step, target);
  if (it.action.kind == ActionKind::snapshot)
    return take_snapshot(ground_.machine, target, ground_.evidence_directory(record.id));
  if (it.action.kind == ActionKind::capture) return "goes on, into " + capture_file(record, step);
  if (it.action.kind == ActionKind::mark) return std::string("the asset bears the mark");
  if (it.action.kind == ActionKind::alert) return std::string("told to the service, which sends it");
  if (it.action.kind == ActionKind::scan) return std::string("asked for");
  PLIMSOLL_TRY(state, now(target));
  switch (it.action.kind) {
    case ActionKind::pause:
      if (state.paused) return std::string("its engine says it is paused");
      return not_so("it is not paused");
    case ActionKind::stop:
    case ActionKind::kill:
      if (!state.running && !state.restarting) return std::string("it does not run");
      return not_so(state.restarting ? "its engine starts it again" : "it runs");
    case ActionKind::restart:
      if (state.running && state.started_at != it.before) return "runs since " + printable(state.started_at, 40);
      return not_so("it was not started anew");
    default: {
      const Target at_present{target.id, state, target.engine};
      for (const runtime::JoinedNetwork& network : networks_of(it.before)) {
        if (is_on(at_present, network)) return not_so("it is still on the network " + printable(network.name, 100));
      }
      return "on " + std::to_string(state.networks.size()) + " networks now";
    }
  }
}

Status Actor::undo(const ResponseRecord& record, size_t step, const Target& target) {
  const ResponseStep& it = record.steps[step];
  const std::string& id = target.state.id.value;
  switch (it.action.kind) {
    case ActionKind::quarantine:
    case ActionKind::wan_cut:
    case ActionKind::block:
      return undo_cut(record, step, target);
    case ActionKind::pause:
      return it.before == was_paused || !target.state.paused ? Status(Done{}) : target.engine->unpause(id);
    case ActionKind::stop:
    case ActionKind::kill:
      return it.before == was_ended || stays(it) || target.state.running ? Status(Done{}) : target.engine->start(id);
    case ActionKind::disconnect:
      return connect_again(it, target);
    case ActionKind::capture:
      captures_.stop(capture_file(record, step));
      return Done{};
    default:
      return Done{};
  }
}

Status Actor::still_there(const ResponseRecord& record, size_t step, const Target& target) {
  const ResponseStep& it = record.steps[step];
  if (is_cut(it.action.kind)) return target.state.pid == 0 ? Status(Done{}) : cut_still_there(record, step, target);
  if (it.action.kind == ActionKind::pause && !target.state.paused)
    return Error{ErrorKind::conflict, "somebody unpaused or ended it"};
  if ((it.action.kind == ActionKind::stop || it.action.kind == ActionKind::kill) && target.state.running)
    return Error{ErrorKind::conflict, "somebody started it"};
  return Done{};
}

std::vector<Cut> Actor::with_others(const ResponseRecord& record, size_t step, uint64_t inode) const {
  const std::string id = cut_id(record, step);
  std::vector<Cut> cuts = ground_.cuts_in(inode, id);
  cuts.push_back({id, record.steps[step].action});
  return cuts;
}

Status Actor::apply_cut(const ResponseRecord& record, size_t step, const Target& target) {
  PLIMSOLL_TRY(where, network_of(target));
  const std::vector<Cut> cuts = with_others(record, step, where.inode);
  return put_cuts(where, cuts, ground_.wan);
}

Result<std::string> Actor::verify_cut(const ResponseRecord& record, size_t step, const Target& target) {
  PLIMSOLL_TRY(where, network_of(target));
  const std::vector<Cut> cuts = with_others(record, step, where.inode);
  PLIMSOLL_TRY(look, look_at_cuts(where, cuts, ground_.wan, expected_));
  if (!look.as_written) return not_so("its rules, read back, are not those that were written");
  if (look.leak) return not_so(look.seen);
  return "rules read back; " + look.seen;
}

Status Actor::undo_cut(const ResponseRecord& record, size_t step, const Target& target) {
  if (target.state.pid == 0) return Done{};  // its network namespace is gone, and the rules with it
  PLIMSOLL_TRY(where, network_of(target));
  const std::vector<Cut> cuts = ground_.cuts_in(where.inode, cut_id(record, step));
  PLIMSOLL_CHECK(put_cuts(where, cuts, ground_.wan));
  PLIMSOLL_TRY(gone, cuts_are_there(where, cuts, ground_.wan, expected_));
  if (!gone) return not_so("its rules are still there");
  return Done{};
}

Status Actor::cut_still_there(const ResponseRecord& record, size_t step, const Target& target) {
  PLIMSOLL_TRY(where, network_of(target));
  const std::vector<Cut> cuts = with_others(record, step, where.inode);
  PLIMSOLL_TRY(there, cuts_are_there(where, cuts, ground_.wan, expected_));
  if (there) return Done{};
  return Error{ErrorKind::not_found, "its rules were gone: it was started anew, or somebody took them away"};
}

Status Actor::restart(const ResponseStep& step, const Target& target) {
  if (target.state.started_at != step.before) return Done{};  // before a crash of ours
  return target.engine->restart(target.state.id.value, stop_seconds);
}

Status Actor::disconnect(const ResponseStep& step, const Target& target) {
  for (const runtime::JoinedNetwork& network : networks_of(step.before)) {
    if (is_on(target, network)) PLIMSOLL_CHECK(target.engine->disconnect(target.state.id.value, network.id));
  }
  return Done{};
}

Status Actor::connect_again(const ResponseStep& step, const Target& target) {
  for (const runtime::JoinedNetwork& network : networks_of(step.before)) {
    if (is_on(target, network)) continue;
    const std::string& id = target.state.id.value;
    const Status done = target.engine->connect(id, network);
    if (done.ok() || done.error().kind == ErrorKind::not_found) continue;  // the network itself may be gone
    // Networks without a subnet of the user's own take no wishes about addresses.
    PLIMSOLL_CHECK(target.engine->connect(id, {network.id, network.name, {}, {}, {}}));
  }
  return Done{};
}

Status Actor::begin_capture(const ResponseRecord& record, size_t step, const Target& target) {
  const std::string file = capture_file(record, step);
  std::error_code fault;
  std::filesystem::create_directories(ground_.evidence_directory(record.id), fault);
  if (std::filesystem::exists(file, fault)) return Done{};  // before a crash of ours
  PLIMSOLL_TRY(where, network_of(target));
  const ResponseAction& action = record.steps[step].action;
  return captures_.start(file, where, action.lasts, action.most_bytes);
}

}  // namespace plimsoll::respond

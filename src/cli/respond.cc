// plimsoll respond: what is in force, and what a person wants done. Asks the engine of `plimsoll serve` where that
// runs; else it is the engine itself, for as long as what it did is in force.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <thread>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/duration.h"
#include "cli/exit_code.h"
#include "cli/scan_options.h"
#include "model/names.h"
#include "respond/control.h"
#include "respond/responder.h"
#include "respond/store.h"
#include "wire/json_writer.h"
#include "wire/response_json.h"

namespace plimsoll::cli {
namespace {

using Kind = wire::ResponseRequest::Kind;

struct RespondOptions {
  std::string directory = respond::default_directory(), docker_socket = "/var/run/docker.sock", policy;
  std::string format = "table", id, why = "asked for on the command line";
  bool all = false, yes = false;
  std::string action, container, expires = "1h", peer, network, transport;
  std::vector<std::string> allow;
  uint16_t port = 0;
};

void print_steps(const ResponseRecord& record) {
  for (const ResponseStep& step : record.steps) {
    std::printf("    %-8s %s\n", std::string(name_of(step.state)).c_str(), printable(step.what).c_str());
    if (!step.note.empty()) std::printf("             %s\n", printable(step.note).c_str());
    if (!step.undo.empty()) std::printf("             undone by: %s\n", printable(step.undo).c_str());
  }
}

void print_record(const ResponseRecord& record) {
  std::printf("%s  %s  %s\n", record.id.c_str(), std::string(name_of(record.phase)).c_str(),
              printable(record.asset_name).c_str());
  std::printf("    %s: %s\n", record.rule.empty() ? "by hand" : ("rule " + printable(record.rule)).c_str(),
              printable(record.why).c_str());
  if (record.phase == ResponsePhase::asked) {
    std::printf("    waits for approval until %s\n", format_rfc3339(record.ask_until).c_str());
  } else if (is_open(record.phase)) {
    std::printf("    until %s\n", record.until == Instant{} ? "it is released" : format_rfc3339(record.until).c_str());
  } else if (!record.changes.empty()) {
    std::printf("    %s, %s\n", format_rfc3339(record.changes.back().at).c_str(),
                printable(record.changes.back().note).c_str());
  }
  print_steps(record);
}

int run_list(const RespondOptions& options) {
  Result<std::vector<ResponseRecord>> records = respond::read_records(options.directory);
  if (!records.ok() && records.error().kind != ErrorKind::not_found) return fail(records.error(), exit_incomplete);
  std::vector<ResponseRecord> shown;
  if (records.ok()) {
    for (ResponseRecord& record : *records) {
      if (options.all || is_open(record.phase)) shown.push_back(std::move(record));
    }
  }
  if (options.format == "json") {
    wire::JsonWriter out;
    out.begin_array();
    for (const ResponseRecord& record : shown) wire::write_response(out, record);
    out.end_array();
    std::printf("%s\n", std::move(out).take().c_str());
    return exit_done;
  }
  for (const ResponseRecord& record : shown) print_record(record);
  if (shown.empty()) std::puts(options.all ? "nothing was ever done" : "nothing is in force, and nothing waits");
  return exit_done;
}

// The engine in this process, where no service runs one.
Result<std::unique_ptr<respond::Responder>> own_engine(const system::Machine& machine, const RespondOptions& options) {
  PLIMSOLL_TRY(policy, load_policy(options.policy));
  respond::ResponderSettings settings;
  settings.directory = options.directory;
  settings.policy = policy.responses;
  settings.wan = policy.network;
  settings.docker_socket = options.docker_socket;
  settings.changed = [](const ResponseRecord&) {};
  settings.complain = [](const std::string& text) { std::fprintf(stderr, "plimsoll: %s\n", printable(text).c_str()); };
  settings.alert = [](const ResponseRecord&, const ResponseAction&) {
    return Status(Error{ErrorKind::unsupported, "alerts are sent by plimsoll serve, which does not run"});
  };
  settings.scan = [] {};
  return respond::Responder::open(machine, std::move(settings));
}

int run_decision(const RespondOptions& options, Kind kind) {
  wire::ResponseRequest request;
  request.kind = kind;
  request.id = options.id;
  request.actor = "person:root";
  Result<ResponseRecord> done = respond::ask_engine(options.directory, "decide " + wire::request_to_json(request));
  if (!done.ok() && done.error().kind == ErrorKind::not_found) {
    const std::unique_ptr<system::Machine> machine = system::this_machine();
    Result<std::unique_ptr<respond::Responder>> engine = own_engine(*machine, options);
    if (!engine.ok()) return fail(engine.error(), exit_incomplete);
    if (kind != Kind::release)
      return fail({ErrorKind::unreachable, "plimsoll serve does not run, and nothing would undo it on time"},
                  exit_incomplete);
    (*engine)->recover();
    done = (*engine)->decide_for_person(request);
  }
  if (!done.ok()) return fail(done.error(), exit_incomplete);
  print_record(*done);
  return done->phase == ResponsePhase::failed || done->phase == ResponsePhase::undoing ? exit_incomplete : exit_done;
}

Error not_a(const std::string& what, const std::string& text) {
  return {ErrorKind::malformed, "'" + printable(text, 80) + "' is no " + what};
}

Result<ResponseAction> action_of(const RespondOptions& options) {
  ResponseAction out;
  const auto kind = parse_action_kind(options.action);
  if (!kind || *kind == ActionKind::alert || *kind == ActionKind::scan)
    return not_a("action that can be run by hand", options.action);
  out.kind = *kind;
  for (const std::string& text : options.allow) {
    const auto network = parse_prefix(text);
    if (!network) return not_a("network", text);
    out.allow.push_back(*network);
  }
  if (!options.peer.empty()) {
    out.peer = parse_prefix(options.peer);
    if (!out.peer) return not_a("network", options.peer);
  }
  if (options.port != 0) out.port = options.port;
  if (!options.transport.empty()) out.transport = parse_transport(options.transport);
  out.network = options.network;
  if (out.kind == ActionKind::block && !out.peer && !out.port)
    return Error{ErrorKind::malformed, "block needs --peer or --port"};
  return out;
}

// Stays until its time is over or a person ends it, and undoes it then.
int hold(respond::Responder& engine, const std::string& id) {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread working([&] { engine.run(); });
  for (bool open = true; open;) {
    const timespec second{1, 0};
    const bool told = ::sigtimedwait(&signals, nullptr, &second) > 0;
    wire::ResponseRequest request{Kind::release, 0, {}, {}, id, "person:root", {}};
    if (told) (void)engine.decide_for_person(request);
    open = false;
    for (const ResponseRecord& record : engine.records()) open = open || (record.id == id && is_open(record.phase));
  }
  engine.stop(false);
  working.join();
  std::puts("it is over, and undone");
  return exit_done;
}

int run_action(const RespondOptions& options) {
  const Result<ResponseAction> action = action_of(options);
  if (!action.ok()) return fail(action.error(), exit_usage);
  ResponseRecord wanted;
  wanted.id = "r-wanted";
  wanted.asset_name = options.container;
  wanted.why = options.why;
  if (options.expires != "0") {
    const auto lasts = parse_duration(options.expires);
    if (!lasts) return fail(not_a("length of time", options.expires), exit_usage);
    wanted.expires = std::chrono::duration_cast<std::chrono::seconds>(*lasts);
  }
  wanted.steps.resize(1);
  wanted.steps[0].action = *action;
  Result<ResponseRecord> done =
      respond::ask_engine(options.directory, (options.yes ? "run " : "dry ") + wire::response_to_json(wanted));
  std::unique_ptr<system::Machine> machine;
  std::unique_ptr<respond::Responder> engine;
  if (!done.ok() && done.error().kind == ErrorKind::not_found) {
    machine = system::this_machine();
    Result<std::unique_ptr<respond::Responder>> opened = own_engine(*machine, options);
    if (!opened.ok()) return fail(opened.error(), exit_incomplete);
    engine = std::move(*opened);
    done = engine->act_for_person(options.container, {*action}, wanted.expires, options.why, !options.yes);
  }
  if (!done.ok()) return fail(done.error(), exit_incomplete);
  print_record(*done);
  if (!options.yes) std::puts("nothing was done: this is the plan; --yes carries it out");
  if (done->phase == ResponsePhase::failed || done->phase == ResponsePhase::undoing) return exit_incomplete;
  if (!engine || !options.yes || !is_open(done->phase)) return exit_done;
  std::puts("plimsoll serve does not run: this command stays until its time is over; Ctrl-C undoes it now");
  std::fflush(stdout);
  return hold(*engine, done->id);
}

void add_common(CLI::App& command, RespondOptions& options) {
  command.add_option("--respond-dir", options.directory, "Directory of responses (default /var/lib/plimsoll/respond)");
  command.add_option("--docker-socket", options.docker_socket, "Socket of the Docker Engine")
      ->envname("PLIMSOLL_DOCKER_SOCKET");
  command.add_option("--policy", options.policy, "Policy file, laid over the built-in one")->envname("PLIMSOLL_POLICY");
}

void add_decision(CLI::App& respond, Run& run, const std::shared_ptr<RespondOptions>& options, const char* name,
                  const char* help, Kind kind) {
  CLI::App* command = respond.add_subcommand(name, help);
  command->add_option("ID", options->id, "Of the response, as `plimsoll respond list` prints it")->required();
  add_common(*command, *options);
  command->callback([options, &run, kind] { run = [options, kind] { return run_decision(*options, kind); }; });
}

}  // namespace

void add_respond(CLI::App& app, Run& run) {
  const auto options = std::make_shared<RespondOptions>();
  CLI::App* respond = app.add_subcommand("respond", "What was done to containers by rules or by hand, and doing it");
  respond->require_subcommand(1);
  CLI::App* list = respond->add_subcommand("list", "What is in force, and what waits for approval");
  list->add_flag("--all", options->all, "Also what is over");
  list->add_option("--format", options->format, "table or json")->check(CLI::IsMember({"table", "json"}));
  add_common(*list, *options);
  list->callback([options, &run] { run = [options] { return run_list(*options); }; });

  CLI::App* act = respond->add_subcommand("run", "Plan an action on a container; with --yes, do it");
  act->add_option("ACTION", options->action,
                  "mark, capture, snapshot, cut-wan, quarantine, block, pause, stop, kill, restart, disconnect")
      ->required();
  act->add_option("CONTAINER", options->container, "Name or id")->required();
  act->add_flag("--yes", options->yes, "Do it; without, only the plan is shown");
  act->add_option("--for", options->expires, "When it is undone (default 1h); 0: when it is released");
  act->add_option("--why", options->why, "Kept with it");
  act->add_option("--allow", options->allow, "quarantine: a network whose traffic goes on; may be repeated");
  act->add_option("--peer", options->peer, "block: an address or a network");
  act->add_option("--port", options->port, "block: a port, at either end");
  act->add_option("--transport", options->transport, "block: tcp or udp")->check(CLI::IsMember({"tcp", "udp"}));
  act->add_option("--network", options->network, "disconnect: the network's name; without, from all");
  add_common(*act, *options);
  act->callback([options, &run] { run = [options] { return run_action(*options); }; });

  add_decision(*respond, run, options, "release", "End a response, and undo what it did", Kind::release);
  add_decision(*respond, run, options, "approve", "Do what waits for approval", Kind::approve);
  add_decision(*respond, run, options, "refuse", "Do not do what waits for approval", Kind::refuse);
}

}  // namespace plimsoll::cli

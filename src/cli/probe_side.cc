#include "cli/probe_side.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <thread>

#include "analyzer/continuous.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/database_updater.h"
#include "cli/exit_code.h"
#include "cli/policy_watch.h"
#include "cli/probe_link.h"
#include "cli/responding.h"
#include "cli/sandboxed.h"
#include "server/policy_keeper.h"

namespace plimsoll::cli {
namespace {

using AskForResponse = std::function<void(const wire::ResponseRequest& request)>;

// Until the other process ends, or is told to. What it may say is a word; an id, which is compared with those of the
// assets that are known here, and used for nothing else; or a request, which is looked at anew.
void listen_to_service(Probe& probe, analyzer::Watcher& watcher, DatabaseUpdater& updater, const AskForResponse& ask,
                       const server::PolicyKeeper& policies) {
  for (;;) {
    const Result<server::Message> message =
        probe.channel().receive(policies.allowed() ? server::most_policy_message : server::most_request);
    if (!message.ok()) break;
    if (message->type == server::Say::ask_policy) {
      const std::string answer = policies.answer(message->payload);
      if (!answer.empty()) probe.say(server::Say::policy_answer, answer);
      continue;
    }
    if (message->payload.size() > server::most_request) break;
    if (message->type == server::Say::scan_now) watcher.scan_now();
    if (message->type == server::Say::scan_asset && message->payload.size() <= server::most_asked)
      watcher.scan({message->payload});
    if (message->type == server::Say::update_database) updater.start();
    if (message->type != server::Say::respond) continue;
    const Result<wire::ResponseRequest> request = wire::request_from_json(message->payload);
    if (request.ok()) ask(*request);
  }
  probe.channel().close();
  watcher.stop();
}

// Waits for the service; ends it when it does not end by itself. Its exit code.
int end_of(pid_t service) {
  constexpr int tenths = 50;
  int status = 0;
  for (int i = 0; i < tenths; ++i) {
    const pid_t ended = ::waitpid(service, &status, WNOHANG);
    if (ended == service) return WIFEXITED(status) ? WEXITSTATUS(status) : static_cast<int>(exit_internal);
    if (ended < 0 && errno != EINTR) return exit_internal;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ::kill(service, SIGKILL);
  ::waitpid(service, &status, 0);
  return exit_internal;
}

sigset_t ending_signals() {
  sigset_t out;
  ::sigemptyset(&out);
  ::sigaddset(&out, SIGINT);
  ::sigaddset(&out, SIGTERM);
  return out;
}

// A scan may be under way: files are only ever renamed into place, so leaving it loses nothing.
void await_signal(Probe& probe, pid_t service) {
  const sigset_t signals = ending_signals();
  int which = 0;
  if (::sigwait(&signals, &which) != 0) return;
  probe.told_to_end = true;
  if (probe.before_the_end) probe.before_the_end();
  probe.channel().close();
  const int code = end_of(service);
  ::_exit(code);
}

std::chrono::seconds whole_every(const ServeOptions& options, const policy::Policy& policy) {
  return options.scan_every ? std::chrono::seconds(*options.scan_every) : policy.schedule.everything;
}

// Brings policy files that change into force on this side, then on the other: a rule is known here before it is asked
// for. Files that are broken change nothing, and are told over there.
PolicyWatch::Ground policy_changes(const ServeOptions& options, const server::PolicyFiles& first, Probe& probe,
                                   Responding& responding, DatabaseUpdater& updater, analyzer::Watcher& watcher) {
  PolicyWatch::Ground ground;
  ground.path = options.scan.policy_file;
  ground.first = first;
  const auto last = std::make_shared<policy::Policy>();  // that was checked
  ground.check = [&options, last](const server::PolicyFiles& files) -> Status {
    PLIMSOLL_TRY(made, options.service.make_in_force(files));
    *last = std::move(made.policy);
    return Done{};
  };
  ground.changed = [&, last](const server::PolicyFiles& files, const std::string& fault) {
    if (!fault.empty()) {
      std::fprintf(stderr, "plimsoll: the policy files are not in force: %s\n", printable(fault).c_str());
      probe.say(server::Say::policy_fault, fault);
      return;
    }
    responding.replace_policy(*last);
    updater.replace_policy(*last);
    watcher.replace_schedule(whole_every(options, *last), last->schedule.facts);
    probe.say(server::Say::policy, server::to_payload(files));
  };
  return ground;
}

}  // namespace

int probe_for(const ServeOptions& options, const server::InForce& first, pid_t service, server::Channel channel) {
  const policy::Policy& policy = first.policy;
  const auto socket = std::make_shared<Probe>(std::move(channel));
  Result<std::unique_ptr<system::sandbox::Sandbox>> sandbox = start_sandbox();
  if (!sandbox.ok()) {
    socket->channel().close();
    end_of(service);
    return fail(sandbox.error(), exit_incomplete);
  }
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const std::unique_ptr<system::Machine> machine = system::this_machine();
  std::atomic<analyzer::Watcher*> watching{nullptr};
  Responding responding(*machine, options, policy, socket, [&watching] {
    if (analyzer::Watcher* watcher = watching) watcher->scan_now();
  });
  socket->before_the_end = [&responding] { responding.end(); };
  std::thread([socket, service] { await_signal(*socket, service); }).detach();

  analyzer::Watch watch;
  watch.whole_every = whole_every(options, policy);
  watch.facts_every = policy.schedule.facts;
  watch.settings.docker_socket = options.scan.docker_socket;
  watch.settings.repositories = options.scan.repositories;
  watch.settings.changelogs = options.scan.changelogs;
  watch.settings.sandbox = sandbox->get();
  if (!*sandbox) watch.settings.sandbox_off = std::string(no_sandbox_variable) + " is set";
  watch.settings.progress = [&, pace = Pace()](const std::string& step, uint64_t done, uint64_t total) mutable {
    if (pace.is_due(step)) socket->say(server::Say::step, server::to_payload({step, done, total}));
  };
  DatabaseUpdater updater(*socket, options.scan, policy);
  Sender sender(*socket);
  watch.found = [&](const Report& gathered) {
    updater.needs(gathered);
    updater.start_if_due();
    return sender.send(gathered) && socket->say(server::Say::step, "");
  };
  watch.failed = [&](const Error& error) { socket->say(server::Say::failed, printable(error.to_string())); };
  analyzer::Watcher watcher(*machine, std::move(watch));
  watching = &watcher;
  const server::PolicyKeeper keeper(options.service.policies_directory, options.service.policies_by_api);
  std::thread ear([&] {
    listen_to_service(
        *socket, watcher, updater, [&](const wire::ResponseRequest& request) { responding.ask(request); }, keeper);
  });
  {
    const PolicyWatch changes(policy_changes(options, first.files, *socket, responding, updater, watcher));
    watcher.run();
  }
  socket->channel().close();
  ear.join();
  watching = nullptr;
  while (socket->told_to_end) ::pause();
  std::fputs("plimsoll: the process that speaks HTTP has ended\n", stderr);
  const int code = end_of(service);
  return code == exit_done ? static_cast<int>(exit_internal) : code;
}

}  // namespace plimsoll::cli

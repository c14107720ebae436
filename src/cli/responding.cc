#include "cli/responding.h"

#include <cstdio>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "respond/control.h"
#include "respond/responder.h"

namespace plimsoll::cli {
namespace {

respond::ResponderSettings settings_of(const ServeOptions& options, const policy::Policy& policy,
                                       const std::shared_ptr<Probe>& socket, std::function<void()> scan) {
  respond::ResponderSettings settings;
  settings.directory = options.respond_directory;
  settings.policy = policy.responses;
  settings.wan = policy.network;
  settings.docker_socket = options.scan.docker_socket;
  settings.changed = [socket](const ResponseRecord& record) {
    socket->say(server::Say::response, wire::response_to_json(record));
  };
  settings.complain = [](const std::string& text) { std::fprintf(stderr, "plimsoll: %s\n", printable(text).c_str()); };
  settings.alert = [](const ResponseRecord&, const ResponseAction&) { return Status(Done{}); };  // the service tells
  settings.scan = std::move(scan);
  return settings;
}

}  // namespace

struct Responding::Engine {
  std::unique_ptr<respond::Responder> responder;
  std::unique_ptr<respond::Control> control;
  std::function<void(const wire::PlanAnswer&)> answer;
  std::mutex ending;
  std::thread thread;
};

Responding::Responding(const system::Machine& machine, const ServeOptions& options, const policy::Policy& policy,
                       std::shared_ptr<Probe> socket, std::function<void()> scan) {
  Result<std::unique_ptr<respond::Responder>> opened =
      respond::Responder::open(machine, settings_of(options, policy, socket, std::move(scan)));
  if (!opened.ok()) {
    std::fprintf(stderr, "plimsoll: nothing is acted on: %s\n", printable(opened.error().to_string()).c_str());
    return;
  }
  engine_ = std::make_unique<Engine>();
  engine_->responder = std::move(*opened);
  // All of them, once: the journal may have missed the last changes.
  for (const ResponseRecord& record : engine_->responder->records())
    socket->say(server::Say::response, wire::response_to_json(record));
  Result<std::unique_ptr<respond::Control>> control =
      respond::Control::open(options.respond_directory, *engine_->responder);
  if (control.ok())
    engine_->control = std::move(*control);
  else
    std::fprintf(stderr, "plimsoll: `plimsoll respond` cannot ask: %s\n",
                 printable(control.error().to_string()).c_str());
  engine_->answer = [socket](const wire::PlanAnswer& answer) {
    socket->say(server::Say::plan, wire::answer_to_json(answer));
  };
  engine_->thread = std::thread([this] { engine_->responder->run(); });
}

Responding::~Responding() { end(); }

void Responding::ask(const wire::ResponseRequest& request) {
  if (engine_) engine_->responder->ask(request, engine_->answer);
}

void Responding::replace_policy(const policy::Policy& policy) {
  if (engine_) engine_->responder->replace_policy(policy.responses, policy.network);
}

void Responding::end() {
  if (!engine_) return;
  const std::lock_guard lock(engine_->ending);
  if (engine_->thread.joinable()) {
    engine_->responder->stop(true);
    engine_->thread.join();
  }
  engine_->control.reset();
}

bool responds() { return true; }

}  // namespace plimsoll::cli

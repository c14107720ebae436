// plimsoll notify: whether what is to be told would arrive, before it must.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "notify/settings.h"
#include "server/courier_link.h"
#include "server/known_to_settings.h"

namespace plimsoll::cli {
namespace {

struct NotifyOptions {
  std::string config = notify::settings_path, receiver;
};

Result<notify::Settings> load(const NotifyOptions& options) {
  return notify::load_settings(options.config, server::known_to_settings());
}

int run_check(const NotifyOptions& options) {
  const Result<notify::Settings> settings = load(options);
  if (!settings.ok()) return fail(settings.error(), exit_usage);
  for (const notify::Receiver& receiver : settings->receivers) {
    if (receiver.kind == notify::ReceiverKind::directory) continue;
    if (const auto secrets = notify::load_credentials(receiver); !secrets.ok())
      return fail(secrets.error(), exit_usage);
  }
  std::printf("%s: %zu receivers, %zu streams, %zu reports, sign-on %s\n", printable(options.config).c_str(),
              settings->receivers.size(), settings->streams.size(), settings->reports.size(),
              settings->sign_on ? "by a provider" : "by pass phrase");
  return exit_done;
}

int run_list(const NotifyOptions& options) {
  const Result<notify::Settings> settings = load(options);
  if (!settings.ok()) return fail(settings.error(), exit_usage);
  for (const notify::Receiver& receiver : settings->receivers) {
    const std::string where = receiver.address ? shown(*receiver.address) : receiver.path + receiver.url_file;
    std::printf("%-24s %-12s %s\n", receiver.name.c_str(), std::string(name_of(receiver.kind)).c_str(),
                printable(where).c_str());
  }
  return exit_done;
}

// By the same process, with the same rights, as those of plimsoll serve.
int run_test(const NotifyOptions& options) {
  constexpr std::chrono::seconds patience{90};
  Result<notify::Settings> settings = load(options);
  if (!settings.ok()) return fail(settings.error(), exit_usage);
  const notify::Receiver* receiver = settings->receiver(options.receiver);
  if (receiver == nullptr)
    return fail({ErrorKind::not_found, "there is no receiver \"" + printable(options.receiver, 60) + "\"",
                 options.config, "plimsoll notify list shows them"},
                exit_usage);
  settings->receivers = {*receiver};
  Result<server::Courier> courier = server::start_courier(*settings, server::service_user());
  if (!courier.ok()) return fail(courier.error(), exit_incomplete);
  server::CourierLink link(std::move(courier->control));
  for (int tenths = 0; !link.connected() && tenths < 100; ++tenths)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const Result<notify::Message> message = notify::test_message();
  if (!message.ok()) return fail(message.error(), exit_incomplete);
  const std::string payload = "test\n" + options.receiver + "\n" + message_to_json(*message);
  const Result<std::string> reply = link.ask(server::ToCourier::deliver, payload, patience);
  const notify::Outcome outcome = server::CourierLink::outcome_of(reply);
  if (outcome.kind != notify::Outcome::Kind::delivered)
    return fail({ErrorKind::unreachable, outcome.why, options.receiver}, exit_incomplete);
  std::printf("delivered to %s: message %s\n", options.receiver.c_str(), message->id.c_str());
  return exit_done;
}

}  // namespace

void add_notify(CLI::App& app, Run& run) {
  const auto o = std::make_shared<NotifyOptions>();
  CLI::App* notify =
      app.add_subcommand("notify", "Receivers of alerts, events and reports: check the settings, send a test");
  notify->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*body)(const NotifyOptions&)) {
    CLI::App* command = notify->add_subcommand(name, help);
    command->add_option("--config", o->config, "Settings (default /etc/plimsoll/plimsoll.yaml)")
        ->envname("PLIMSOLL_CONFIG");
    command->callback([o, body, &run] { run = [o, body] { return body(*o); }; });
    return command;
  };
  add("check", "Read the settings and the files of secrets; all faults with line and remedy", run_check);
  add("list", "The receivers", run_list);
  add("test", "Send a test message to one receiver, and tell what came of it", run_test)
      ->add_option("receiver", o->receiver, "Its name in the settings")
      ->required();
}

}  // namespace plimsoll::cli

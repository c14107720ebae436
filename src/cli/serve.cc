// plimsoll serve: two processes. This one keeps the rights that probing needs and reads no byte from the network; it
// makes the other, which gives its rights away and does all the rest (src/server). Between them is a socket pair.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/sha256.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/probe_side.h"
#include "cli/responding.h"
#include "cli/rule_files.h"
#include "cli/scan_options.h"
#include "cli/serve_options.h"
#include "journal/journal.h"
#include "policy/policy_files.h"
#include "server/courier.h"
#include "server/known_to_settings.h"
#include "system/errno_error.h"

namespace plimsoll::cli {
namespace {

// The one directory that the service may write: a journal that is a file lies in it.
Status find_state(server::ServiceOptions& service) {
  const std::string& journal = service.journal;
  if (journal.find("://") != std::string::npos) {
    if (service.state.empty()) service.state = journal::default_state();
    return Done{};
  }
  const size_t slash = journal.rfind('/');
  if (slash == std::string::npos || slash == 0)
    return Error{ErrorKind::malformed, "--journal wants a file in a directory of its own, or a URL"};
  if (service.state.empty()) service.state = journal.substr(0, slash);
  if (journal.substr(0, slash) == service.state) return Done{};
  return Error{ErrorKind::malformed, "the journal must lie in the directory that --state names"};
}

// Beside the service's own state, which it must not be in: the service may write there.
std::string respond_directory_of(const std::string& state) {
  return state.empty() ? "/var/lib/plimsoll/respond" : state + "-respond";
}

// Where files of policies may be written: in a directory, or nowhere.
Status find_policies(const std::string& given, server::ServiceOptions& service) {
  std::error_code ignored;
  const bool directory = given.empty() || std::filesystem::is_directory(given, ignored);
  if (directory) service.policies_directory = given.empty() ? policy::policies_directory : given;
  if (directory || !service.policies_by_api) return Done{};
  return Error{ErrorKind::malformed, "--policies-by-api wants --policy to name a directory, or to be left out"};
}

Status check(ServeOptions& options) {
  server::ServiceOptions& service = options.service;
  PLIMSOLL_TRY(listen, server::parse_listen_address(options.listen));
  service.listen = std::move(listen);
  if (service.plain && !service.listen.loopback)
    return Error{
        ErrorKind::malformed, "--plain is for loopback addresses only", {}, "leave it out: TLS needs no setting up"};
  if (service.certificate.empty() != service.key.empty())
    return Error{ErrorKind::malformed, "--certificate and --key go together"};
  service.db = options.scan.db;
  service.acts = responds();
  PLIMSOLL_CHECK(find_policies(options.scan.policy_file, service));
  if (options.respond_directory.empty()) options.respond_directory = respond_directory_of(service.state);
  if (service.journal.empty())
    service.journal = service.state.empty() ? journal::default_path() : service.state + "/journal.db";
  PLIMSOLL_TRY(settings, notify::load_settings(options.config, server::known_to_settings()));
  service.settings = std::move(settings);
  return find_state(service);
}

// No descriptor where nothing leaves the machine.
Result<system::Descriptor> start_courier_for(const notify::Settings& settings) {
  if (!settings.speaks()) return system::Descriptor();
  PLIMSOLL_TRY(courier, server::start_courier(settings, server::service_user()));
  return std::move(courier.control);
}

// What files come to with these rules, which are read once: the service can read none later.
server::MakeInForce in_force_maker(std::vector<benchmark::SourceFile> rule_files) {
  return [rule_files = std::move(rule_files)](const server::PolicyFiles& files) -> Result<server::InForce> {
    server::InForce out;
    out.files = files;
    PLIMSOLL_TRY(policy, policy::parse_policies(files));
    PLIMSOLL_TRY(rules, rule_set_of(rule_files, policy));
    std::string what = server::to_payload(files);
    for (const benchmark::Rule& rule : rules.rules) what += '\n' + rule.id + ' ' + rule.place;
    out.judged_with = sha256_hex(what);
    out.policy = std::move(policy);
    out.rules = std::move(rules);
    return out;
  };
}

int run_serve(ServeOptions options) {
  if (const Status fine = check(options); !fine.ok()) return fail(fine.error(), exit_usage);
  const auto policy_files = policy::read_policy_files(options.scan.policy_file);
  if (!policy_files.ok()) return fail(policy_files.error(), exit_usage);
  auto rule_files = read_rule_files(options.scan.rules);
  if (!rule_files.ok()) return fail(rule_files.error(), exit_incomplete);
  options.service.make_in_force = in_force_maker(std::move(*rule_files));
  Result<server::InForce> in_force = options.service.make_in_force(*policy_files);
  if (!in_force.ok()) return fail(in_force.error(), exit_incomplete);
  tell_ended(in_force->policy);
  // The first process of all: it alone may know the secrets of receivers, and no other must have them in its memory.
  Result<system::Descriptor> courier = start_courier_for(options.service.settings);
  if (!courier.ok()) return fail(courier.error(), exit_usage);
  Result<system::Descriptor> listener = server::listen_on(options.service.listen);
  if (!listener.ok()) return fail(listener.error(), exit_incomplete);
  Result<server::Channel::Pair> pair = server::Channel::make_pair();
  if (!pair.ok()) return fail(pair.error(), exit_incomplete);
  const pid_t parent = ::getpid();
  std::fflush(nullptr);
  // Before there is any thread, and before anything is known that the other need not know.
  const pid_t service = ::fork();
  if (service < 0) return fail(system::errno_error(errno, "make", "a process"), exit_incomplete);
  if (service == 0) {
    pair->probe = server::Channel(system::Descriptor());
    const int code = server::run_service(options.service, std::move(*listener), std::move(pair->server),
                                         std::move(*courier), std::move(*in_force), parent);
    std::fflush(nullptr);
    ::_exit(code);
  }
  pair->server = server::Channel(system::Descriptor());
  *listener = system::Descriptor();
  *courier = system::Descriptor();
  return probe_for(options, *in_force, service, std::move(pair->probe));
}

}  // namespace

void add_serve(CLI::App& app, Run& run) {
  const auto options = std::make_shared<ServeOptions>();
  CLI::App* serve =
      app.add_subcommand("serve", "Keep the picture live: analyzer, journal and HTTP API on this machine");
  serve->add_option("--listen", options->listen, "Address and port (default 127.0.0.1:8443)")
      ->envname("PLIMSOLL_LISTEN");
  serve->add_flag("--plain", options->service.plain, "HTTP without TLS; on loopback addresses only");
  serve->add_option("--host-name", options->service.host_names, "A further name it may be called by");
  serve->add_option("--certificate", options->service.certificate, "Your own TLS certificate chain (PEM)");
  serve->add_option("--key", options->service.key, "The certificate's key (PEM)");
  serve->add_option("--state", options->service.state, "Directory of the journal and of the service's own certificate");
  serve->add_option("--journal", options->service.journal, "Journal: a file, or a postgresql:// URL")
      ->envname("PLIMSOLL_JOURNAL");
  serve
      ->add_option("--config", options->config,
                   "Receivers, streams, scheduled reports, sign-on (default /etc/plimsoll/plimsoll.yaml)")
      ->envname("PLIMSOLL_CONFIG");
  serve->add_option("--respond-dir", options->respond_directory,
                    "Directory of responses and their evidence (default /var/lib/plimsoll/respond, or STATE-respond)");
  serve
      ->add_option("--scan-every", options->scan_every,
                   "Seconds until everything is read again (default: as the policy says, 3600)")
      ->check(CLI::Range(10u, 7u * 24 * 3600));
  serve->add_option("--db", options->scan.db, "Threat database file")->envname("PLIMSOLL_DB");
  serve
      ->add_option("--policy", options->scan.policy_file,
                   "Policy file, or directory of them, laid over the built-in one; read again when it changes")
      ->envname("PLIMSOLL_POLICY");
  serve->add_flag("--policies-by-api", options->service.policies_by_api,
                  "Let admins change files of policies through the API and the page");
  add_rules_option(*serve, options->scan);
  serve->add_option("--docker-socket", options->scan.docker_socket, "Socket of the Docker Engine")
      ->envname("PLIMSOLL_DOCKER_SOCKET");
  serve->add_flag("--repositories", options->scan.repositories,
                  "Ask the package repositories themselves for pending security updates (network)");
  serve->add_flag("--changelogs", options->scan.changelogs,
                  "Name the CVEs in the changelogs of pending Debian and Ubuntu updates (network)");
  serve->callback([options, &run] { run = [options] { return run_serve(*options); }; });
}

}  // namespace plimsoll::cli

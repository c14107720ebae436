#include "server/service.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "journal/journal.h"
#include "server/analyst.h"
#include "server/api.h"
#include "server/certificate.h"
#include "server/graph.h"
#include "server/messenger.h"
#include "server/policy_change.h"
#include "server/policy_desk.h"
#include "server/policy_judge.h"
#include "server/policy_log.h"
#include "server/prepared_graph.h"
#include "server/probe_listener.h"
#include "server/reporter.h"
#include "server/response_alert.h"
#include "server/response_desk.h"
#include "server/sign_on.h"
#include "server/world.h"
#include "wire/response_json.h"

namespace plimsoll::server {
namespace {

void complain(const std::string& text) { std::fprintf(stderr, "plimsoll: %s\n", printable(text).c_str()); }

int fail(const Error& error) {
  complain(error.to_string());
  return 3;
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// The names under which requests may come. Without this check a page of elsewhere, whose name is made to resolve to
// us, could talk to the API in a visitor's browser.
std::vector<std::string> names_of(const ServiceOptions& options) {
  std::vector<std::string> out{"localhost", "127.0.0.1", "::1"};
  if (options.listen.host != "0.0.0.0" && options.listen.host != "::") out.push_back(options.listen.host);
  if (const std::string name = host_name(); !name.empty()) out.push_back(name);
  out.insert(out.end(), options.host_names.begin(), options.host_names.end());
  return out;
}

// How a person reaches it.
std::string address_of(const ServiceOptions& options, const std::vector<std::string>& names, uint16_t port) {
  const bool any = options.listen.host == "0.0.0.0" || options.listen.host == "::";
  std::string host = !options.host_names.empty() ? options.host_names.front()
                     : any                       ? names.back()
                                                 : options.listen.host;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return (options.plain ? "http://" : "https://") + host + ":" + std::to_string(port);
}

Result<std::optional<Tls>> users_certificate(const ServiceOptions& options) {
  constexpr size_t most = 1u << 20;
  if (options.plain || options.certificate.empty()) return std::optional<Tls>();
  PLIMSOLL_TRY(certificate, read_file(options.certificate, most));
  PLIMSOLL_TRY(key, read_file(options.key, most));
  return std::optional<Tls>(Tls{std::move(certificate), std::move(key)});
}

std::vector<SandboxLayer> leave_rights(const ServiceOptions& options, const journal::Place& journal,
                                       const ServiceUser& user, pid_t parent) {
  Kept kept;
  kept.user = user.user;
  kept.group = user.group;
  kept.readable = {directory_of(options.db.empty() ? threatdb::default_path() : options.db), "/etc/ssl", "/usr/lib/ssl",
                   "/usr/share/zoneinfo", "/proc/self"};
  kept.writable = {options.state};
  for (const std::string& file : journal.readable) kept.readable.push_back(directory_of(file));
  kept.local_sockets = journal.local;
  kept.ports = journal.ports;
  kept.parent = parent;
  return give_up_rights(kept);
}

// Steps come quickly; whoever follows them needs a few a second.
class Pacer {
 public:
  bool is_due(const World::Progress& now) {
    const bool running = now.scan.running || now.database.running;
    const auto at = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    if (running && running_ && at - last_ < std::chrono::milliseconds(200)) return false;
    running_ = running;
    last_ = at;
    return true;
  }

 private:
  std::mutex mutex_;
  bool running_ = false;
  std::chrono::steady_clock::time_point last_{};
};

// On standard output, where whoever starts it looks: once, as long as nobody has an account.
Status tell_where(Auth& auth, const std::string& address, const std::optional<Tls>& tls, Instant now) {
  std::printf("plimsoll: serving on %s\n", address.c_str());
  if (tls) std::printf("plimsoll: certificate SHA-256 %s\n", fingerprint_of(*tls).c_str());
  PLIMSOLL_TRY(secret, auth.offer_setup(now));
  if (secret) {
    std::printf(
        "plimsoll: nobody has an account yet; make the first one within a day, by this link, which works once:\n"
        "plimsoll: %s/#setup=%s\n",
        address.c_str(), secret->c_str());
  }
  std::fflush(stdout);
  return Done{};
}

// Tells what is not in force. False: the process would go on with the probe's rights, which it never does.
bool may_go_on(const std::vector<SandboxLayer>& layers) {
  for (const SandboxLayer& layer : layers) {
    if (layer.in_force) continue;
    complain("not in force for the process that speaks HTTP: " + layer.name + ": " + layer.detail);
    if (layer.name == "user" || layer.name == "capabilities") return false;
  }
  return true;
}

Result<std::unique_ptr<journal::Journal>> open_journal(const ServiceOptions& options, const journal::Place& place) {
  // Where SQLite may put what it sorts: it looks for a directory of its own to write in, and there is one only.
  ::setenv("SQLITE_TMPDIR", options.state.c_str(), 1);
  ::setenv("HOME", options.state.c_str(), 1);  // where libpq looks for certificates
  const bool is_file = place.settings.empty();
  PLIMSOLL_TRY(opened, journal::open_journal(place, {false, true, is_file ? "" : options.state + "/journal.key"}));
  if (const std::string anew = opened->health().begun_anew; !anew.empty())
    complain("the journal was damaged and a new one was begun; the old one is " + anew);
  return opened;
}

// The user's own, else ours; none where HTTP is spoken without.
Result<std::optional<Tls>> certificate_of(const ServiceOptions& options, std::optional<Tls> given,
                                          const std::vector<std::string>& names) {
  if (options.plain || given) return given;
  PLIMSOLL_TRY(own, own_certificate(options.state, names));
  return std::optional<Tls>(std::move(own));
}

// What of it does not change, without those it can be asked to speak to.
ApiGround ground_of(journal::Journal& journal, World& world, const std::vector<std::string>& names,
                    const PolicyInForce& policy, const std::vector<SandboxLayer>& layers) {
  ApiGround ground{.journal = journal, .world = world, .hosts = names};
  ground.confinement = layers;
  ground.policy = &policy;
  ground.now = wall_clock;
  ground.steady_now = [] {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  ground.page = built_in_page();
  return ground;
}

}  // namespace

int run_service(const ServiceOptions& options, system::Descriptor listener, Channel channel, system::Descriptor courier,
                InForce in_force, pid_t parent) {
  std::signal(SIGINT, SIG_IGN);  // a key on the terminal reaches both; the other process says when to end
  const ServiceUser user = service_user();
  Result<std::optional<Tls>> given = users_certificate(options);
  if (!given.ok()) return fail(given.error());
  if (const Status made = prepare_state(options.state, user); !made.ok()) return fail(made.error());
  const std::string outbox_place = options.state + "/outbox";
  if (courier.valid()) {
    if (const Status made = prepare_state(outbox_place, user); !made.ok()) return fail(made.error());
  }
  // Passwords and names are looked up while that can be done.
  Result<journal::Place> place = journal::find_place(options.journal);
  if (!place.ok()) return fail(place.error());
  const std::vector<SandboxLayer> layers = leave_rights(options, *place, user, parent);
  if (!may_go_on(layers)) return 3;

  Result<std::unique_ptr<journal::Journal>> opened = open_journal(options, *place);
  if (!opened.ok()) return fail(opened.error());
  journal::Journal& journal = **opened;
  const std::vector<std::string> names = names_of(options);
  const Result<std::optional<Tls>> tls = certificate_of(options, std::move(*given), names);
  if (!tls.ok()) return fail(tls.error());

  std::unique_ptr<notify::Outbox> outbox;
  std::unique_ptr<Messenger> messenger;
  if (courier.valid()) {
    Result<std::unique_ptr<notify::Outbox>> found = notify::Outbox::open(outbox_place, {});
    if (!found.ok()) return fail(found.error());
    outbox = std::move(*found);
    messenger = std::make_unique<Messenger>(Messenger::Ground{journal, options.settings, *outbox, host_name()},
                                            std::move(courier));
  }
  PolicyInForce policy(std::move(in_force));
  if (const Status logged = log_policy(journal, policy.now()->files, wall_clock()); !logged.ok())
    complain("the policy in force is not in the journal: " + logged.error().to_string());

  World world;
  std::unique_ptr<HttpServer> server;
  std::unique_ptr<Analyst> analyst;
  std::mutex speaking;  // one message at a time to the probe
  const auto say = [&](Say what, std::string_view payload) {
    const std::lock_guard lock(speaking);
    return channel.send(what, payload).ok();
  };
  ApiGround ground = ground_of(journal, world, names, policy, layers);
  ground.ask_for_scan = [&] { return say(Say::scan_now, ""); };
  ground.ask_for_scan_of = [&](const AssetId& id) {
    return id.value.size() <= most_asked && say(Say::scan_asset, id.value);
  };
  ground.ask_for_update = [&] { return say(Say::update_database, ""); };
  ground.judge_anew = [&] { analyst->judge_anew(); };
  ground.counts = [&] { return server->counts(); };
  std::unique_ptr<Reporter> reporter;
  if (messenger) {
    reporter = std::make_unique<Reporter>(Reporter::Ground{journal, world, *messenger, options.settings, policy});
  }
  std::unique_ptr<SignOnDesk> sign_on;
  if (messenger && options.settings.sign_on)
    sign_on = std::make_unique<SignOnDesk>(*options.settings.sign_on, journal, messenger->link());
  ground.sign_on = sign_on.get();
  ground.messenger = messenger.get();
  ground.reporter = reporter.get();
  ground.settings = &options.settings;
  // A message longer than the other side takes would end it: texts of strangers are cut before (respond asks anew).
  const auto ask = [&](const wire::ResponseRequest& request) {
    const std::string json = wire::request_to_json(request);
    return json.size() <= most_request && say(Say::respond, json);
  };
  const auto alert = [&](const std::string& id, const std::vector<std::string>& to, const ResponseRecord& record) {
    tell_receivers(messenger.get(), options.settings, to, alert_of(id, record, host_name(), wall_clock()), journal);
  };
  ResponseDesk desk({journal, policy.now()->policy.responses, options.acts, ask, wall_clock, alert});
  ground.responses = &desk;
  const TrialGround trial{journal, policy, options.db};
  PolicyDesk policies({options.policies_directory, options.policies_by_api,
                       [&](std::string_view request) { return say(Say::ask_policy, request); },
                       [&policy] { return policy.now()->files; }, options.make_in_force,
                       [&trial](const InForce& other) { return try_on_stored(trial, other, wall_clock()); }});
  ground.policies = &policies;
  PreparedGraph prepared_graph;
  ground.prepared_graph = &prepared_graph;
  Api api(ground);
  const uint16_t port = port_of(listener.get());
  Result<std::unique_ptr<HttpServer>> made = HttpServer::make(
      std::move(listener), *tls, options.limits, [&api](const Request& request) { return api.handle(request); });
  if (!made.ok()) return fail(made.error());
  server = std::move(*made);
  journal.on_events([&](journal::Sequence) {
    server->wake();
    if (messenger) messenger->events_added();
  });
  Pacer pacer;
  world.on_progress([&] {
    if (pacer.is_due(world.progress())) server->wake();
  });
  if (const Status told = tell_where(api.auth(), address_of(options, names, port), *tls, wall_clock()); !told.ok())
    return fail(told.error());
  analyst = std::make_unique<Analyst>(journal, world, policy, Analyst::Settings{options.db},
                                      [&desk](const Report& report) { desk.judge(report); });
  PolicyChange change({journal, world, policy, options.make_in_force,
                       [&](const InForce& now) {
                         desk.replace_policy(now.policy.responses);
                         analyst->judge_anew("policy");
                       },
                       wall_clock});
  std::thread ear([&] {
    listen_to_probe(channel, world, journal, *analyst, desk, policies, change);
    server->stop();
  });
  prepared_graph.start([&api] { return prepare_graph(api); }, [&] { return journal.world_version() + world.shown(); },
                       {});
  server->run();
  prepared_graph.stop();
  channel.close();
  ear.join();
  analyst.reset();
  journal.on_events({});
  return 0;
}

}  // namespace plimsoll::server

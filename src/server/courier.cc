#include "server/courier.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "notify/transfer.h"
#include "server/courier_lanes.h"
#include "server/frames.h"
#include "server/oidc_client.h"
#include "system/errno_error.h"
#include "system/sandbox/broker.h"

namespace plimsoll::server {
namespace {

using notify::Outcome;

// All that is needed to reach the receivers: read once, by the keeper.
struct Bag {
  std::map<std::string, notify::Receiver, std::less<>> receivers;
  std::map<std::string, notify::Credentials, std::less<>> credentials;
  std::vector<std::string> directories;
  std::optional<notify::SignOn> sign_on;
  notify::Credentials sign_on_credentials;
};

Status prepare_directory(const std::string& path, const ServiceUser& user) {
  if (::mkdir(path.c_str(), 0750) == 0) {
    if (::geteuid() == 0 && ::chown(path.c_str(), user.user, user.group) != 0)
      return system::errno_error(errno, "give to the user of the service", path);
    return Done{};
  }
  if (errno != EEXIST) return system::errno_error(errno, "make the directory", path);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return system::errno_error(errno, "look at", path);
  const uid_t owner = ::geteuid() == 0 ? user.user : ::geteuid();
  if (S_ISDIR(status.st_mode) && status.st_uid == owner) return Done{};
  return Error{ErrorKind::denied, "must be a directory of the service's own", printable(path),
               "chown " + std::to_string(owner) + " " + printable(path) + ", or name one that is not there yet"};
}

Result<Bag> fill_bag(const notify::Settings& settings, const ServiceUser& user) {
  Bag out;
  for (const notify::Receiver& receiver : settings.receivers) {
    if (receiver.kind == notify::ReceiverKind::directory) {
      PLIMSOLL_CHECK(prepare_directory(receiver.path, user));
      out.directories.push_back(receiver.path);
    }
    PLIMSOLL_TRY(credentials, notify::load_credentials(receiver));
    out.credentials[receiver.name] = std::move(credentials);
    out.receivers[receiver.name] = receiver;
  }
  if (settings.sign_on) {
    notify::Receiver provider;  // its files are read as those of a receiver
    provider.secret_file = settings.sign_on->client_secret_file;
    provider.ca_file = settings.sign_on->ca_file;
    PLIMSOLL_TRY(credentials, notify::load_credentials(provider));
    out.sign_on_credentials = std::move(credentials);
    out.sign_on = settings.sign_on;
  }
  return out;
}

// What finding and trusting others needs: the resolver's files and modules, the authorities. All of it is readable for
// everybody on the machine; the directories, as their files are replaced by renaming.
std::vector<SandboxLayer> leave_rights(const Bag& bag, const ServiceUser& user, pid_t keeper) {
  Kept kept;
  kept.user = user.user;
  kept.group = user.group;
  kept.readable = {"/etc",
                   "/usr/lib",
                   "/usr/share/ca-certificates",
                   "/usr/local/share/ca-certificates",
                   "/run/systemd/resolve",
                   "/run/NetworkManager",
                   "/run/resolvconf"};
  kept.writable = bag.directories;
  kept.connects = true;
  kept.parent = keeper;
  return give_up_rights(kept);
}

std::string_view name_of(Outcome::Kind kind) {
  return kind == Outcome::Kind::delivered ? "delivered" : kind == Outcome::Kind::refused ? "refused" : "later";
}

// One courier, for as long as its socket is open.
class Work {
 public:
  Work(const Bag& bag, int socket) : bag_(bag), socket_(socket) {
    if (bag.sign_on) provider_.emplace(*bag.sign_on, bag.sign_on_credentials);
  }

  void tell(FromCourier type, const std::string& payload) {
    const std::lock_guard lock(mutex_);
    (void)send_frame(socket_, static_cast<uint32_t>(type), payload);
  }

  int run() {
    for (;;) {
      Result<Frame> frame = receive_frame(socket_, most_courier_bytes);
      if (!frame.ok()) return frame.error().kind == ErrorKind::not_found ? 0 : 1;
      if (frame->type == static_cast<uint32_t>(ToCourier::deliver)) take(std::move(frame->payload));
      if (frame->type == static_cast<uint32_t>(ToCourier::sign_on)) sign_on(frame->payload);
    }
  }

 private:
  void answer(const std::string& ticket, const Outcome& outcome) {
    tell(FromCourier::outcome, ticket + "\n" + std::string(name_of(outcome.kind)) + "\n" +
                                   std::to_string(outcome.wait.count()) + "\n" + printable(outcome.why, 500) + "\n");
  }

  void take(std::string payload) {
    std::string_view rest = payload;
    const auto ticket = take_line(rest), lane = take_line(rest), receiver = take_line(rest);
    if (!ticket || !lane || !receiver) return;
    const size_t begin = payload.size() - rest.size();
    auto job = [this, ticket = *ticket, lane = *lane, receiver = *receiver, begin, payload = std::move(payload)] {
      answer(ticket, deliver(lane, receiver, std::string_view(payload).substr(begin)));
    };
    if (const Status added = lanes_.add(*lane, std::move(job)); !added.ok())
      answer(*ticket, {Outcome::Kind::later, added.error().message, {}});
  }

  void sign_on(std::string_view payload) {
    const auto ticket = take_line(payload);
    if (!ticket) return;
    const auto tell_answer = [this, ticket = *ticket](const Result<std::string>& answer) {
      tell(FromCourier::answer, ticket + "\n" +
                                    (answer.ok() ? "\n" + *answer
                                                 : std::string(plimsoll::name_of(answer.error().kind)) + "\n" +
                                                       printable(answer.error().message, 500)));
    };
    if (!provider_) return tell_answer(Error{ErrorKind::not_found, "there is no provider"});
    const Status added = lanes_.add(
        "sign-on", [this, tell_answer, json = std::string(payload)] { tell_answer(provider_->answer(json)); });
    if (!added.ok()) tell_answer(added.error());
  }

  // On the lane's thread.
  Outcome deliver(const std::string& lane, const std::string& receiver, std::string_view json) {
    const Result<notify::Message> message = notify::message_from_json(json);
    if (!message.ok()) return {Outcome::Kind::refused, message.error().message, {}};
    notify::Delivery* way = nullptr;
    {
      const std::lock_guard lock(ways_mutex_);
      std::unique_ptr<notify::Delivery>& known = ways_[lane];
      const auto found = bag_.receivers.find(receiver);
      if (found == bag_.receivers.end()) return {Outcome::Kind::refused, "there is no such receiver any more", {}};
      if (!known) known = notify::make_delivery(found->second, bag_.credentials.find(receiver)->second);
      way = known.get();
    }
    return way->deliver(*message);
  }

  const Bag& bag_;
  int socket_;
  std::mutex mutex_;
  std::optional<OidcClient> provider_;  // of the lane "sign-on"
  std::mutex ways_mutex_;
  std::map<std::string, std::unique_ptr<notify::Delivery>>
      ways_;            // by lane; guarded by ways_mutex_, each used by its own
  CourierLanes lanes_;  // last: its threads use the rest
};

std::string layers_payload(const std::vector<SandboxLayer>& layers) {
  std::string out;
  for (const SandboxLayer& layer : layers)
    out += layer.name + "\n" + (layer.in_force ? "1" : "0") + "\n" + printable(layer.detail, 500) + "\n";
  return out;
}

[[noreturn]] void be_courier(const Bag& bag, const ServiceUser& user, int socket, pid_t keeper) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes by write(2)
  (void)notify::load_transfer_library();
  // The modules that look names up are loaded with the first look-up, while programs may still be loaded.
  addrinfo* found = nullptr;
  if (::getaddrinfo("localhost", nullptr, nullptr, &found) == 0) ::freeaddrinfo(found);
  const std::vector<SandboxLayer> layers = leave_rights(bag, user, keeper);
  for (const SandboxLayer& layer : layers) {
    if (!layer.in_force && (layer.name == "user" || layer.name == "capabilities")) ::_exit(3);
  }
  Work work(bag, socket);
  work.tell(FromCourier::layers, layers_payload(layers));
  const int code = work.run();
  ::_exit(code);  // lanes may wait for receivers: nobody waits for them
}

// True when the service is gone: nobody needs a courier.
bool is_over(int control) {
  pollfd one{control, 0, 0};
  return ::poll(&one, 1, 0) > 0 && (one.revents & (POLLHUP | POLLERR)) != 0;
}

[[noreturn]] void be_keeper(const Bag& bag, const ServiceUser& user, system::Descriptor control) {
  using namespace std::chrono;
  constexpr seconds longest_wait{30}, healthy{60};
  const pid_t self = ::getpid();
  for (seconds wait{1}; !is_over(control.get());) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) ::_exit(1);
    const auto began = steady_clock::now();
    const pid_t courier = ::fork();
    if (courier == 0) {
      ::close(ends[0]);
      control = system::Descriptor();
      be_courier(bag, user, ends[1], self);
    }
    ::close(ends[1]);
    const char word = 'c';
    if (courier > 0) (void)system::sandbox::send_message(control.get(), &word, 1, &ends[0], 1);
    ::close(ends[0]);
    int status = 0;
    while (courier > 0 && ::waitpid(courier, &status, 0) < 0 && errno == EINTR) {
    }
    if (steady_clock::now() - began > healthy) wait = seconds(1);
    for (seconds waited{0}; waited < wait && !is_over(control.get()); ++waited) std::this_thread::sleep_for(seconds(1));
    wait = std::min(wait * 2, longest_wait);
  }
  ::_exit(0);
}

}  // namespace

std::optional<std::string> take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string out(text.substr(0, end));
  text.remove_prefix(end + 1);
  return out;
}

Result<Courier> start_courier(const notify::Settings& settings, const ServiceUser& user) {
  int ends[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return system::errno_error(errno, "make", "a socket pair");
  Courier out{system::Descriptor(ends[0]), -1};
  system::Descriptor other(ends[1]);
  const pid_t parent = ::getpid();
  out.keeper = ::fork();
  if (out.keeper < 0) return system::errno_error(errno, "make", "a process");
  if (out.keeper == 0) {
    out.control = system::Descriptor();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != parent) ::_exit(1);
    // Told by whoever waits for the program; a key on the terminal reaches all of its processes.
    ::signal(SIGINT, SIG_IGN);
    ::signal(SIGTERM, SIG_DFL);
    const Result<Bag> bag = fill_bag(settings, user);
    const std::string word = bag.ok() ? "ready" : printable(bag.error().to_string(), 2000);
    if (!system::sandbox::send_message(other.get(), word.data(), word.size(), nullptr, 0) || !bag.ok()) ::_exit(3);
    be_keeper(*bag, user, std::move(other));
  }
  other = system::Descriptor();
  char word[2100] = {};
  size_t count = 0;
  const ssize_t got = system::sandbox::receive_message(out.control.get(), word, sizeof word, nullptr, 0, count);
  const std::string said(word, got > 0 ? static_cast<size_t>(got) : 0);
  if (said == "ready") return out;
  int status = 0;
  ::waitpid(out.keeper, &status, 0);
  return Error{ErrorKind::denied, said.empty() ? "the process that speaks to receivers does not start" : said};
}

Result<system::Descriptor> receive_courier(int control) {
  char word = 0;
  int descriptor = -1;
  size_t count = 0;
  for (;;) {
    const ssize_t got = system::sandbox::receive_message(control, &word, 1, &descriptor, 1, count);
    if (got <= 0) return Error{ErrorKind::not_found, "the process that speaks to receivers is gone"};
    if (count == 1) return system::Descriptor(descriptor);
  }
}

}  // namespace plimsoll::server

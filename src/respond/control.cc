#include "respond/control.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "system/errno_error.h"

namespace plimsoll::respond {
namespace {

constexpr size_t most_line = size_t{1} << 20;
constexpr int patience_seconds = 5;   // for a client to say what it wants
constexpr int client_patience = 120;  // for an engine that stops a container, say

std::string path_in(const std::string& directory) { return directory + "/control.sock"; }

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Error{ErrorKind::limit, "the path is too long for a socket", path};
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

void set_patience(int socket, int seconds) {
  const timeval patience{seconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

Result<std::string> read_line(int socket) {
  std::string out;
  char buffer[4096];
  while (out.size() < most_line) {
    const ssize_t got = ::recv(socket, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    out.append(buffer, static_cast<size_t>(got));
    if (out.back() == '\n') return out.substr(0, out.size() - 1);
  }
  return Error{ErrorKind::unreachable, "the other side broke off"};
}

Status write_line(int socket, std::string line) {
  line += '\n';
  size_t at = 0;
  while (at < line.size()) {
    const ssize_t sent = ::send(socket, line.data() + at, line.size() - at, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return Error{ErrorKind::unreachable, "the other side broke off"};
    at += static_cast<size_t>(sent);
  }
  return Done{};
}

bool may_ask(int socket) {
  ucred who{};
  socklen_t length = sizeof who;
  return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0 && (who.uid == 0 || who.uid == ::geteuid());
}

std::string said(const Result<ResponseRecord>& result) {
  return result.ok() ? "ok " + wire::response_to_json(*result) : "no " + printable(result.error().to_string());
}

}  // namespace

std::string control_answer(std::string_view line, Responder& responder) {
  const size_t blank = line.find(' ');
  const std::string_view verb = line.substr(0, blank);
  const std::string_view rest = blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
  if (verb == "decide") {
    const Result<wire::ResponseRequest> request = wire::request_from_json(rest);
    return request.ok() ? said(responder.decide_for_person(*request)) : "no " + request.error().to_string();
  }
  if (verb != "run" && verb != "dry") return "no such question";
  const Result<ResponseRecord> wanted = wire::response_from_json(rest);
  if (!wanted.ok()) return "no " + wanted.error().to_string();
  std::vector<ResponseAction> actions;
  for (const ResponseStep& step : wanted->steps) actions.push_back(step.action);
  return said(
      responder.act_for_person(wanted->asset_name, std::move(actions), wanted->expires, wanted->why, verb == "dry"));
}

Result<std::unique_ptr<Control>> Control::open(const std::string& directory, Responder& responder) {
  const std::string path = path_in(directory);
  PLIMSOLL_TRY(address, address_of(path));
  system::Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  system::Descriptor end(::eventfd(0, EFD_CLOEXEC));
  if (!listener.valid() || !end.valid()) return system::errno_error(errno, "make", "a socket");
  ::unlink(path.c_str());  // of one that crashed: whoever holds the directory's lock owns it
  const mode_t mask = ::umask(0177);
  const int bound = ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(mask);
  if (bound != 0 || ::listen(listener.get(), 8) != 0) return system::errno_error(errno, "listen on", path);
  return std::unique_ptr<Control>(new Control(std::move(listener), std::move(end), path, responder));
}

Control::Control(system::Descriptor listener, system::Descriptor end, std::string path, Responder& responder)
    : listener_(std::move(listener)),
      end_(std::move(end)),
      path_(std::move(path)),
      responder_(responder),
      thread_([this] { live(); }) {}

Control::~Control() {
  const uint64_t one = 1;
  (void)!::write(end_.get(), &one, sizeof one);
  thread_.join();
  ::unlink(path_.c_str());
}

void Control::live() {
  for (;;) {
    pollfd ready[2] = {{listener_.get(), POLLIN, 0}, {end_.get(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0 && errno != EINTR) return;
    if (ready[1].revents != 0) return;
    if (ready[0].revents == 0) continue;
    const system::Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.valid() && may_ask(client.get())) serve(client.get());
  }
}

void Control::serve(int socket) {
  set_patience(socket, patience_seconds);
  const Result<std::string> line = read_line(socket);
  if (line.ok()) (void)write_line(socket, control_answer(*line, responder_));
}

Result<ResponseRecord> ask_engine(const std::string& directory, const std::string& line) {
  const std::string path = path_in(directory);
  PLIMSOLL_TRY(address, address_of(path));
  const system::Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return system::errno_error(errno, "make", "a socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ECONNREFUSED || errno == ENOENT) return Error{ErrorKind::not_found, "no engine runs here", directory};
    return system::errno_error(errno, "connect", path);
  }
  set_patience(socket.get(), client_patience);
  PLIMSOLL_CHECK(write_line(socket.get(), line));
  PLIMSOLL_TRY(reply, read_line(socket.get()));
  if (reply.starts_with("ok ")) return wire::response_from_json(std::string_view(reply).substr(3));
  return Error{ErrorKind::conflict,
               reply.starts_with("no ") ? reply.substr(3) : "the engine's answer is not understood"};
}

}  // namespace plimsoll::respond

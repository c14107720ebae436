#include "system/sandbox/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "system/errno_error.h"
#include "system/sandbox/broker.h"
#include "system/sandbox/supervise.h"

namespace plimsoll::system::sandbox {
namespace {

struct Pipe {
  Descriptor read, write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error(errno, "make a pipe", "");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<Descriptor> as_file(std::string_view bytes) {
  Descriptor file(::memfd_create("request", MFD_CLOEXEC));
  if (!file.valid()) return errno_error(errno, "make a file in memory", "");
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno_error(errno, "fill a file in memory", "");
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return file;
}

Error no_broker() {
  return {ErrorKind::unreachable, "the process that starts workers is gone", {}, "run the program again"};
}

// A worker that runs: the parent's ends, and a way to end it.
struct Running {
  Line line;
  pid_t pid = 0;
  Descriptor handle;

  void end() const {
    if (handle.valid() && ::syscall(SYS_pidfd_send_signal, handle.get(), SIGKILL, nullptr, 0) == 0) return;
    if (pid > 0) ::kill(pid, SIGKILL);
  }
};

Result<Running> launch(int socket, const Job& job) {
  if (job.descriptors.size() + 1 > most_descriptors || job.except.size() >= sizeof(Order::except))
    return Error{ErrorKind::limit, "more files at once than a worker can be given"};
  PLIMSOLL_TRY(answer, make_pipe());
  PLIMSOLL_TRY(request, as_file(job.request));
  const Descriptor nothing(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  if (!nothing.valid()) return errno_error(errno, "open /dev/null", "");
  std::vector<int> sent{answer.write.get(), job.output >= 0 ? job.output : nothing.get(), request.get()};
  sent.insert(sent.end(), job.descriptors.begin(), job.descriptors.end());
  Pipe feed;
  if (job.source) {
    PLIMSOLL_TRY(made, make_pipe());
    feed = std::move(made);
    sent.push_back(feed.read.get());
  }
  Order order;
  order.body = job.body;
  order.prepare = job.prepare;
  order.limits = job.limits;
  order.reads_as_root = job.reads_as_root;
  order.descriptors = static_cast<uint32_t>(sent.size() - 3);
  order.trees = static_cast<uint32_t>(job.trees);
  std::copy(job.except.begin(), job.except.end(), order.except.begin());
  News news;
  int handle = -1;
  size_t handles = 0;
  if (receive_message(socket, &news, sizeof news, &handle, 1, handles) != sizeof news) return no_broker();
  if (news.ended) return errno_error(news.status, "start a worker", "");
  Running running{{std::move(answer.read), std::move(feed.write)}, news.pid, Descriptor(handles == 1 ? handle : -1)};
  if (send_message(socket, &order, sizeof order, sent.data(), sent.size())) return running;
  // A worker without an order must not wait for one: the next would be taken for it. Its end is the broker's next news.
  const int why = errno;
  running.end();
  receive_message(socket, &news, sizeof news, nullptr, 0, handles);
  return errno_error(why, "give a worker its order", "");
}

Outcome lost(ErrorKind kind, const std::string& how) {
  return {Error{kind, std::string(lost_words) + how, {}, "report it, if the source is one you trust"}, true,
          std::nullopt};
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return errno_error(errno, "make a socket pair", "");
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  const pid_t self = ::getpid();
  const pid_t broker = ::fork();
  if (broker < 0) return errno_error(errno, "start the process that starts workers", "");
  if (broker == 0) be_broker(theirs.get(), self);
  return std::unique_ptr<Sandbox>(new Sandbox(std::move(ours), broker));
}

void Sandbox::dismiss() {
  const std::lock_guard lock(mutex_);
  socket_ = Descriptor();  // no more orders: it ends
  ending_ = false;
}

Sandbox::~Sandbox() {
  dismiss();
  while (::waitpid(broker_, nullptr, 0) < 0 && errno == EINTR) continue;
}

// The end of the last worker; nothing when the broker is gone.
std::optional<int> Sandbox::await_end() {
  News news;
  size_t none = 0;
  ending_ = false;
  if (receive_message(socket_.get(), &news, sizeof news, nullptr, 0, none) != sizeof news) return std::nullopt;
  return news.status;
}

Outcome Sandbox::run(const Job& job) {
  const std::lock_guard lock(mutex_);
  if (ending_) await_end();
  Result<Running> running = launch(socket_.get(), job);
  if (!running.ok()) return {std::move(running).error(), true, std::nullopt};
  ++report_.workers;
  AnswerReader reader(job.limits.answer_bytes);
  if (job.told) reader.hand_on(job.told);
  std::optional<Error> source_failed;
  const Status watched = supervise(running->line, job, reader, source_failed);
  note(reader.layers());
  if (watched.ok() && reader.finished()) {
    running->end();
    // Taking down its memory takes a while, which need not be waited for, unless it could still write to a file.
    ending_ = true;
    if (job.output >= 0) await_end();
    return {reader.result(), false, std::move(source_failed)};
  }
  // One that has closed its end is about to die, and its own signal tells more than ours; but it must not linger.
  constexpr int moment = 2000;  // milliseconds
  pollfd news_of_the_end{socket_.get(), POLLIN, 0};
  if (!watched.ok() || ::poll(&news_of_the_end, 1, moment) != 1) running->end();
  const std::optional<int> ended = await_end();
  if (!watched.ok()) return lost(watched.error().kind, watched.error().message);
  return lost(ErrorKind::unreachable, ended ? describe_end(*ended) : no_broker().message);
}

void Sandbox::note(const std::vector<SandboxLayer>& layers) {
  for (const SandboxLayer& layer : layers) {
    const auto known = std::ranges::find(report_.layers, layer.name, &SandboxLayer::name);
    if (known == report_.layers.end())
      report_.layers.push_back(layer);
    else if (known->in_force)
      *known = layer;
  }
}

SandboxReport Sandbox::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

}  // namespace plimsoll::system::sandbox

#include "system/sandbox/broker.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string>

#include "system/sandbox/sanitized.h"

namespace plimsoll::system::sandbox {
namespace {

struct Received {
  Order order;
  std::array<int, most_descriptors + 3> descriptors{};
  size_t count = 0;
};

// The program's own files, terminal and sockets are none of the broker's business.
void close_all_but(int kept) {
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // A sanitizer's findings are worth reading.
    if (sanitized && standard == STDERR_FILENO) continue;
    if (nothing >= 0) ::dup2(nothing, standard);
  }
  const int moved = ::dup2(kept, answer_descriptor);
  if (moved != answer_descriptor) ::_exit(1);
  ::syscall(SYS_close_range, answer_descriptor + 1, ~0U, 0);
}

// When memory is short a worker goes first, not the program and not a service of this machine.
void offer_to_be_first_out_of_memory() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(file, "900", 3);
  ::close(file);
}

void default_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGCHLD}) ::signal(number, SIG_DFL);
}

// Puts the descriptors of an order where seccomp_filter.h says; all else is closed.
void place_descriptors(const Received& in) {
  const int aside = answer_descriptor + static_cast<int>(in.count);  // above every number that is filled below
  std::array<int, most_descriptors + 3> high{};
  for (size_t i = 0; i < in.count; ++i) high[i] = ::fcntl(in.descriptors[i], F_DUPFD, aside);
  for (size_t i = 0; i < in.count; ++i) {
    if (high[i] < 0 || ::dup2(high[i], answer_descriptor + static_cast<int>(i)) < 0) ::_exit(1);
  }
  if (::syscall(SYS_close_range, static_cast<unsigned>(aside), ~0U, 0) == 0) return;
  for (int number = aside; number < 2048; ++number) ::close(number);
}

[[noreturn]] void become_worker(const Received& in, pid_t broker, bool own_network, const SeccompFilter* filter) {
  place_descriptors(in);
  ::prctl(PR_SET_NAME, "plimsoll-worker", 0, 0, 0);
  Confinement wanted;
  wanted.reads_as_root = in.order.reads_as_root;
  wanted.limits = in.order.limits;
  wanted.parent = broker;
  wanted.own_network = own_network;
  wanted.filter = filter;
  for (uint32_t i = 0; i < std::min<uint32_t>(in.order.trees, most_trees); ++i) {
    wanted.trees.push_back({first_descriptor + static_cast<int>(i), i == 0 ? in.order.except.data() : ""});
  }
  if (in.order.prepare != nullptr) in.order.prepare();
  be_worker(in.order.body, wanted, in.order.descriptors);
}

bool receive_order(int socket, Received& in) {
  const ssize_t got =
      receive_message(socket, &in.order, sizeof in.order, in.descriptors.data(), in.descriptors.size(), in.count);
  return got == static_cast<ssize_t>(sizeof in.order) && in.count == in.order.descriptors + 3;
}

// Blocks until the program has something to do; a program that is gone ends it.
[[noreturn]] void await_order(int socket, pid_t broker, bool own_network, const SeccompFilter* filter) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  Received in;
  if (::getppid() != broker || !receive_order(socket, in)) ::_exit(0);
  become_worker(in, broker, own_network, filter);
}

void announce(int socket, pid_t worker) {
  const News news{worker, false, 0};
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, worker, 0));
  if (!send_message(socket, &news, sizeof news, &handle, handle >= 0 ? 1 : 0)) ::_exit(0);  // and the worker with it
  if (handle >= 0) ::close(handle);
}

}  // namespace

void be_broker(int socket, pid_t program) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != program) ::_exit(0);
  ::prctl(PR_SET_NAME, "plimsoll-broker", 0, 0, 0);
  default_signals();
  close_all_but(socket);
  socket = answer_descriptor;
  offer_to_be_first_out_of_memory();
  // Without interfaces, not even loopback is up. All workers are born into it.
  const bool own_network = ::unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0;
  // Landlock of this version refuses all that openat2 could do beyond reading.
  const Result<SeccompFilter> filter = SeccompFilter::build(landlock_version() >= 3);
  const pid_t self = ::getpid();
  for (;;) {
    News end{0, true, 0};
    const pid_t worker = ::fork();
    if (worker == 0) await_order(socket, self, own_network, filter.ok() ? &*filter : nullptr);
    if (worker > 0) {
      announce(socket, worker);
      while (::waitpid(worker, &end.status, 0) < 0 && errno == EINTR) continue;
      end.pid = worker;
    } else {
      end = {-1, true, errno};
    }
    if (!send_message(socket, &end, sizeof end, nullptr, 0)) ::_exit(0);
    if (worker < 0) ::_exit(1);
  }
}

}  // namespace plimsoll::system::sandbox

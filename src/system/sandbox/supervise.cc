#include "system/sandbox/supervise.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

namespace plimsoll::system::sandbox {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr size_t piece = size_t{64} << 10;  // what a pipe holds

// write(2) to a pipe whose reader may be gone, without SIGPIPE, whatever the program does with that.
ssize_t write_quietly(int pipe, std::string_view bytes) {
  sigset_t broken_pipe, before;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);
  const ssize_t put = ::write(pipe, bytes.data(), bytes.size());
  const int code = errno;
  constexpr timespec at_once{};
  if (put < 0 && code == EPIPE) ::sigtimedwait(&broken_pipe, nullptr, &at_once);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = code;
  return put;
}

class Supervisor {
 public:
  Supervisor(Line& line, const Job& job, AnswerReader& reader, std::optional<Error>& source_failed)
      : line_(line), job_(job), reader_(reader), source_failed_(source_failed) {}

  Status run() {
    bool open = true;
    while (open && !reader_.finished()) {
      PLIMSOLL_TRY(ready, wait());
      if ((ready & from_worker) != 0) PLIMSOLL_CHECK(listen(open));
      if ((ready & to_worker) != 0) feed();
    }
    return Done{};
  }

 private:
  static constexpr int from_worker = 1, to_worker = 2;

  Result<int> wait() {
    const auto now = Clock::now();
    const auto stall = sign_of_life_ + seconds(job_.limits.stall_seconds);
    const auto end = start_ + seconds(job_.limits.whole_seconds);
    if (now >= end)
      return Error{ErrorKind::timeout, fmt::format("it was not done after {} s", job_.limits.whole_seconds)};
    if (now >= stall)
      return Error{ErrorKind::timeout, fmt::format("it made no progress for {} s", job_.limits.stall_seconds)};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::min(stall, end) - now).count();
    std::array<pollfd, 2> files{pollfd{line_.answer.get(), POLLIN, 0}, pollfd{line_.feed.get(), POLLOUT, 0}};
    const int ready = ::poll(files.data(), files.size(), static_cast<int>(std::min<long>(left, 3'600'000)));
    if (ready < 0 && errno != EINTR) return Error{ErrorKind::unreachable, std::strerror(errno)};
    if (ready <= 0) return 0;
    return (files[0].revents != 0 ? from_worker : 0) | (files[1].revents != 0 ? to_worker : 0);
  }

  Status listen(bool& open) {
    const ssize_t got = ::read(line_.answer.get(), buffer_.data(), buffer_.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return Done{};
    if (got <= 0) {
      open = false;
      return Done{};
    }
    const uint64_t before = reader_.frames(), progress = reader_.progress();
    PLIMSOLL_CHECK(reader_.take({buffer_.data(), static_cast<size_t>(got)}));
    if (reader_.frames() != before) sign_of_life_ = Clock::now();
    if (job_.progress && reader_.progress() != progress) job_.progress(reader_.progress());
    return Done{};
  }

  // The pipe takes something: what waits, else the source is asked. The source's own waiting is not the worker's fault.
  void feed() {
    if (waiting_.empty()) {
      fed_.resize(piece);
      const Result<size_t> got = job_.source(fed_.data(), fed_.size());
      sign_of_life_ = Clock::now();
      if (!got.ok()) source_failed_ = got.error();
      waiting_ = std::string_view(fed_).substr(0, got.ok() ? std::min(*got, piece) : 0);
      if (waiting_.empty()) line_.feed = Descriptor();
    }
    if (waiting_.empty()) return;
    const ssize_t put = write_quietly(line_.feed.get(), waiting_);
    if (put < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (put < 0) {  // it reads no more
      waiting_ = {};
      line_.feed = Descriptor();
      return;
    }
    waiting_.remove_prefix(static_cast<size_t>(put));
  }

  Line& line_;
  const Job& job_;
  AnswerReader& reader_;
  std::optional<Error>& source_failed_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point sign_of_life_ = start_;
  std::vector<char> buffer_ = std::vector<char>(piece);
  std::string fed_;
  std::string_view waiting_;
};

}  // namespace

Status supervise(Line& line, const Job& job, AnswerReader& reader, std::optional<Error>& source_failed) {
  for (const int file : {line.answer.get(), line.feed.get()}) {
    if (file >= 0) ::fcntl(file, F_SETFL, ::fcntl(file, F_GETFL) | O_NONBLOCK);
  }
  return Supervisor(line, job, reader, source_failed).run();
}

std::string describe_end(int wait_status) {
  if (WIFEXITED(wait_status)) return fmt::format("it ended with {} before it had answered", WEXITSTATUS(wait_status));
  const int number = WTERMSIG(wait_status);
  const char* name = ::sigabbrev_np(number);
  const std::string signal = name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
  switch (number) {
    case SIGSYS:
      return signal + ": a system call that no parser needs (seccomp)";
    case SIGXCPU:
      return signal + ": its processor time was used up";
    case SIGXFSZ:
      return signal + ": it wrote more than it may";
    case SIGKILL:
      return signal + ": it was killed, perhaps for want of memory";
    default:
      return signal;
  }
}

}  // namespace plimsoll::system::sandbox

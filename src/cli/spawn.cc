#include "cli/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

extern char** environ;

namespace plimsoll::cli {
namespace {

Result<int> spawn(const std::vector<std::string>& arguments, const std::string& log_file, int output) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, output < 0 ? STDERR_FILENO : output, STDOUT_FILENO);
  pid_t pid = -1;
  const int code = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code == 0) return static_cast<int>(pid);
  return Error{ErrorKind::not_found,
               "cannot run " + arguments[0] + ": " + std::strerror(code),
               {},
               "script/bootstrap demo installs it"};
}

Status ended_well(int status, const std::string& what) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return Done{};
  return Error{ErrorKind::unreachable, what + " failed", {}, "its output has the reason"};
}

}  // namespace

Status run_program(const std::vector<std::string>& arguments, const std::string& log_file, int seconds) {
  PLIMSOLL_TRY(pid, spawn(arguments, log_file, -1));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, &status, 0);
      return Error{ErrorKind::timeout, arguments[0] + " did not end within " + std::to_string(seconds) + " s",
                   log_file};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  Status end = ended_well(status, arguments[0]);
  if (end.ok()) return end;
  Error error = std::move(end).error();
  error.context = log_file;
  return error;
}

Result<ProgramOutput> ProgramOutput::start(const std::vector<std::string>& arguments, const std::string& log_file) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0)
    return Error{ErrorKind::limit, std::string("cannot make a pipe: ") + std::strerror(errno)};
  Result<int> pid = spawn(arguments, log_file, pipe_ends[1]);
  ::close(pipe_ends[1]);
  if (!pid.ok()) {
    ::close(pipe_ends[0]);
    return std::move(pid).error();
  }
  return ProgramOutput(pipe_ends[0], *pid, arguments[0]);
}

ProgramOutput::ProgramOutput(ProgramOutput&& other) noexcept
    : fd_(other.fd_), pid_(other.pid_), what_(std::move(other.what_)) {
  other.fd_ = other.pid_ = -1;
}

ProgramOutput::~ProgramOutput() {
  if (fd_ >= 0) ::close(fd_);
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
}

Status ProgramOutput::finish() {
  int status = 0;
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return ended_well(status, what_);
}

}  // namespace plimsoll::cli

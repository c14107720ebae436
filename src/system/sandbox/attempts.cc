#include "system/sandbox/attempts.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "system/sandbox/sanitized.h"

namespace plimsoll::system::sandbox {
namespace {

// Each returns 0 where it got through, else errno; or does not return.
struct Kind {
  const char* what;
  int (*attempt)();
};

int as_code(bool got_through) { return got_through ? 0 : errno; }

int open_outside() { return as_code(::openat(AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0); }
int list_outside() { return as_code(::openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) >= 0); }
int climb_out() { return as_code(::openat(first_descriptor, "../../../../etc/passwd", O_RDONLY | O_CLOEXEC) >= 0); }
int write_file() {
  return as_code(::openat(AT_FDCWD, "/tmp/plimsoll-self-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0);
}
int make_internet_socket() { return as_code(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0); }
int make_unix_socket() { return as_code(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) >= 0); }
int make_process() {
  const long child = ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0L);
  if (child == 0) ::_exit(0);
  return as_code(child > 0);
}
int execute() {
  const char* const arguments[] = {"true", nullptr};
  ::execv("/bin/true", const_cast<char* const*>(arguments));
  return errno;
}
int trace() { return as_code(::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr) == 0); }
int read_memory() {
  char byte = 0;
  iovec here{&byte, 1}, there{&byte, 1};
  return as_code(::syscall(SYS_process_vm_readv, ::getppid(), &here, 1, &there, 1, 0) == 1);
}
int signal_parent() { return as_code(::kill(::getppid(), 0) == 0); }
int make_namespace() { return as_code(::unshare(CLONE_NEWUSER) == 0); }
int mount() { return as_code(::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0); }
int make_code() {
  return as_code(::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
                 MAP_FAILED);
}
int open_by_handle() {
  struct {  // as file_handle of open_by_handle_at(2)
    uint32_t bytes = 64;
    int32_t type = 1;
    unsigned char handle[64] = {};
  } handle;
  const int opened = static_cast<int>(::syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));
  return opened >= 0 || errno == EBADF || errno == ESTALE ? 0 : errno;
}
int take_memory() {
  constexpr size_t step = size_t{1} << 30;
  for (int i = 0; i < 64; ++i) {
    if (::mmap(nullptr, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) ==
        MAP_FAILED) {
      return errno;
    }
  }
  return 0;
}

constexpr std::array kinds{
    Kind{"opens a file outside its tree", open_outside},
    Kind{"lists a directory outside its tree", list_outside},
    Kind{"climbs out of its tree", climb_out},
    Kind{"writes a file", write_file},
    Kind{"opens a file by handle", open_by_handle},
    Kind{"makes an internet socket", make_internet_socket},
    Kind{"makes a UNIX socket", make_unix_socket},
    Kind{"makes a process", make_process},
    Kind{"executes a program", execute},
    Kind{"traces its parent", trace},
    Kind{"reads its parent's memory", read_memory},
    Kind{"signals its parent", signal_parent},
    Kind{"makes a user namespace", make_namespace},
    Kind{"mounts a file system", mount},
    Kind{"makes memory executable", make_code},
    Kind{"takes 64 GiB of addresses", take_memory},
};

// Answers with nothing where the attempt got through, else with what stood in its way.
Result<std::string> attempt_body(WorkerSide& side) {
  const auto number = static_cast<size_t>(static_cast<unsigned char>(side.request().front()));
  const int code = number < kinds.size() ? kinds[number].attempt() : EINVAL;
  return code == 0 ? std::string() : std::string(std::strerror(code));
}

Result<std::string> read_own_tree(WorkerSide& side) {
  const int directory = ::openat(side.descriptor(0), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Error{ErrorKind::denied, std::strerror(errno)};
  return std::string();
}

}  // namespace

Result<std::vector<Attempt>> try_everything(Sandbox& sandbox) {
  const Descriptor tree(::open("/usr/share", O_PATH | O_DIRECTORY | O_CLOEXEC));
  Job job;
  job.descriptors = {tree.get()};
  job.trees = 1;
  job.reads_as_root = true;
  job.limits.stall_seconds = 20;
  job.body = read_own_tree;
  if (const Outcome control = sandbox.run(job); !control.answer.ok()) return control.answer.error();
  job.body = attempt_body;
  std::vector<Attempt> out;
  for (size_t i = 0; i < kinds.size(); ++i) {
    if (sanitized && kinds[i].attempt == take_memory) continue;  // its bound is not set
    job.request = std::string(1, static_cast<char>(i));
    const Outcome tried = sandbox.run(job);
    const bool through = tried.answer.ok() && tried.answer->empty();
    std::string how = through ? "" : tried.answer.ok() ? *tried.answer : tried.answer.error().message;
    if (how.starts_with(lost_words)) how.erase(0, lost_words.size());
    out.push_back({kinds[i].what, !through, std::move(how)});
  }
  return out;
}

}  // namespace plimsoll::system::sandbox

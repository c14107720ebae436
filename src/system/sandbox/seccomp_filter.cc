#include "system/sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "system/descriptor.h"
#include "system/sandbox/sanitized.h"

namespace plimsoll::system::sandbox {
namespace {

// Whatever their arguments.
constexpr std::array plain_calls{
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(preadv),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(fstatfs),
    SCMP_SYS(getdents64),
    SCMP_SYS(readlinkat),
    SCMP_SYS(fadvise64),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(gettid),
    SCMP_SYS(getpid),
    SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
};

// What the runtime of a sanitizer needs beyond that: stacks for signals, names for memory, its own symbolizer's paths,
// and a pipe of its own that it writes to, to learn whether memory may be read.
constexpr std::array sanitizer_calls{
    SCMP_SYS(sigaltstack), SCMP_SYS(prctl),   SCMP_SYS(readlink),
    SCMP_SYS(getcwd),      SCMP_SYS(uname),   SCMP_SYS(sysinfo),
    SCMP_SYS(ioctl),       SCMP_SYS(fcntl),   SCMP_SYS(prlimit64),
    SCMP_SYS(getuid),      SCMP_SYS(geteuid), SCMP_SYS(getgid),
    SCMP_SYS(getegid),     SCMP_SYS(open),    SCMP_SYS(stat),
    SCMP_SYS(access),      SCMP_SYS(pipe2),   SCMP_SYS(sched_setaffinity),
    SCMP_SYS(getppid),     SCMP_SYS(write),
};

// Refused without ending the process: libraries ask and manage without.
constexpr std::array refused_calls{
    SCMP_SYS(clone3),  // glibc falls back to clone, whose flags can be looked at
    SCMP_SYS(ioctl),      SCMP_SYS(sysinfo), SCMP_SYS(uname),      SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(access),  SCMP_SYS(membarrier), SCMP_SYS(fcntl),
    SCMP_SYS(tgkill),  // abort() then ends by a fault; one could be sent to the parent
};

struct Builder {
  scmp_filter_ctx context;
  int code = 0;  // the first failure

  void note(int result) {
    if (code == 0 && result != 0 && result != -EEXIST) code = result;
  }
  void allow(int call) { note(seccomp_rule_add(context, SCMP_ACT_ALLOW, call, 0)); }
  template <class... Conditions>
  void allow(int call, Conditions... conditions) {
    note(seccomp_rule_add(context, SCMP_ACT_ALLOW, call, sizeof...(conditions), conditions...));
  }
  template <class... Conditions>
  void refuse(int call, uint16_t number, Conditions... conditions) {
    note(seccomp_rule_add(context, SCMP_ACT_ERRNO(number), call, sizeof...(conditions), conditions...));
  }
};

constexpr auto any_of_bits(unsigned argument, uint64_t mask, uint64_t wanted) {
  return scmp_arg_cmp{argument, SCMP_CMP_MASKED_EQ, mask, wanted};
}
constexpr auto equal(unsigned argument, uint64_t value) { return scmp_arg_cmp{argument, SCMP_CMP_EQ, value, 0}; }

void add_rules(Builder& to, bool with_openat2) {
  if (with_openat2)
    to.allow(SCMP_SYS(openat2));
  else
    to.refuse(SCMP_SYS(openat2), ENOSYS);
  for (const int call : plain_calls) to.allow(call);
  to.allow(SCMP_SYS(openat), any_of_bits(2, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_RDONLY));
  // librnp's source of random numbers asks to write to it first, and manages with reading.
  to.refuse(SCMP_SYS(openat), EACCES, any_of_bits(2, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, O_RDWR));
  to.allow(SCMP_SYS(mmap), any_of_bits(2, PROT_EXEC, 0));
  to.allow(SCMP_SYS(mprotect), any_of_bits(2, PROT_EXEC, 0));
  to.allow(SCMP_SYS(clone), any_of_bits(0, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM));
  to.allow(SCMP_SYS(prlimit64), equal(0, 0), equal(2, 0));  // asking only
  for (const int file : {STDERR_FILENO, answer_descriptor, output_descriptor}) {
    to.allow(SCMP_SYS(write), equal(0, file));
  }
  // A worker that goes on for long is told more, with descriptors, over a socket that it was given; it makes none.
  to.allow(SCMP_SYS(recvmsg), equal(0, first_descriptor));
  to.allow(SCMP_SYS(pwrite64), equal(0, output_descriptor));
  to.allow(SCMP_SYS(fsync), equal(0, output_descriptor));
  if constexpr (sanitized) {
    for (const int call : sanitizer_calls) to.allow(call);
    to.refuse(SCMP_SYS(clone3), ENOSYS);
    to.refuse(SCMP_SYS(tgkill), EPERM);
  } else {
    for (const int call : refused_calls) to.refuse(call, call == SCMP_SYS(clone3) ? ENOSYS : EPERM);
  }
}

}  // namespace

Result<SeccompFilter> SeccompFilter::build(bool with_openat2) {
  const std::unique_ptr<void, decltype(&seccomp_release)> context(seccomp_init(SCMP_ACT_KILL_PROCESS),
                                                                  &seccomp_release);
  const Descriptor file(::memfd_create("filter", MFD_CLOEXEC));
  if (!context || !file.valid()) return Error{ErrorKind::unsupported, "the seccomp library cannot make a filter"};
  Builder builder{context.get()};
  builder.note(seccomp_attr_set(builder.context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  // By number, as a tree: the calls whose arguments are looked at are asked for often.
  builder.note(seccomp_attr_set(builder.context, SCMP_FLTATR_CTL_OPTIMIZE, 2));
  add_rules(builder, with_openat2);
  if (builder.code == 0) builder.note(seccomp_export_bpf(context.get(), file.get()));
  SeccompFilter out;
  struct stat status{};
  if (builder.code == 0 && ::fstat(file.get(), &status) == 0) {
    out.program_.resize(static_cast<size_t>(status.st_size) / sizeof(sock_filter));
    const size_t bytes = out.program_.size() * sizeof(sock_filter);
    if (bytes > 0 && ::pread(file.get(), out.program_.data(), bytes, 0) == static_cast<ssize_t>(bytes)) return out;
  }
  return Error{ErrorKind::unsupported, std::string("cannot build a seccomp filter: ") + std::strerror(-builder.code)};
}

Status SeccompFilter::enter() const {
  const sock_fprog program{static_cast<unsigned short>(program_.size()), const_cast<sock_filter*>(program_.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
    return Error{ErrorKind::unsupported, std::string("cannot load the seccomp filter: ") + std::strerror(errno)};
  return Done{};
}

}  // namespace plimsoll::system::sandbox

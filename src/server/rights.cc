#include "server/rights.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <pwd.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include "base/text.h"
#include "system/descriptor.h"
#include "system/errno_error.h"
#include "system/sandbox/capabilities.h"
#include "system/sandbox/landlock.h"

namespace plimsoll::server {
namespace {

namespace sandbox = system::sandbox;

// Of the range that systemd gives to services without an account of their own (https://systemd.io/UIDS-GIDS), so that
// no distribution gives it to a person.
constexpr uid_t first_dynamic = 61184, last_dynamic = 65519, preferred = 61847;

std::string reason() { return std::strerror(errno); }

SandboxLayer leave_user(const Kept& kept) {
  if (::geteuid() != 0 && ::getuid() != 0)
    return {"user", true, "uid " + std::to_string(::getuid()) + ", who started the program; not root"};
  if (kept.user == 0 || ::setgroups(0, nullptr) != 0 || ::setresgid(kept.group, kept.group, kept.group) != 0 ||
      ::setresuid(kept.user, kept.user, kept.user) != 0)
    return {"user", false, "cannot leave root: " + reason()};
  return {"user", true, "uid " + std::to_string(::getuid())};
}

SandboxLayer leave_capabilities() {
  sandbox::Capabilities now;
  if (!sandbox::write_capabilities(0) || !sandbox::read_capabilities(now) ||
      (now.effective | now.permitted | now.inheritable) != 0)
    return {"capabilities", false, "cannot be given away: " + reason()};
  return {"capabilities", true, "none"};
}

SandboxLayer tie(pid_t parent) {
  const bool tied = ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
  if (::getppid() != parent) ::_exit(1);  // gone already
  const rlimit none{0, 0};
  if (!tied || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::setrlimit(RLIMIT_CORE, &none) != 0)
    return {"process", false, "cannot be tied: " + reason()};
  return {"process", true, "no new privileges, not traceable, ends with its parent"};
}

SandboxLayer leave_files(const Kept& kept) {
  std::vector<system::Descriptor> open;
  std::vector<sandbox::ReadableTree> trees;
  const auto add = [&](const std::string& path, bool writable) {
    open.emplace_back(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (open.back().valid()) trees.push_back({open.back().get(), "", writable});
  };
  for (const std::string& path : kept.readable) add(path, false);
  for (const std::string& path : kept.writable) add(path, true);
  const Result<int> entered = sandbox::allow_reading_only(trees, {kept.connects, kept.ports});
  if (!entered.ok()) return {"landlock", false, entered.error().message};
  std::string detail = "ABI " + std::to_string(*entered);
  detail +=
      kept.writable.empty() ? ", writes nowhere" : ", writes below " + printable(join(kept.writable, ", ")) + " alone";
  for (const uint16_t port : kept.ports) detail += ", connects to TCP port " + std::to_string(port);
  constexpr int knows_ports = 4;
  if (!kept.ports.empty() && *entered < knows_ports) detail += " (this kernel cannot hold it to that)";
  return {"landlock", true, detail};
}

// What a server that has all its sockets, files and threads never needs, and what an attacker would begin with.
constexpr int forbidden[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(open_tree),
    SCMP_SYS(move_mount),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsmount),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kcmp),
    SCMP_SYS(personality),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
};
constexpr int of_listening[] = {SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4)};
constexpr int of_sockets[] = {SCMP_SYS(socketpair), SCMP_SYS(bind), SCMP_SYS(listen)};

// Without a server of the journal's: no new socket at all. With one, those of its family, for streams, which can be
// connected; where to, a filter of calls cannot see: of TCP Landlock holds the port.
bool refuse_sockets(scmp_filter_ctx filter, bool local, bool tcp) {
  const uint32_t refused = SCMP_ACT_ERRNO(EPERM);
  const auto refuse = [&](int call, const scmp_arg_cmp* on) {
    const int code = on == nullptr ? ::seccomp_rule_add_array(filter, refused, call, 0, nullptr)
                                   : ::seccomp_rule_add_array(filter, refused, call, 1, on);
    return code == 0;
  };
  if (!local && !tcp) return refuse(SCMP_SYS(socket), nullptr) && refuse(SCMP_SYS(connect), nullptr);
  bool fine = true;
  for (scmp_datum_t type = 0; type < 16; ++type) {
    const scmp_arg_cmp is{1, SCMP_CMP_MASKED_EQ, 0xf, type};
    if (type != SOCK_STREAM) fine = refuse(SCMP_SYS(socket), &is) && fine;
  }
  for (scmp_datum_t family = 0; family <= AF_INET6; ++family) {
    const bool kept = family == AF_UNIX ? local : (family == AF_INET || family == AF_INET6) && tcp;
    const scmp_arg_cmp is{0, SCMP_CMP_EQ, family, 0};
    if (!kept) fine = refuse(SCMP_SYS(socket), &is) && fine;
  }
  const scmp_arg_cmp other{0, SCMP_CMP_GT, AF_INET6, 0};
  return refuse(SCMP_SYS(socket), &other) && fine;
}

// Who connects anywhere may make sockets of any kind, but nobody can connect to it.
bool refuse_sockets(scmp_filter_ctx filter, const Kept& kept) {
  const auto refuse = [&](int call) { return ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, 0) == 0; };
  if (kept.connects) return std::ranges::all_of(of_listening, refuse);
  return std::ranges::all_of(of_sockets, refuse) && refuse_sockets(filter, kept.local_sockets, !kept.ports.empty());
}

SandboxLayer filter_calls(const Kept& kept) {
  const SandboxLayer failed{"seccomp", false, "the filter could not be built"};
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(::seccomp_init(SCMP_ACT_ALLOW), &::seccomp_release);
  if (!filter) return failed;
  const auto refuse = [&](int call) {
    const int code = ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0);
    return code == 0 || code == -EDOM;  // not a call of this architecture
  };
  for (const int call : forbidden) {
    if (!refuse(call)) return failed;
  }
  if (!refuse_sockets(filter.get(), kept)) return failed;
  // Threads alone are made; glibc falls back to clone(2) where clone3(2), whose flags cannot be looked at, is not
  // there.
  const scmp_arg_cmp makes_no_thread{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0};
  if (::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) != 0 ||
      ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, &makes_no_thread) != 0)
    return failed;
  const int code = ::seccomp_load(filter.get());
  if (code != 0) return {"seccomp", false, std::string("the kernel refuses the filter: ") + std::strerror(-code)};
  const char* const without = kept.connects ? "no program, process, namespace or listening socket"
                              : kept.local_sockets || !kept.ports.empty()
                                  ? "no program, process or namespace; no socket but to the journal"
                                  : "no program, process, namespace or socket";
  return {"seccomp", true, without};
}

Status give(int directory, const char* name, const ServiceUser& user, const std::string& shown) {
  if (::fchownat(directory, name, user.user, user.group, AT_SYMLINK_NOFOLLOW) == 0) return Done{};
  return system::errno_error(errno, "give to the user of the service", shown);
}

Status make_directories(const std::string& directory) {
  for (size_t end = directory.find('/', 1);; end = directory.find('/', end + 1)) {
    const std::string part = directory.substr(0, end);
    const bool last = end == std::string::npos;
    if (::mkdir(part.c_str(), last ? 0700 : 0755) != 0 && errno != EEXIST)
      return system::errno_error(errno, "make the directory", part);
    if (last) return Done{};
  }
}

}  // namespace

std::vector<SandboxLayer> give_up_rights(const Kept& kept) {
  std::vector<SandboxLayer> layers;
  // The bounding set while there still is CAP_SETPCAP; what is held after the user has changed.
  sandbox::drop_bounding_set();
  layers.push_back(leave_user(kept));
  layers.push_back(leave_capabilities());
  layers.push_back(tie(kept.parent));
  layers.push_back(leave_files(kept));
  layers.push_back(filter_calls(kept));
  return layers;
}

ServiceUser service_user() {
  if (const passwd* account = ::getpwnam("plimsoll"); account != nullptr && account->pw_uid != 0)
    return {account->pw_uid, account->pw_gid};
  uid_t number = preferred;
  for (uid_t tried = first_dynamic; ::getpwuid(number) != nullptr && tried <= last_dynamic; ++tried) number = tried;
  return {number, number};
}

Status prepare_state(const std::string& directory, const ServiceUser& user) {
  PLIMSOLL_CHECK(make_directories(directory));
  const system::Descriptor place(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  if (!place.valid() || ::fstat(place.get(), &status) != 0)
    return system::errno_error(errno, "open the directory", directory);
  if ((status.st_mode & 077) != 0 && ::fchmod(place.get(), 0700) != 0)
    return system::errno_error(errno, "close to others the directory", directory);
  if (::geteuid() != 0) return Done{};
  PLIMSOLL_CHECK(give(place.get(), ".", user, directory));
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(::dup(place.get())), &::closedir);
  if (!listing) return system::errno_error(errno, "list", directory);
  while (const dirent* entry = ::readdir(listing.get())) {
    const std::string_view name = entry->d_name;
    // Regular files with one name only: a link planted there must not give away another file.
    if (name == "." || name == ".." || ::fstatat(place.get(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode) || status.st_nlink != 1)
      continue;
    PLIMSOLL_CHECK(give(place.get(), entry->d_name, user, directory + "/" + std::string(name)));
  }
  return Done{};
}

}  // namespace plimsoll::server

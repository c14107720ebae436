#include "system/sandbox/confine.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "system/sandbox/capabilities.h"
#include "system/sandbox/sanitized.h"

namespace plimsoll::system::sandbox {
namespace {

// Nobody's: above what systemd gives to containers (up to 1879048191), below 2^31. One for each worker, so that two of
// them are strangers to each other. https://systemd.io/UIDS-GIDS
constexpr uid_t first_user = 0x7fff0000;
constexpr uid_t nobody = 65534;  // where a user namespace does not map the former

std::string reason() { return std::strerror(errno); }

bool become(uid_t user) {
  return ::setgroups(0, nullptr) == 0 && ::setresgid(user, user, user) == 0 && ::setresuid(user, user, user) == 0;
}

// Root becomes a user that owns nothing; anybody else stays who they are.
SandboxLayer give_up_user() {
  if (::getuid() != 0 && ::geteuid() != 0) {
    return {"user", true, fmt::format("uid {}, who started the program; not root", ::getuid())};
  }
  const uid_t own = first_user + static_cast<uid_t>(::getpid() & 0xffff);
  if (become(own) || become(nobody)) return {"user", true, fmt::format("uid {}, of its own", ::getuid())};
  return {"user", false, "cannot leave root: " + reason()};
}

SandboxLayer give_up_capabilities(uint64_t keep) {
  drop_bounding_set();
  return {"capabilities", true, keep == 0 ? "none" : "CAP_DAC_READ_SEARCH alone"};
}

// The bounding set goes before the user does, what is held after.
void leave_privileges(const Confinement& wanted, std::vector<SandboxLayer>& layers) {
  Capabilities held;
  read_capabilities(held);
  const uint64_t keep = wanted.reads_as_root ? held.permitted & (uint64_t{1} << CAP_DAC_READ_SEARCH) : 0;
  SandboxLayer capabilities = give_up_capabilities(keep);
  ::prctl(PR_SET_KEEPCAPS, keep != 0 ? 1 : 0, 0, 0, 0);
  layers.push_back(give_up_user());
  Capabilities now;
  const bool written = write_capabilities(keep);
  ::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
  if (!written || !read_capabilities(now) || (now.permitted | now.effective | now.inheritable) != keep) {
    capabilities = {"capabilities", false, "cannot be given away: " + reason()};
  }
  layers.push_back(std::move(capabilities));
}

SandboxLayer set_limits(const Limits& limits, bool own_user) {
  struct Row {
    int resource;
    uint64_t soft, hard;
  };
  // Files written in one go past the limit raise SIGXFSZ; of a worker without an output file that is the first byte.
  std::vector<Row> rows{{RLIMIT_CPU, limits.processor_seconds, limits.processor_seconds + 5ULL},
                        {RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes},
                        {RLIMIT_NOFILE, limits.descriptors, limits.descriptors},
                        {RLIMIT_CORE, 0, 0},
                        {RLIMIT_MSGQUEUE, 0, 0},
                        {RLIMIT_MEMLOCK, 0, 0}};
  // The kernel counts all processes of a user, so only a user of its own can have a small number.
  if (own_user) rows.push_back({RLIMIT_NPROC, limits.threads, limits.threads});
  if (!sanitized) rows.push_back({RLIMIT_AS, limits.memory_bytes, limits.memory_bytes});
  for (const Row& row : rows) {
    rlimit now{};
    if (::getrlimit(static_cast<__rlimit_resource_t>(row.resource), &now) != 0) continue;
    const rlimit next{std::min<rlim_t>(row.soft, now.rlim_max), std::min<rlim_t>(row.hard, now.rlim_max)};
    if (::setrlimit(static_cast<__rlimit_resource_t>(row.resource), &next) != 0)
      return {"limits", false, "cannot be set: " + reason()};
  }
  return {
      "limits", true,
      fmt::format("{} of memory, {} s of processor, {} descriptors, {}",
                  sanitized ? "no bound" : fmt::format("{} MiB", limits.memory_bytes >> 20), limits.processor_seconds,
                  limits.descriptors, limits.file_bytes == 0 ? "no file written" : "one file written")};
}

// Set after the user has changed: the kernel forgets the signal then.
SandboxLayer tie_to_parent(pid_t parent) {
  const bool tied = ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0;
  if (::getppid() != parent) ::_exit(1);  // gone already
  if (!tied || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return {"process", false, "cannot be tied: " + reason()};
  }
  return {"process", true, "no new privileges, not traceable, ends with its parent"};
}

}  // namespace

std::vector<SandboxLayer> confine(const Confinement& wanted) {
  std::vector<SandboxLayer> layers;
  const bool was_root = ::geteuid() == 0;
  leave_privileges(wanted, layers);
  SandboxLayer limits = set_limits(wanted.limits, was_root && ::geteuid() >= first_user);
  SandboxLayer process = tie_to_parent(wanted.parent);

  const Result<int> landlock = allow_reading_only(wanted.trees);
  SandboxLayer files{"landlock", landlock.ok(),
                     landlock.ok() ? fmt::format("ABI {}", *landlock) : landlock.error().to_string()};
  SandboxLayer calls{"seccomp", false, "the filter could not be built"};
  SandboxLayer network{"network", false, "sockets can be made"};
  // The last one: what stands above is not on its list. It is told as in force, and taken back when it is not.
  if (wanted.filter != nullptr) {
    const Status entered = wanted.filter->enter();
    calls = {"seccomp", entered.ok(), entered.ok() ? "allow-list of system calls" : entered.error().message};
  }
  if (calls.in_force || wanted.own_network) {
    network = {"network", calls.in_force && (wanted.own_network || !was_root),
               fmt::format("{}{}", calls.in_force ? "no sockets" : "sockets can be made",
                           wanted.own_network ? ", namespace without interfaces" : "")};
  }
  for (SandboxLayer* layer : {&network, &files, &calls, &limits, &process}) layers.push_back(std::move(*layer));
  return layers;
}

}  // namespace plimsoll::system::sandbox

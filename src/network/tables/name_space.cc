#include "network/tables/name_space.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <thread>

#include "system/errno_error.h"

namespace plimsoll::network {
namespace {

constexpr int netns_cookie_option = 71;  // SO_NETNS_COOKIE, which headers of 2021 lack

uint64_t own_cookie() {
  const system::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  uint64_t cookie = 0;
  socklen_t length = sizeof cookie;
  if (::getsockopt(socket.get(), SOL_SOCKET, netns_cookie_option, &cookie, &length) != 0) return 0;
  return cookie;
}

}  // namespace

Result<NameSpace> name_space_of(int pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/ns/net";
  NameSpace out;
  out.handle = system::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!out.handle.valid() || ::fstat(out.handle.get(), &status) != 0) return system::errno_error(errno, "open", path);
  out.inode = status.st_ino;
  PLIMSOLL_CHECK(inside(out, [&out] {
    out.cookie = own_cookie();
    return Status(Done{});
  }));
  return out;
}

NameSpace second_hold(const NameSpace& of) {
  return {system::Descriptor(::fcntl(of.handle.get(), F_DUPFD_CLOEXEC, 0)), of.inode, of.cookie};
}

Status inside(const NameSpace& where, const std::function<Status()>& work) {
  Status result = Done{};
  std::thread([&] {
    if (::setns(where.handle.get(), CLONE_NEWNET) != 0)
      result = system::errno_error(errno, "enter", "network namespace " + std::to_string(where.inode));
    else
      result = work();
  }).join();
  return result;
}

}  // namespace plimsoll::network

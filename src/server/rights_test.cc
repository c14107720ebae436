#include "server/rights.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "system/sandbox/landlock.h"
#include "system/test_directory.h"

namespace plimsoll::server {
namespace {

// A listening TCP socket on loopback, and its port.
int listen_somewhere(uint16_t& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof place;
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&place), size), 0);
  EXPECT_EQ(::listen(listener, 4), 0);
  EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&place), &size), 0);
  port = ntohs(place.sin_port);
  return listener;
}

int listen_at(const std::string& path) {
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  path.copy(place.sun_path, sizeof place.sun_path - 1);
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&place), sizeof place), 0);
  EXPECT_EQ(::listen(listener, 4), 0);
  ::chmod(path.c_str(), 0777);
  return listener;
}

// errno of connecting; 0: connected.
int to_port(uint16_t port) {
  const int out = ::socket(AF_INET, SOCK_STREAM, 0);
  if (out < 0) return errno;
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  place.sin_port = htons(port);
  return ::connect(out, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 ? 0 : errno;
}

int to_path(const std::string& path) {
  const int out = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (out < 0) return errno;
  sockaddr_un place{};
  place.sun_family = AF_UNIX;
  path.copy(place.sun_path, sizeof place.sun_path - 1);
  return ::connect(out, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0 ? 0 : errno;
}

int other_socket(int family, int type) {
  const int out = ::socket(family, type, 0);
  return out < 0 ? errno : 0;
}

// What a process that gave up its rights may do with sockets, told as letters: t the allowed port, o another one, u a
// Unix socket, d UDP, r netlink; capital: refused.
std::string after_giving_up(bool local, bool tcp) {
  const system::TestDirectory directory;
  ::chmod(directory.path().c_str(), 0755);
  uint16_t port = 0, other = 0;
  const int first = listen_somewhere(port), second = listen_somewhere(other);
  const int third = listen_at(directory / "s");
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    Kept kept;
    kept.user = kept.group = 61847;
    kept.writable = {directory.path()};
    kept.local_sockets = local;
    if (tcp) kept.ports = {port};
    kept.parent = parent;
    give_up_rights(kept);
    std::string said;
    for (const auto& [letter, code] :
         std::initializer_list<std::pair<char, int>>{{'t', to_port(port)},
                                                     {'o', to_port(other)},
                                                     {'u', to_path(directory / "s")},
                                                     {'d', other_socket(AF_INET, SOCK_DGRAM)},
                                                     {'r', other_socket(AF_NETLINK, SOCK_RAW)}})
      said += static_cast<char>(code == 0 ? letter : letter - 'a' + 'A');
    _exit(::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  char said[16] = {};
  (void)!::read(ends[0], said, sizeof said - 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  for (const int open : {ends[0], first, second, third}) ::close(open);
  return said;
}

TEST(Rights, NoNewSocketWhereTheJournalIsAFile) { EXPECT_EQ(after_giving_up(false, false), "TOUDR"); }

TEST(Rights, OnlyThePortOfTheJournalsServer) {
  const bool held = system::sandbox::landlock_version() >= 4;
  EXPECT_EQ(after_giving_up(false, true), held ? "tOUDR" : "toUDR");
}

TEST(Rights, OnlyUnixSocketsWhereTheServerIsBehindOne) { EXPECT_EQ(after_giving_up(true, false), "TOuDR"); }

}  // namespace
}  // namespace plimsoll::server

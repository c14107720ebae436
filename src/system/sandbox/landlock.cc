// The definitions of landlock(7), our own: headers of distributions are older than the kernels they run on.
#include "system/sandbox/landlock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "system/descriptor.h"
#include "system/errno_error.h"

namespace plimsoll::system::sandbox {
namespace {

constexpr long create_ruleset = 444, add_rule = 445, restrict_self = 446;  // the same on every architecture
constexpr unsigned ask_version = 1;                                        // LANDLOCK_CREATE_RULESET_VERSION
constexpr int path_beneath = 1;                                            // LANDLOCK_RULE_PATH_BENEATH
constexpr int net_port = 2;                                                // LANDLOCK_RULE_NET_PORT
constexpr uint64_t connect_tcp = 2;                                        // LANDLOCK_ACCESS_NET_CONNECT_TCP

struct Ruleset {
  uint64_t handled_access_fs = 0;
  uint64_t handled_access_net = 0;  // since version 4
  uint64_t scoped = 0;              // since version 6
};

struct __attribute__((packed)) PathBeneath {
  uint64_t allowed_access = 0;
  int32_t parent_fd = -1;
};

struct NetPort {
  uint64_t allowed_access = 0, port = 0;
};

constexpr uint64_t read_file = uint64_t{1} << 2, read_directory = uint64_t{1} << 3;
// Write, remove a file, make one, truncate. Renaming within a directory needs removing and making alone.
constexpr uint64_t change_files = (uint64_t{1} << 1) | (uint64_t{1} << 5) | (uint64_t{1} << 8) | (uint64_t{1} << 14);
constexpr size_t most_names = 4096;  // directly below a root that leaves some of them out

// All rights of the version: execute, write, read, read directories, remove and make eleven kinds (13 bits); refer (2),
// truncate (3), ioctl on devices (5).
uint64_t file_rights(int version) {
  const int bits = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
  return (uint64_t{1} << bits) - 1;
}

Ruleset everything(int version, bool connects) {
  constexpr uint64_t bind_tcp = 1;
  Ruleset out;
  out.handled_access_fs = file_rights(version);
  if (version >= 4) out.handled_access_net = connects ? bind_tcp : bind_tcp | connect_tcp;
  if (version >= 6) out.scoped = 3;  // abstract UNIX sockets, signals
  return out;
}

size_t size_of_ruleset(int version) { return version >= 6 ? 24 : version >= 4 ? 16 : 8; }

Status allow(int ruleset, int place, uint64_t rights) {
  const PathBeneath rule{rights, place};
  if (::syscall(add_rule, ruleset, path_beneath, &rule, 0) != 0) return errno_error(errno, "add a Landlock rule", "");
  return Done{};
}

Status allow_connecting(int ruleset, uint16_t port) {
  const NetPort rule{connect_tcp, port};
  if (::syscall(add_rule, ruleset, net_port, &rule, 0) != 0) return errno_error(errno, "add a Landlock rule", "");
  return Done{};
}

// Names of the root may be read; below it, all but `except`.
Status allow_most(int ruleset, const ReadableTree& tree) {
  PLIMSOLL_CHECK(allow(ruleset, tree.root, read_directory));
  Descriptor listing(::openat(tree.root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listing.valid()) return errno_error(errno, "list", "the root of the tree");
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(listing.get()), &::closedir);
  if (!directory) return errno_error(errno, "list", "the root of the tree");
  listing.release();
  const auto except = split_words(tree.except);
  size_t names = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || std::ranges::find(except, name) != except.end()) continue;
    if (++names > most_names) return Error{ErrorKind::limit, "too many names in the root of the tree"};
    const Descriptor place(::openat(tree.root, entry->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!place.valid() || ::fstat(place.get(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) PLIMSOLL_CHECK(allow(ruleset, place.get(), read_file | read_directory));
    if (S_ISREG(status.st_mode)) PLIMSOLL_CHECK(allow(ruleset, place.get(), read_file));
  }
  return Done{};
}

}  // namespace

int landlock_version() {
  const long version = ::syscall(create_ruleset, nullptr, 0, ask_version);
  return version > 0 ? static_cast<int>(version) : 0;
}

Result<int> allow_reading_only(std::span<const ReadableTree> trees, const TcpPorts& ports) {
  const int version = landlock_version();
  if (version == 0) return Error{ErrorKind::unsupported, "this kernel has no Landlock"};
  const Ruleset rights = everything(version, ports.any);
  const Descriptor ruleset(static_cast<int>(::syscall(create_ruleset, &rights, size_of_ruleset(version), 0)));
  if (!ruleset.valid()) return errno_error(errno, "make a Landlock ruleset", "");
  for (const ReadableTree& tree : trees) {
    const uint64_t more = tree.writable ? change_files & rights.handled_access_fs : 0;
    PLIMSOLL_CHECK(tree.except.empty() ? allow(ruleset.get(), tree.root, read_file | read_directory | more)
                                       : allow_most(ruleset.get(), tree));
  }
  for (const uint16_t port : ports.these) {
    if (version >= 4 && !ports.any) PLIMSOLL_CHECK(allow_connecting(ruleset.get(), port));
  }
  // librnp, which checks the signatures of package lists, wants random numbers from it and from nothing else.
  const Descriptor random(::open("/dev/urandom", O_PATH | O_CLOEXEC));
  if (random.valid()) PLIMSOLL_CHECK(allow(ruleset.get(), random.get(), read_file));
  if (::syscall(restrict_self, ruleset.get(), 0) != 0) return errno_error(errno, "enter the Landlock ruleset", "");
  return version;
}

}  // namespace plimsoll::system::sandbox

#include "system/sync_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "system/descriptor.h"
#include "system/errno_error.h"

namespace plimsoll::system {

Status sync_directory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || ::fsync(directory.get()) != 0) return errno_error(errno, "sync the directory", path);
  return Done{};
}

}  // namespace plimsoll::system

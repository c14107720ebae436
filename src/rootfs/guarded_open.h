#pragma once
#include <sys/stat.h>

#include <string>

#include "base/result.h"
#include "rootfs/descriptor.h"

namespace plimsoll::rootfs {

enum class Links {
  refuse,          // a symbolic link anywhere in the path is an error
  inside_the_root  // followed, with the root as "/"; never out of it, never a magic link of procfs
};

// Opens the directory `path` (relative to the directory `root`, "" is `root` itself). Errors carry errno in `code`.
struct Opened {
  Descriptor file;
  int code = 0;  // errno when `file` is not open
};
Opened open_directory_below(int root, const std::string& path);

// Opens the regular file `path` below `root` for reading. Devices, pipes and sockets are never opened, not even for
// an instant: the name is looked up first, its type seen, and then that very inode opened. `status` is filled on
// success. EINVAL in `code`: not a regular file.
Opened open_regular_below(int root, const std::string& path, Links links, struct stat& status);

// The Error for an errno at `path`.
Error error_of(int code, const std::string& path);

}  // namespace plimsoll::rootfs

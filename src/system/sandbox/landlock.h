#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace plimsoll::system::sandbox {

// A file tree that stays readable.
struct ReadableTree {
  int root = -1;          // a directory, may be opened with O_PATH
  std::string except;     // names directly below it, separated by blanks, that do not: "proc sys"
  bool writable = false;  // files in it may be made, written, renamed within their directory and removed, too
};

// The version of Landlock that the kernel offers, 0 when it has none. From 3 on it knows truncation.
int landlock_version();

// To which TCP ports, of whatever address, connections may still be made. Nobody listens.
struct TcpPorts {
  bool any = false;
  std::span<const uint16_t> these;
};

// From here on the calling thread, and threads and processes it makes, can open files below `trees` for reading and
// (but for trees that are writable) nothing else but /dev/urandom: no other file, no write, no execution, no TCP port
// (but for `ports`), no abstract socket or signal to the outside, as far as this kernel's version knows them.
// Descriptors that are open already stay usable. Needs no_new_privs. Returns the version that is in force. unsupported:
// the kernel has none.
Result<int> allow_reading_only(std::span<const ReadableTree> trees, const TcpPorts& ports = {});

}  // namespace plimsoll::system::sandbox

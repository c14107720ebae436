#pragma once
#include <cstdint>
#include <string_view>

namespace plimsoll::rootfs {

enum class FilesystemKind {
  local,    // files on a disk or in memory
  pseudo,   // the kernel's own tables shown as files: nothing installed there, and reading may block or change things
  network,  // somebody else's machine or program answers: slow, and not part of this one
};

struct Filesystem {
  FilesystemKind kind = FilesystemKind::local;
  std::string_view name;  // "nfs"; empty for local ones
};

// By the magic number of statfs(2) (linux/magic.h).
Filesystem filesystem_of(uint64_t magic);

}  // namespace plimsoll::rootfs

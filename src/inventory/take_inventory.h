#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/fact.h"
#include "model/inventory.h"
#include "rootfs/tree.h"

namespace plimsoll::inventory {

// Files that a caller wants to have beside the packages, from the same walk: asked with their path.
enum class Keep {
  no,
  whole,
  packed,  // it may come as a zstd frame, which large ones do: for files that are many times larger than of use
};
using Keeps = std::function<Keep(std::string_view path)>;

struct Taken {
  Inventory inventory;
  std::map<std::string, std::string> kept;  // those of the finished tree that `keeps` asked for, links resolved
  Fact<bool> setuid_files;  // a setuid-root file or a file capability was seen (unknown where modes are not known)
};

// Walks `tree` once and finds its os-release and packages with the table of catalogers (catalogers.h).
// `progress` (may be empty) hears of entries seen so far, from any thread. Fails only when the tree cannot be read at
// all; single unreadable or broken files are listed in inventory.not_assessed. Kept files are bounded in size and sum.
Result<Taken> take_inventory(rootfs::Tree& tree, const std::function<void(uint64_t)>& progress = {},
                             const Keeps& keeps = {});

// Fills Package::loaded of a running asset. `mapped` holds the paths mapped by its processes as seen inside its root
// ("/usr/lib/x.so"); `complete` is false when some process could not be read (then nothing becomes Loaded::no).
// OS packages own files by the package database in `tree` (dpkg info/*.list, apk database, rpm file lists): a package
// is `no` only when it owns native code (ELF), none of it is mapped, and `complete`. Interpreted code stays unknown.
void mark_loaded(rootfs::Tree& tree, Inventory& inventory, const std::vector<std::string>& mapped, bool complete);

}  // namespace plimsoll::inventory

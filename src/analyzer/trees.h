#pragma once
#include <memory>

#include "base/result.h"
#include "model/report.h"
#include "rootfs/tree.h"

namespace plimsoll::analyzer {

// The host's own files: "/" without pseudo file systems and without the runtimes' stores (those are the containers').
Result<std::unique_ptr<rootfs::Tree>> open_host_tree(const Report& report);

// A running container through its own root (/proc/PID/root), without directories of the host mounted into it whole:
// their packages are the host's and are counted there.
Result<std::unique_ptr<rootfs::Tree>> open_container_tree(const ContainerFacts& container);

}  // namespace plimsoll::analyzer

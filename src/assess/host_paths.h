#pragma once
#include <string_view>
#include <vector>

#include "model/facts.h"

namespace plimsoll::assess {

// One host path whose mount matters (CONTAINER_FACTS section 3).
struct HostPathRow {
  std::string_view path;
  bool plants = false;   // writing there makes the host run code or accept a key
  bool secrets = false;  // reading there yields keys, tokens, password hashes
  bool below = true;     // what lies below counts too; false: only the path itself and what contains it
};
const std::vector<HostPathRow>& host_path_table();

// What of the host one mount lays open.
struct HostPathExposure {
  const HostPathRow* plants = nullptr;  // null: none
  const HostPathRow* secrets = nullptr;
};

// Judges the resolved host path of a mount: at, above or below an entry of the table. Mounts of kernel file systems
// (proc, sysfs, cgroup...), the container's own root and the small files every runtime mounts count for nothing here.
HostPathExposure host_path_exposure(const MountFacts& mount);

bool is_kernel_filesystem(std::string_view fs_type);

// `inner` is `outer` or lies below it. Absolute, clean paths.
bool path_within(std::string_view inner, std::string_view outer);

}  // namespace plimsoll::assess

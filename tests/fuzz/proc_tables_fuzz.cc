// The tables of procfs that a container's processes can shape: names, paths, mounts, sockets. The first byte picks the
// parser.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "system/mountinfo.h"
#include "system/proc_net.h"
#include "system/proc_status.h"

using namespace plimsoll;

namespace {

void mounts(std::string_view text) {
  const auto table = system::parse_mountinfo(text);
  const size_t count = table.mounts.size() < 64 ? table.mounts.size() : 64;
  for (size_t i = 0; i < count; ++i) {
    const auto& mount = table.mounts[i];
    for (const auto& path : system::visible_paths(table.mounts, mount)) {
      if (system::covering_mount(table.mounts, path) == nullptr) __builtin_trap();
    }
  }
}

void sockets(std::string_view text, Transport transport) {
  for (const auto& row : system::parse_sockets(text, transport).rows) {
    if (row.local_address.empty() || row.remote_address.empty()) __builtin_trap();
    if (row.listens() && row.established()) __builtin_trap();
  }
}

void maps(std::string_view text) {
  for (const auto& path : system::parse_maps(text)) {
    if (path.empty() || path.front() != '/') __builtin_trap();
  }
}

void small_files(std::string_view text) {
  system::parse_status(text);
  system::parse_start_time(text);
  system::parse_cgroup(text);
  system::parse_link_inode(text, "mnt");
  system::is_identity_map(text);
  system::count_cpus(text);
  system::parse_devices(text);
}

void network_files(std::string_view text) {
  system::parse_unix_listeners(text);
  system::has_default_route4(text);
  system::has_default_route6(text);
  system::parse_local_addresses4(text);
  system::parse_local_addresses6(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'm':
      mounts(text);
      break;
    case 't':
      sockets(text, Transport::tcp);
      break;
    case 'u':
      sockets(text, Transport::udp);
      break;
    case 'p':
      maps(text);
      break;
    case 's':
      small_files(text);
      break;
    case 'n':
      network_files(text);
      break;
    default:
      break;
  }
  return 0;
}

#include "system/sandbox/capabilities.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace plimsoll::system::sandbox {

bool read_capabilities(Capabilities& out) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  const auto joined = [](uint32_t low, uint32_t high) { return (uint64_t{high} << 32) | low; };
  out = {joined(data[0].effective, data[1].effective), joined(data[0].permitted, data[1].permitted),
         joined(data[0].inheritable, data[1].inheritable)};
  return true;
}

bool write_capabilities(uint64_t held) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  data[0].effective = data[0].permitted = static_cast<uint32_t>(held);
  data[1].effective = data[1].permitted = static_cast<uint32_t>(held >> 32);
  return ::syscall(SYS_capset, &header, data.data()) == 0;
}

void drop_bounding_set() {
  for (int number = 0; ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0; ++number) continue;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

}  // namespace plimsoll::system::sandbox

#include "probe/host/settings/file_capabilities.h"

#include <linux/capability.h>

#include <array>

namespace plimsoll::probe::settings {
namespace {

constexpr std::array kNames = {"chown",
                               "dac_override",
                               "dac_read_search",
                               "fowner",
                               "fsetid",
                               "kill",
                               "setgid",
                               "setuid",
                               "setpcap",
                               "linux_immutable",
                               "net_bind_service",
                               "net_broadcast",
                               "net_admin",
                               "net_raw",
                               "ipc_lock",
                               "ipc_owner",
                               "sys_module",
                               "sys_rawio",
                               "sys_chroot",
                               "sys_ptrace",
                               "sys_pacct",
                               "sys_admin",
                               "sys_boot",
                               "sys_nice",
                               "sys_resource",
                               "sys_time",
                               "sys_tty_config",
                               "mknod",
                               "lease",
                               "audit_write",
                               "audit_control",
                               "setfcap",
                               "mac_override",
                               "mac_admin",
                               "syslog",
                               "wake_alarm",
                               "block_suspend",
                               "audit_read",
                               "perfmon",
                               "bpf",
                               "checkpoint_restore"};

uint32_t little(std::string_view value, size_t at) {
  uint32_t out = 0;
  for (size_t i = 0; i < 4; ++i) out |= static_cast<uint32_t>(static_cast<unsigned char>(value[at + i])) << (8 * i);
  return out;
}

}  // namespace

std::vector<std::string> parse_file_capabilities(std::string_view value) {
  if (value.size() < XATTR_CAPS_SZ_2) return {};
  const uint32_t revision = little(value, 0) & VFS_CAP_REVISION_MASK;
  if (revision != VFS_CAP_REVISION_2 && revision != VFS_CAP_REVISION_3) return {};
  const uint64_t permitted = little(value, 4) | (static_cast<uint64_t>(little(value, 12)) << 32);
  std::vector<std::string> out;
  for (size_t bit = 0; bit < 64; ++bit) {
    if (((permitted >> bit) & 1) == 0) continue;
    out.push_back(bit < kNames.size() ? kNames[bit] : "cap_" + std::to_string(bit));
  }
  return out;
}

}  // namespace plimsoll::probe::settings

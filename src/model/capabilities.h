#pragma once
#include <array>

namespace plimsoll {

struct Capability {
  const char* name;    // without "CAP_"
  const char* allows;  // the most of it, in a few words
};

// The kernel's capabilities, each at the place of its bit. Sources: include/uapi/linux/capability.h, capabilities(7).
inline constexpr auto capability_by_bit = std::to_array<Capability>({
    {"CHOWN", "change the owner of files"},
    {"DAC_OVERRIDE", "ignore file modes"},
    {"DAC_READ_SEARCH", "read every file, open files by handle"},
    {"FOWNER", "act as owner of files"},
    {"FSETID", "keep setuid bits"},
    {"KILL", "signal any process"},
    {"SETGID", "become any group"},
    {"SETUID", "become any user"},
    {"SETPCAP", "move capabilities"},
    {"LINUX_IMMUTABLE", "set immutable flags"},
    {"NET_BIND_SERVICE", "bind low ports"},
    {"NET_BROADCAST", "unused by the kernel"},
    {"NET_ADMIN", "change interfaces, routes, firewall"},
    {"NET_RAW", "open raw and packet sockets"},
    {"IPC_LOCK", "lock memory"},
    {"IPC_OWNER", "use any System V IPC object"},
    {"SYS_MODULE", "load kernel modules"},
    {"SYS_RAWIO", "raw ports, memory and disks"},
    {"SYS_CHROOT", "chroot, and join mount namespaces"},
    {"SYS_PTRACE", "read and change processes"},
    {"SYS_PACCT", "process accounting"},
    {"SYS_ADMIN", "mount, join namespaces, and much else"},
    {"SYS_BOOT", "reboot and load another kernel"},
    {"SYS_NICE", "change priorities"},
    {"SYS_RESOURCE", "pass limits"},
    {"SYS_TIME", "set the clock"},
    {"SYS_TTY_CONFIG", "set up terminals"},
    {"MKNOD", "make device nodes"},
    {"LEASE", "file leases"},
    {"AUDIT_WRITE", "write audit records"},
    {"AUDIT_CONTROL", "change audit rules"},
    {"SETFCAP", "give files capabilities"},
    {"MAC_OVERRIDE", "ignore Smack"},
    {"MAC_ADMIN", "load LSM policy"},
    {"SYSLOG", "read the kernel log"},
    {"WAKE_ALARM", "wake the system"},
    {"BLOCK_SUSPEND", "block sleep"},
    {"AUDIT_READ", "read the audit stream"},
    {"PERFMON", "trace the whole system"},
    {"BPF", "load programs into the kernel"},
    {"CHECKPOINT_RESTORE", "choose process ids, open mapped files"},
});

}  // namespace plimsoll

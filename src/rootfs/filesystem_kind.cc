#include "rootfs/filesystem_kind.h"

namespace plimsoll::rootfs {
namespace {

struct Row {
  uint64_t magic;
  Filesystem filesystem;
};

// Numbers of linux/magic.h, and of the file systems' own sources where that header lacks them.
constexpr Row rows[] = {
    {0x9fa0, {FilesystemKind::pseudo, "proc"}},           {0x62656572, {FilesystemKind::pseudo, "sysfs"}},
    {0x27e0eb, {FilesystemKind::pseudo, "cgroup"}},       {0x63677270, {FilesystemKind::pseudo, "cgroup2"}},
    {0x1cd1, {FilesystemKind::pseudo, "devpts"}},         {0x19800202, {FilesystemKind::pseudo, "mqueue"}},
    {0x64626720, {FilesystemKind::pseudo, "debugfs"}},    {0x74726163, {FilesystemKind::pseudo, "tracefs"}},
    {0x73636673, {FilesystemKind::pseudo, "securityfs"}}, {0xcafe4a11, {FilesystemKind::pseudo, "bpf"}},
    {0x6165676c, {FilesystemKind::pseudo, "pstore"}},     {0xde5e81e4, {FilesystemKind::pseudo, "efivarfs"}},
    {0x62656570, {FilesystemKind::pseudo, "configfs"}},   {0xf97cff8c, {FilesystemKind::pseudo, "selinuxfs"}},
    {0x43415d53, {FilesystemKind::pseudo, "smackfs"}},    {0x5a3c69f0, {FilesystemKind::pseudo, "apparmorfs"}},
    {0x958458f6, {FilesystemKind::pseudo, "hugetlbfs"}},  {0x42494e4d, {FilesystemKind::pseudo, "binfmt_misc"}},
    {0x67596969, {FilesystemKind::pseudo, "rpc_pipefs"}}, {0x6e736673, {FilesystemKind::pseudo, "nsfs"}},
    {0x187, {FilesystemKind::pseudo, "autofs"}},          {0x6c6f6f70, {FilesystemKind::pseudo, "binderfs"}},
    {0x65735543, {FilesystemKind::pseudo, "fusectl"}},    {0x6e667364, {FilesystemKind::pseudo, "nfsd"}},
    {0x7655821, {FilesystemKind::pseudo, "resctrl"}},     {0x6969, {FilesystemKind::network, "nfs"}},
    {0xff534d42, {FilesystemKind::network, "cifs"}},      {0xfe534d42, {FilesystemKind::network, "smb2"}},
    {0x517b, {FilesystemKind::network, "smb"}},           {0x65735546, {FilesystemKind::network, "fuse"}},
    {0xc36400, {FilesystemKind::network, "ceph"}},        {0x1021997, {FilesystemKind::network, "9p"}},
    {0x5346414f, {FilesystemKind::network, "afs"}},       {0x6b414653, {FilesystemKind::network, "kafs"}},
    {0x73757245, {FilesystemKind::network, "coda"}},      {0x564c, {FilesystemKind::network, "ncp"}},
    {0x0bd00bd0, {FilesystemKind::network, "lustre"}},    {0x1161970, {FilesystemKind::network, "gfs2"}},
    {0x7461636f, {FilesystemKind::network, "ocfs2"}},     {0xaad7aaea, {FilesystemKind::network, "panfs"}},
};

}  // namespace

Filesystem filesystem_of(uint64_t magic) {
  for (const Row& row : rows) {
    if (row.magic == magic) return row.filesystem;
  }
  return {};
}

}  // namespace plimsoll::rootfs

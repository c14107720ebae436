#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace plimsoll::system {

struct FileStat {
  uint32_t mode = 0;  // type and permission bits, as st_mode
  uint32_t uid = 0, gid = 0;
  uint64_t device = 0, inode = 0, rdev = 0, size = 0;
  int64_t modified = 0;  // seconds since the epoch
};

// What is left of a file system (statvfs(3)); `inodes` is 0 where the file system does not count them.
struct SpaceStat {
  uint64_t bytes = 0, available_bytes = 0;
  uint64_t inodes = 0, free_inodes = 0;
};

// The kernel's clock discipline (adjtimex(2), read only).
struct ClockStat {
  bool synchronised = false;  // state is not TIME_ERROR and STA_UNSYNC is clear
  uint64_t max_error_microseconds = 0;
};

struct HttpReply {
  int status = 0;
  std::string body;
};

// One unary call of gRPC (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
struct GrpcCall {
  std::string method;                                         // "/containerd.services.version.v1.Version/Version"
  std::string message;                                        // what is asked, as protobuf
  std::vector<std::pair<std::string, std::string>> metadata;  // header fields, names in lower case
};

// The one seam to this machine. Paths are absolute host paths (procfs and sysfs included); no call follows a symlink in
// the last component unless said. Real, recorded and in-memory implementations; thread-safe. Every error names the
// path.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual Result<std::string> read_file(const std::string& path, size_t limit = size_t{8} << 20) const = 0;
  virtual Result<std::vector<std::string>> list_directory(const std::string& path, size_t limit = 1'000'000) const = 0;
  virtual Result<std::string> read_link(const std::string& path) const = 0;
  virtual Result<FileStat> stat(const std::string& path, bool follow) const = 0;
  // One HTTP request over a UNIX socket, whole reply in memory (`limit` bytes), `seconds` for everything.
  virtual Result<HttpReply> http_unix(const std::string& socket, std::string_view method, const std::string& target,
                                      std::string_view body, size_t limit, int seconds) const = 0;
  // The message a gRPC service on a UNIX socket answers with; bounds as above. What the service itself says comes as an
  // error of the kind its status means (system/grpc_frames.h).
  virtual Result<std::string> grpc_unix(const std::string& socket, const GrpcCall& call, size_t limit,
                                        int seconds) const = 0;
  virtual Result<SpaceStat> space(const std::string& path) const = 0;
  // One extended attribute, raw; not_found when the file has none of that name.
  virtual Result<std::string> extended_attribute(const std::string& path, const std::string& name) const = 0;
  virtual Result<ClockStat> clock() const = 0;
  // One read-only netlink request of `type` with `flags` beside NLM_F_REQUEST, in our own network namespace, and the
  // payload of every reply with its message type. Whether the caller's subsystem is loaded must be known before:
  // asking an unloaded one would load it. limit: more than 16 MiB; timeout: 2 s of silence; denied; conflict: the
  // tables changed during the dump.
  struct NetlinkReply {
    uint16_t type = 0;
    std::string payload;
  };
  virtual Result<std::vector<NetlinkReply>> netlink(int protocol, uint16_t type, uint16_t flags,
                                                    std::string_view payload) const = 0;
  // One table of the legacy iptables in our own network namespace (struct ipt_getinfo and ipt_get_entries of
  // linux/netfilter_ipv4/ip_tables.h, or IPv6's). Only one that ip_tables_names lists: asking for another loads it.
  // limit: more than 64 MiB; denied; conflict: it changed meanwhile.
  struct LegacyTable {
    uint32_t valid_hooks = 0;  // a bit for each hook, of linux/netfilter.h
    std::array<uint32_t, 5> hook_entry{}, underflow{};
    std::string entries;
  };
  virtual Result<LegacyTable> legacy_table(const std::string& name, bool six) const = 0;
  virtual Instant now() const = 0;
  virtual uint32_t effective_uid() const = 0;
};

std::unique_ptr<Machine> this_machine();

}  // namespace plimsoll::system

#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "system/machine.h"

namespace plimsoll::system {

// A machine held in memory, for the tests of every room: it has exactly what was added to it. Directories above an
// added path come by themselves. A path is looked up as it was added first, so "/proc/812/root/etc/passwd" may be added
// although "/proc/812/root" is a link; else symlinks among its parents are followed as the real machine would.
// Building is for one thread; afterwards any number of threads may read.
class MemoryMachine : public Machine {
 public:
  MemoryMachine();

  // Building. Adding a path again replaces what it was; each returns *this so that calls chain.
  MemoryMachine& add_file(const std::string& path, std::string content, uint32_t permissions = 0644, uint32_t uid = 0,
                          uint32_t gid = 0);
  MemoryMachine& add_directory(const std::string& path, uint32_t permissions = 0755);
  MemoryMachine& add_link(const std::string& path, std::string target);
  MemoryMachine& add_socket(const std::string& path, uint32_t permissions = 0660);
  // A namespace link as in /proc/PID/ns: read_link gives "pid:[4026531836]", stat that follows gives the inode.
  MemoryMachine& add_namespace(const std::string& path, const std::string& kind, uint64_t inode);
  // What stat(path, false) says (mode with its type bits); for a link, what stat(path, true) says is set apart.
  MemoryMachine& set_stat(const std::string& path, const FileStat& stat);
  MemoryMachine& set_followed_stat(const std::string& path, const FileStat& stat);
  // Every call on `path` fails with `kind`; it still shows in its directory's listing.
  MemoryMachine& fail(const std::string& path, ErrorKind kind, std::string message = {});
  // Only read_file, list_directory and read_link fail (an unreadable file can still be looked at).
  MemoryMachine& fail_reading(const std::string& path, ErrorKind kind, std::string message = {});

  // HTTP over `socket` (added as a socket when it is not there). A request with no canned reply gets a 404.
  MemoryMachine& add_reply(const std::string& socket, std::string_view method, const std::string& target, int status,
                           std::string body);
  MemoryMachine& fail_request(const std::string& socket, std::string_view method, const std::string& target,
                              ErrorKind kind);
  // gRPC over `socket`: the message a call is answered with, whatever it asks, for one value of its first field of
  // metadata ("" where it has none). A call with no canned answer is unsupported, as of a service that does not know
  // it.
  MemoryMachine& add_answer(const std::string& socket, const std::string& method, const std::string& metadata,
                            Result<std::string> message);
  // Requests answered so far, "GET /version", "GRPC /service/Method value: message", in the order they came.
  std::vector<std::string> requests() const;

  MemoryMachine& set_space(const std::string& path, const SpaceStat& space);
  MemoryMachine& set_attribute(const std::string& path, const std::string& name, std::string value);
  MemoryMachine& set_clock(const ClockStat& clock);
  // What netlink(protocol, type, ...) answers; without it the protocol is unsupported.
  MemoryMachine& set_legacy_table(const std::string& name, bool six, LegacyTable table);
  MemoryMachine& set_netlink(int protocol, uint16_t type, Result<std::vector<NetlinkReply>> answer);
  MemoryMachine& set_now(Instant now);
  MemoryMachine& set_effective_uid(uint32_t uid);

  Result<std::string> read_file(const std::string& path, size_t limit = size_t{8} << 20) const override;
  Result<std::vector<std::string>> list_directory(const std::string& path, size_t limit = 1'000'000) const override;
  Result<std::string> read_link(const std::string& path) const override;
  Result<FileStat> stat(const std::string& path, bool follow) const override;
  Result<HttpReply> http_unix(const std::string& socket, std::string_view method, const std::string& target,
                              std::string_view body, size_t limit, int seconds) const override;
  Result<std::string> grpc_unix(const std::string& socket, const GrpcCall& call, size_t limit,
                                int seconds) const override;
  Result<SpaceStat> space(const std::string& path) const override;
  Result<std::string> extended_attribute(const std::string& path, const std::string& name) const override;
  Result<ClockStat> clock() const override;
  Result<LegacyTable> legacy_table(const std::string& name, bool six) const override;
  Result<std::vector<NetlinkReply>> netlink(int protocol, uint16_t type, uint16_t flags,
                                            std::string_view payload) const override;
  Instant now() const override { return now_; }
  uint32_t effective_uid() const override { return uid_; }

 private:
  struct Node {
    FileStat stat;
    std::optional<FileStat> followed;
    std::string content;  // of a file, or the target of a link
    std::optional<Error> fails;
    std::optional<Error> fails_reading;
  };
  struct Canned {
    HttpReply reply;
    std::optional<Error> fails;
  };

  Node& put(const std::string& path, uint32_t mode);
  Node& at(const std::string& path);
  // The node a path leads to: the last component is followed only with `follow`.
  Result<const Node*> find(const std::string& path, bool follow, std::string* resolved = nullptr) const;
  Result<const Node*> find_readable(const std::string& path, uint32_t type, const char* what,
                                    std::string* resolved = nullptr) const;

  std::map<std::string, Node> nodes_;
  std::map<std::string, Canned> replies_;               // by "socket method target"
  std::map<std::string, Result<std::string>> answers_;  // by "socket method metadata"
  std::map<std::string, SpaceStat> spaces_;
  std::map<std::pair<std::string, std::string>, std::string> attributes_;
  std::optional<ClockStat> clock_;
  std::map<std::pair<int, uint16_t>, Result<std::vector<NetlinkReply>>> netlink_;
  std::map<std::pair<std::string, bool>, LegacyTable> legacy_tables_;
  uint64_t next_inode_ = 1000;
  Instant now_{};
  uint32_t uid_ = 0;
  mutable std::mutex requests_mutex_;
  mutable std::vector<std::string> requests_;
};

}  // namespace plimsoll::system

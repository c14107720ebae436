#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plimsoll::probe::settings {

using SshdValues = std::map<std::string, std::vector<std::string>>;  // keyword in lower case -> its value or values

// Settings that hold when the criteria are met: "user alice", "address 10.0.0.0/8 group staff".
struct SshdMatch {
  std::string criteria;
  SshdValues values;
};

struct SshdConfig {
  SshdValues values;               // with no Match active
  std::vector<SshdMatch> matches;  // what each block sets itself
  std::vector<std::string> unknown;
};

// What an Include needs of the outside: a file, and the paths a pattern names, in lexical order.
struct SshdSource {
  std::function<Result<std::string>(const std::string& path)> read;
  std::function<Result<std::vector<std::string>>(const std::string& pattern)> glob;
};

// sshd_config(5): the first value of a keyword counts, but for those that add up (Port, HostKey, AllowUsers, ...).
// `options` are those of the command line ("Port=22"), which come first. Bounded: includes 16 deep, 500 files, 1000
// Match blocks.
SshdConfig parse_sshd_config(const SshdSource& source, const std::string& path,
                             const std::vector<std::string>& options);

struct SshVersion {
  int major = 0, minor = 0;
  auto operator<=>(const SshVersion&) const = default;
};
// From "OpenSSH_9.2p1" anywhere in the bytes of the program.
std::optional<SshVersion> find_ssh_version(std::string_view bytes);

// The built-in value of a keyword in `version`; nothing for one this table does not hold.
std::optional<std::string> sshd_default(std::string_view keyword, const SshVersion& version);

// The algorithms in force: `configured` (empty: unset) is a list, or edits the built-in one with a leading `+`, `-` or
// `^`. `keyword` is "ciphers", "macs", "kexalgorithms" or "hostkeyalgorithms".
std::vector<std::string> sshd_algorithms(std::string_view keyword, std::string_view configured,
                                         const SshVersion& version);

// "2m30s", "90", "1h": seconds; nothing when it is no time (sshd_config(5), TIME FORMATS).
std::optional<uint64_t> parse_ssh_time(std::string_view text);

// A public key: the type and, for RSA and DSA, the bits of its modulus (RFC 4253, 6.6).
struct SshKey {
  std::string type;
  uint64_t bits = 0;
};
// All keys of a .pub or authorized_keys file, options in front of a key left aside; at most 10 000.
std::vector<SshKey> parse_ssh_keys(std::string_view text);

}  // namespace plimsoll::probe::settings

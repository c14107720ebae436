#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/sshd_config.h"

namespace plimsoll::probe::settings {
namespace {

std::vector<std::string> split_algorithms(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view name : split(text, ',')) {
    if (!trim(name).empty()) out.emplace_back(trim(name));
  }
  return out;
}

// Built-in lists of the releases' myproposal.h.
std::vector<std::string> built_in(std::string_view keyword, const SshVersion& version) {
  const auto since = [&](int major, int minor) { return version >= SshVersion{major, minor}; };
  std::string out;
  if (keyword == "ciphers") {
    out =
        "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com";
  } else if (keyword == "macs") {
    out =
        "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
        "hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1";
  } else if (keyword == "kexalgorithms") {
    if (since(10, 0)) out += "mlkem768x25519-sha256,";
    if (since(9, 0)) out += "sntrup761x25519-sha512@openssh.com,";
    if (since(7, 3)) out += "curve25519-sha256,";
    out += "curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521";
    if (!since(10, 0)) out += ",diffie-hellman-group-exchange-sha256";
    if (since(7, 3) && !since(10, 0)) {
      out += ",diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256";
    }
    if (!since(8, 2)) out += ",diffie-hellman-group14-sha1";
  } else if (keyword == "hostkeyalgorithms") {
    out = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521";
    if (since(7, 2)) out += ",rsa-sha2-512,rsa-sha2-256";
    if (!since(8, 8)) out += ",ssh-rsa";
  }
  return split_algorithms(out);
}

}  // namespace

std::optional<SshVersion> find_ssh_version(std::string_view bytes) {
  constexpr std::string_view mark = "OpenSSH_";
  for (size_t at = bytes.find(mark); at != std::string_view::npos; at = bytes.find(mark, at + 1)) {
    const std::string_view rest = bytes.substr(at + mark.size(), 16);
    const size_t dot = rest.find('.');
    if (dot == std::string_view::npos) continue;
    size_t end = dot + 1;
    while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
    const auto major = parse_uint(rest.substr(0, dot)), minor = parse_uint(rest.substr(dot + 1, end - dot - 1));
    if (major && minor && *major < 1000 && *minor < 1000)
      return SshVersion{static_cast<int>(*major), static_cast<int>(*minor)};
  }
  return std::nullopt;
}

std::optional<std::string> sshd_default(std::string_view keyword, const SshVersion& version) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 29> kDefaults = {{
      {"permitrootlogin", "prohibit-password"},
      {"passwordauthentication", "yes"},
      {"kbdinteractiveauthentication", "yes"},
      {"usepam", "no"},
      {"permitemptypasswords", "no"},
      {"permituserenvironment", "no"},
      {"x11forwarding", "no"},
      {"allowtcpforwarding", "yes"},
      {"allowagentforwarding", "yes"},
      {"allowstreamlocalforwarding", "yes"},
      {"disableforwarding", "no"},
      {"permittunnel", "no"},
      {"gatewayports", "no"},
      {"logingracetime", "120"},
      {"maxauthtries", "6"},
      {"maxsessions", "10"},
      {"maxstartups", "10:30:100"},
      {"clientaliveinterval", "0"},
      {"clientalivecountmax", "3"},
      {"loglevel", "INFO"},
      {"strictmodes", "yes"},
      {"ignorerhosts", "yes"},
      {"hostbasedauthentication", "no"},
      {"gssapiauthentication", "no"},
      {"usedns", "no"},
      {"banner", "none"},
      {"authenticationmethods", "any"},
      {"pubkeyauthentication", "yes"},
      {"requiredrsasize", "1024"},
  }};
  if (keyword == "permitrootlogin" && version < SshVersion{7, 0}) return "yes";
  for (const auto& [name, value] : kDefaults) {
    if (name == keyword) return value;
  }
  return std::nullopt;
}

std::vector<std::string> sshd_algorithms(std::string_view keyword, std::string_view configured,
                                         const SshVersion& version) {
  std::vector<std::string> base = built_in(keyword, version);
  if (configured.empty()) return base;
  const char edit = configured.front();
  if (edit != '+' && edit != '-' && edit != '^') return split_algorithms(configured);
  const std::vector<std::string> named = split_algorithms(configured.substr(1));
  if (edit == '-') {
    std::erase_if(base, [&](const std::string& name) {
      return std::any_of(named.begin(), named.end(), [&](const std::string& p) { return matches_pattern(p, name); });
    });
    return base;
  }
  for (const std::string& name : named) {
    if (std::find(base.begin(), base.end(), name) == base.end()) base.push_back(name);
  }
  return base;
}

std::optional<uint64_t> parse_ssh_time(std::string_view text) {
  uint64_t total = 0;
  if (text.empty() || text.size() > 64) return std::nullopt;
  while (!text.empty()) {
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    const auto value = parse_uint(text.substr(0, digits));
    if (!value || *value > 1'000'000'000) return std::nullopt;
    text.remove_prefix(digits);
    uint64_t unit = 1;
    if (!text.empty()) {
      switch (text.front()) {
        case 's':
        case 'S':
          break;
        case 'm':
        case 'M':
          unit = 60;
          break;
        case 'h':
        case 'H':
          unit = 3600;
          break;
        case 'd':
        case 'D':
          unit = 86'400;
          break;
        case 'w':
        case 'W':
          unit = 604'800;
          break;
        default:
          return std::nullopt;
      }
      text.remove_prefix(1);
    }
    total += *value * unit;
  }
  return total;
}

}  // namespace plimsoll::probe::settings

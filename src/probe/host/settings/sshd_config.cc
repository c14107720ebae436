#include "probe/host/settings/sshd_config.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxFiles = 500, kMaxMatches = 1000, kMaxValues = 10'000;

constexpr std::array<std::string_view, 10> kAddUp = {"port",       "listenaddress", "hostkey",   "acceptenv",
                                                     "allowusers", "allowgroups",   "denyusers", "denygroups",
                                                     "subsystem",  "setenv"};

// Older and other spellings.
std::string canonical(std::string_view keyword) {
  std::string out = lower(keyword);
  static constexpr std::array<std::pair<std::string_view, const char*>, 5> kAliases = {
      {{"challengeresponseauthentication", "kbdinteractiveauthentication"},
       {"skeyauthentication", "kbdinteractiveauthentication"},
       {"keepalive", "tcpkeepalive"},
       {"pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms"},
       {"hostdsakey", "hostkey"}}};
  for (const auto& [from, to] : kAliases) {
    if (out == from) return to;
  }
  return out;
}

// "Key value", "Key=value", values in quotes, a comment after a blank.
std::vector<std::string> tokens(std::string_view line) {
  std::vector<std::string> out;
  size_t i = 0;
  while (i < line.size()) {
    if (line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || (line[i] == '=' && out.size() == 1)) {
      ++i;
      continue;
    }
    if (line[i] == '#') break;
    std::string word;
    bool quoted = false;
    for (; i < line.size(); ++i) {
      if (line[i] == '"') {
        quoted = !quoted;
      } else if (!quoted && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r' || (line[i] == '=' && out.empty()))) {
        break;
      } else {
        word.push_back(line[i]);
      }
    }
    out.push_back(std::move(word));
  }
  return out;
}

void set(SshdValues& values, const std::string& keyword, std::vector<std::string> arguments) {
  std::vector<std::string>& at = values[keyword];
  const bool adds = std::find(kAddUp.begin(), kAddUp.end(), keyword) != kAddUp.end();
  if (!adds && !at.empty()) return;  // the first one counts
  for (std::string& argument : arguments) {
    if (at.size() < kMaxValues) at.push_back(std::move(argument));
  }
}

class Reader {
 public:
  explicit Reader(const SshdSource& source) : source_(source) {}

  SshdConfig read(const std::string& path, const std::vector<std::string>& options) {
    for (const std::string& option : options) {
      std::optional<size_t> nowhere;
      take(tokens(option), 0, nowhere);
    }
    read_file(path, 0, std::nullopt);
    return std::move(out_);
  }

 private:
  // `match` is the block that an Include stands in; a Match of the included file ends with that file.
  void read_file(const std::string& path, int depth, std::optional<size_t> match) {
    if (depth > kMaxDepth || ++files_ > kMaxFiles) {
      out_.unknown.push_back(path + ": includes go too deep");
      return;
    }
    const auto text = source_.read(path);
    if (!text.ok()) {
      out_.unknown.push_back(text.error().to_string());
      return;
    }
    const std::optional<size_t> outer = match;
    outer_ = outer;
    for (const std::string_view line : split(*text, '\n')) {
      outer_ = outer;
      take(tokens(line), depth, match);
    }
  }

  void take(std::vector<std::string> words, int depth, std::optional<size_t>& match) {
    if (words.size() < 2) return;
    const std::string keyword = canonical(words[0]);
    words.erase(words.begin());
    if (keyword == "match") {
      match = begin_match(words);
    } else if (keyword == "include") {
      for (const std::string& pattern : words) include(pattern, depth, match);
    } else {
      set(match ? out_.matches[*match].values : out_.values, keyword, std::move(words));
    }
  }

  std::optional<size_t> begin_match(const std::vector<std::string>& words) {
    const std::string criteria = join(words, " ");
    if (lower(criteria) == "all" && !outer_) return std::nullopt;  // counts as no Match
    if (out_.matches.size() >= kMaxMatches) {
      out_.unknown.push_back("more than " + std::to_string(kMaxMatches) + " Match blocks");
      return out_.matches.size() - 1;
    }
    const std::string above = outer_ ? out_.matches[*outer_].criteria + " " : "";
    out_.matches.push_back({above + criteria, {}});
    return out_.matches.size() - 1;
  }

  void include(const std::string& pattern, int depth, std::optional<size_t> match) {
    const std::string whole = pattern.starts_with("/") ? pattern : "/etc/ssh/" + pattern;
    const auto files = source_.glob(whole);
    if (!files.ok()) {
      out_.unknown.push_back(files.error().to_string());
      return;
    }
    for (const std::string& file : *files) read_file(file, depth + 1, match);
  }

  const SshdSource& source_;
  size_t files_ = 0;
  std::optional<size_t> outer_;
  SshdConfig out_;
};

std::string_view plain_type(std::string_view word) {
  static constexpr std::array<std::string_view, 8> kTypes = {"ssh-rsa",
                                                             "ssh-dss",
                                                             "ssh-ed25519",
                                                             "ecdsa-sha2-nistp256",
                                                             "ecdsa-sha2-nistp384",
                                                             "ecdsa-sha2-nistp521",
                                                             "sk-ssh-ed25519@openssh.com",
                                                             "sk-ecdsa-sha2-nistp256@openssh.com"};
  const auto found = std::find(kTypes.begin(), kTypes.end(), word);
  return found == kTypes.end() ? std::string_view() : *found;
}

std::string decode_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<uint32_t>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<uint32_t>(c - '0') + 52;
    else if (c == '+')
      value = 62;
    else if (c == '/')
      value = 63;
    else
      break;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>((bits >> count) & 0xff));
  }
  return out;
}

// One length-prefixed string; takes it off `blob`.
std::optional<std::string_view> take_string(std::string_view& blob) {
  if (blob.size() < 4) return std::nullopt;
  uint32_t length = 0;
  for (size_t i = 0; i < 4; ++i) length = (length << 8) | static_cast<unsigned char>(blob[i]);
  if (length > blob.size() - 4) return std::nullopt;
  const std::string_view out = blob.substr(4, length);
  blob.remove_prefix(4 + length);
  return out;
}

uint64_t bits_of(std::string_view number) {
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  if (number.empty()) return 0;
  uint64_t bits = (number.size() - 1) * 8;
  for (auto top = static_cast<unsigned char>(number.front()); top != 0; top >>= 1) ++bits;
  return bits;
}

uint64_t key_bits(std::string_view type, std::string_view base64) {
  const std::string bytes = decode_base64(base64);
  std::string_view blob = bytes;
  const auto name = take_string(blob);
  if (!name || *name != type) return 0;
  if (type == "ssh-rsa") take_string(blob);  // the exponent comes first
  const auto modulus = take_string(blob);
  return modulus ? bits_of(*modulus) : 0;
}

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

SshdConfig parse_sshd_config(const SshdSource& source, const std::string& path,
                             const std::vector<std::string>& options) {
  return Reader(source).read(path, options);
}

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

std::vector<SshKey> parse_ssh_keys(std::string_view text) {
  std::vector<SshKey> out;
  for (const std::string_view line : config_lines(text)) {
    const auto words = split_words(line);
    for (size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string_view type = plain_type(words[i]);
      if (type.empty()) continue;
      const bool sized = type == "ssh-rsa" || type == "ssh-dss";
      out.push_back({std::string(type), sized ? key_bits(type, words[i + 1]) : 0});
      break;
    }
    if (out.size() >= 10'000) break;
  }
  return out;
}

}  // namespace plimsoll::probe::settings

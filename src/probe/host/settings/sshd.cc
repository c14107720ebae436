#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/login_users.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/sshd_config.h"

namespace plimsoll::probe::settings {
namespace {

constexpr std::array kSettings = {"permitrootlogin",
                                  "passwordauthentication",
                                  "kbdinteractiveauthentication",
                                  "usepam",
                                  "permitemptypasswords",
                                  "permituserenvironment",
                                  "x11forwarding",
                                  "allowtcpforwarding",
                                  "allowagentforwarding",
                                  "allowstreamlocalforwarding",
                                  "disableforwarding",
                                  "permittunnel",
                                  "gatewayports",
                                  "maxauthtries",
                                  "maxsessions",
                                  "clientalivecountmax",
                                  "strictmodes",
                                  "ignorerhosts",
                                  "hostbasedauthentication",
                                  "gssapiauthentication",
                                  "banner",
                                  "authenticationmethods",
                                  "pubkeyauthentication"};
constexpr std::array kTimes = {"logingracetime", "clientaliveinterval"};
constexpr std::array kAlgorithms = {"ciphers", "macs", "kexalgorithms", "hostkeyalgorithms"};
constexpr std::array kAccess = {"allowusers", "allowgroups", "denyusers", "denygroups"};

const Process* listener(const Context& context) {
  for (const Process& process : context.processes) {
    if (!process.in_container && process.name == "sshd" && process.uid == 0u) return &process;
  }
  return nullptr;
}

struct Options {
  std::string file = "/etc/ssh/sshd_config";
  std::vector<std::string> settings;
};

// -f FILE, -o KEY=VALUE, -p PORT among the words of a command line. The running daemon's title holds its own.
void take_options(std::string_view text, Options& out) {
  const auto words = split_words(text);
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() < 2 || words[i][0] != '-') continue;
    const char letter = words[i][1];
    if (letter != 'f' && letter != 'o' && letter != 'p') continue;
    std::string_view value = words[i].substr(2);
    if (value.empty() && i + 1 < words.size()) value = words[++i];
    if (value.empty()) continue;
    if (letter == 'f') out.file = value;
    if (letter == 'o') out.settings.emplace_back(value);
    if (letter == 'p') out.settings.push_back("Port=" + std::string(value));
  }
}

Options options_of(const Context& context, const Process* process) {
  Options out;
  if (process != nullptr) {
    take_options(join(process->arguments, " "), out);
    return out;
  }
  for (const auto& [file, key] : {std::pair{"/etc/default/ssh", "SSHD_OPTS"}, {"/etc/sysconfig/sshd", "OPTIONS"}}) {
    const auto text = read_following(context.machine, file, 65'536);
    if (!text.ok()) continue;
    const auto values = parse_assignments(*text);
    if (const auto found = values.find(key); found != values.end()) take_options(found->second, out);
  }
  return out;
}

Result<std::vector<std::string>> glob(const Context& context, const std::string& pattern) {
  const std::string_view last = base_name(pattern);
  if (last.find_first_of("*?[") == std::string_view::npos) {
    const auto there = context.machine.stat(pattern, true);
    if (!there.ok() && there.error().kind == ErrorKind::not_found) return std::vector<std::string>{};
    return std::vector<std::string>{pattern};
  }
  PLIMSOLL_TRY(files, files_in(context.machine, parent_directory(pattern), ""));
  std::erase_if(files, [&](const std::string& file) { return !matches_pattern(last, base_name(file)); });
  return files;
}

std::optional<SshVersion> read_version(const Context& context) {
  for (const char* path : {"/usr/sbin/sshd", "/usr/lib/openssh/sshd-session", "/usr/libexec/openssh/sshd-session"}) {
    const auto bytes = read_following(context.machine, path, size_t{16} << 20);
    if (!bytes.ok()) continue;
    if (const auto version = find_ssh_version(*bytes)) return version;
  }
  return std::nullopt;
}

// Settings as sshd compares them; times in seconds; MaxStartups as its three numbers.
void add_values(const SshdValues& values, Members& out) {
  for (const auto& [keyword, given] : values) {
    if (given.empty()) continue;
    if (std::find(kSettings.begin(), kSettings.end(), keyword) != kSettings.end()) {
      std::string text = keyword == "authenticationmethods" ? lower(join(given, " ")) : lower(given.front());
      if (keyword == "permitrootlogin" && text == "without-password") text = "prohibit-password";
      out[keyword] = value_of(text);
    }
    if (std::find(kTimes.begin(), kTimes.end(), keyword) != kTimes.end()) {
      const auto seconds = parse_ssh_time(given.front());
      out[keyword] = seconds ? number(*seconds) : FactTree::unknown_because("no time: " + printable(given.front(), 60));
    }
    if (keyword == "loglevel") out[keyword] = FactTree::of(lower(given.front()));
    if (keyword == "maxstartups") {
      const auto parts = split(given.front(), ':');
      static constexpr std::array kParts = {"maxstartups_begin", "maxstartups_rate", "maxstartups_full"};
      for (size_t i = 0; i < parts.size() && i < kParts.size(); ++i) out[kParts[i]] = value_of(parts[i]);
    }
    if (std::find(kAccess.begin(), kAccess.end(), keyword) != kAccess.end()) out[keyword] = FactTree::texts_of(given);
  }
}

void add_defaults(const std::optional<SshVersion>& version, SshdValues& values) {
  for (const char* keyword : kSettings) {
    if (values[keyword].empty()) {
      if (const auto value = sshd_default(keyword, version.value_or(SshVersion{7, 0}))) values[keyword] = {*value};
    }
  }
  for (const char* keyword : {"logingracetime", "clientaliveinterval", "loglevel", "maxstartups"}) {
    if (values[keyword].empty()) values[keyword] = {*sshd_default(keyword, {7, 0})};
  }
}

FactTree algorithms_of(const SshdValues& values, const char* keyword, const std::optional<SshVersion>& version) {
  const auto found = values.find(keyword);
  const std::string configured = found == values.end() || found->second.empty() ? "" : found->second.front();
  const bool edits = configured.empty() || std::string_view("+-^").find(configured.front()) != std::string_view::npos;
  if (!version && edits) return FactTree::unknown_because("the version of sshd is not known, and so are its defaults");
  return FactTree::texts_of(sshd_algorithms(keyword, configured, version.value_or(SshVersion{})));
}

FactTree describe_keys(const Context& context, const std::vector<std::string>& files) {
  std::vector<FactTree> out;
  for (const std::string& file : files) {
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    if (!text.ok()) {
      out.push_back(FactTree::unknown_because(text.error().message, file));
      continue;
    }
    for (const SshKey& key : parse_ssh_keys(*text)) {
      Members one = {{"path", FactTree::of(file)}, {"type", FactTree::of(key.type)}};
      if (key.type == "ssh-rsa" || key.type == "ssh-dss")
        one["bits"] = key.bits > 0 ? number(key.bits) : FactTree::unknown_because("the key is not understood", file);
      out.push_back(FactTree::map_of(std::move(one), file));
    }
  }
  return FactTree::list_of(std::move(out));
}

std::vector<std::string> authorized_files(const Context& context) {
  std::vector<std::string> out;
  for (const User& user : context.users) {
    if (!is_person(user)) continue;
    out.push_back(user.home + "/.ssh/authorized_keys");
    out.push_back(user.home + "/.ssh/authorized_keys2");
  }
  return out;
}

bool is_enabled(const Context& context) {
  static constexpr std::array kUnits = {"ssh.service", "sshd.service", "ssh.socket", "sshd.socket"};
  return std::any_of(kUnits.begin(), kUnits.end(), [&](const char* unit) {
    return context.enabled_units.contains(unit) && !context.masked_units.contains(unit);
  });
}

}  // namespace

FactTree read_sshd(const Context& context) {
  const Process* process = listener(context);
  const bool installed = context.machine.stat("/usr/sbin/sshd", true).ok();
  if (process == nullptr && (!installed || !is_enabled(context))) {
    if (installed && !context.units_unknown.empty()) return FactTree::unknown_because(context.units_unknown);
    return {};
  }
  const Options options = options_of(context, process);
  const SshdSource source = {
      [&](const std::string& path) { return read_following(context.machine, path, size_t{1} << 20); },
      [&](const std::string& pattern) { return glob(context, pattern); }};
  SshdConfig config = parse_sshd_config(source, options.file, options.settings);
  if (!config.unknown.empty()) return FactTree::unknown_because(config.unknown.front(), options.file);
  const std::optional<SshVersion> version = read_version(context);
  Members out = {{"running", FactTree::of(process != nullptr)}};
  if (version) out["version"] = FactTree::of(std::to_string(version->major) + "." + std::to_string(version->minor));
  for (const char* keyword : kAlgorithms) out[keyword] = algorithms_of(config.values, keyword, version);
  std::vector<FactTree> matches;
  for (const SshdMatch& match : config.matches) {
    Members values;
    add_values(match.values, values);
    matches.push_back(FactTree::map_of(
        {{"criteria", FactTree::of(match.criteria)}, {"settings", FactTree::map_of(std::move(values))}}, options.file));
  }
  add_defaults(version, config.values);
  Members values;
  add_values(config.values, values);
  out["settings"] = FactTree::map_of(std::move(values), options.file);
  out["matches"] = FactTree::list_of(std::move(matches), options.file);
  std::vector<std::string> keys;
  const auto files = files_in(context.machine, "/etc/ssh", "_key.pub");
  if (files.ok()) keys = *files;
  out["host_keys"] = describe_keys(context, keys);
  out["authorized_keys"] = describe_keys(context, authorized_files(context));
  return FactTree::map_of(std::move(out), options.file);
}

}  // namespace plimsoll::probe::settings

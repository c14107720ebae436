#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/pam_stack.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

// Services through which people come in; those that are not there are left out.
constexpr std::array kServices = {
    "sshd",        "login",         "sudo",      "su",           "common-auth", "common-account", "common-password",
    "system-auth", "password-auth", "base-auth", "base-password"};

Result<std::string> read_service(const Context& context, const std::string& name) {
  auto text = read_following(context.machine, "/etc/pam.d/" + name, 65'536);
  if (text.ok() || text.error().kind != ErrorKind::not_found) return text;
  return read_following(context.machine, "/usr/lib/pam.d/" + name, 65'536);
}

std::string module_name(const PamRule& rule) {
  std::string name(base_name(rule.module));
  if (name.ends_with(".so")) name.resize(name.size() - 3);
  return name;
}

bool has(const PamRule& rule, std::string_view argument) {
  return std::find(rule.arguments.begin(), rule.arguments.end(), argument) != rule.arguments.end();
}

std::string value_in(const PamRule& rule, std::string_view key) {
  for (const std::string& argument : rule.arguments) {
    if (argument.starts_with(key) && argument.size() > key.size() && argument[key.size()] == '=')
      return argument.substr(key.size() + 1);
  }
  return {};
}

// "key = value" or a bare key: faillock.conf(5), pwquality.conf(5).
void read_key_values(const Context& context, const std::string& path, std::map<std::string, std::string>& out) {
  const auto text = read_following(context.machine, path, 65'536);
  for (std::string_view line : config_lines(text_or_none(text))) {
    line = trim(line.substr(0, line.find('#')));
    const size_t equals = line.find('=');
    out[std::string(trim(line.substr(0, equals)))] =
        equals == std::string_view::npos ? "" : std::string(trim(line.substr(equals + 1)));
  }
}

// Modules of an auth stack that no package owns. On Debian the libpam-* packages tell; elsewhere only modules given by
// a path outside the system's own directories are told apart.
bool is_foreign(const PamRule& rule, const std::set<std::string>& owned) {
  static constexpr std::array<std::string_view, 4> kHomes = {"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"};
  if (rule.module.starts_with("/")) {
    const bool home = std::any_of(kHomes.begin(), kHomes.end(),
                                  [&](std::string_view prefix) { return rule.module.starts_with(prefix); }) &&
                      rule.module.find("/security/") != std::string::npos;
    if (!home) return true;
  }
  return !owned.empty() && !owned.contains(std::string(base_name(rule.module)));
}

std::set<std::string> owned_modules(const Context& context) {
  std::set<std::string> out;
  const std::string directory = "/var/lib/dpkg/info";
  const auto names = context.machine.list_directory(directory, 1'000'000);
  for (const std::string& name : names.ok() ? *names : std::vector<std::string>{}) {
    if (!name.starts_with("libpam") && name.find("pam") == std::string::npos && !name.starts_with("systemd")) continue;
    if (!name.ends_with(".list")) continue;
    const auto text = context.machine.read_file(directory + "/" + name, size_t{4} << 20);
    for (const std::string_view line : split(text_or_none(text), '\n')) {
      if (line.find("/security/pam_") != std::string_view::npos) out.insert(std::string(base_name(line)));
    }
  }
  return out;
}

FactTree describe_rule(const PamRule& rule) {
  return FactTree::map_of({{"type", FactTree::of(rule.type)},
                           {"control", FactTree::of(rule.control)},
                           {"module", FactTree::of(rule.module)},
                           {"arguments", FactTree::texts_of(rule.arguments)}},
                          rule.source);
}

struct Found {
  bool nullok = false, preauth = false, authfail = false, account = false, wheel = false;
  std::string quality;
  std::map<std::string, std::string> quality_values, faillock_values;
  std::string scheme;
  std::optional<uint64_t> remember;
  std::vector<FactTree> suspicious;
};

bool always_lets_in(const PamRule& rule) {
  return rule.type == "auth" && module_name(rule) == "pam_permit" &&
         (rule.control == "sufficient" || rule.control.find("success=done") != std::string::npos ||
          rule.control.find("default=done") != std::string::npos);
}

void look_at(const PamRule& rule, const std::set<std::string>& owned, Found& out) {
  const std::string module = module_name(rule);
  if (rule.type == "auth" && module == "pam_unix") out.nullok |= has(rule, "nullok") || has(rule, "nullok_secure");
  if (module == "pam_faillock") {
    out.preauth |= rule.type == "auth" && has(rule, "preauth");
    out.authfail |= rule.type == "auth" && has(rule, "authfail");
    out.account |= rule.type == "account";
    for (const char* key : {"deny", "unlock_time"}) {
      const std::string value = value_in(rule, key);
      if (!value.empty()) out.faillock_values[key] = value;
    }
  }
  if (rule.type == "password" && (module == "pam_pwquality" || module == "pam_passwdqc")) {
    out.quality = module;
    for (const char* key : {"minlen", "dictcheck"}) {
      const std::string value = value_in(rule, key);
      if (!value.empty()) out.quality_values[key] = value;
    }
  }
  if (rule.type == "password" && module == "pam_unix") {
    for (const char* scheme : {"yescrypt", "gost_yescrypt", "blowfish", "sha512", "sha256", "md5", "bigcrypt"}) {
      if (has(rule, scheme)) out.scheme = scheme;
    }
  }
  if (rule.type == "password" && (module == "pam_pwhistory" || module == "pam_unix")) {
    const std::string value = value_in(rule, "remember");
    if (const auto count = parse_uint(value)) out.remember = count;
  }
  if (always_lets_in(rule) || (rule.type == "auth" && (module == "pam_exec" || is_foreign(rule, owned)))) {
    FactTree one = describe_rule(rule);  // several services include the same file
    if (std::find(out.suspicious.begin(), out.suspicious.end(), one) == out.suspicious.end())
      out.suspicious.push_back(std::move(one));
  }
}

FactTree values(const std::map<std::string, std::string>& from) {
  Members out;
  for (const auto& [key, value] : from) out[key] = value_of(value);
  return FactTree::map_of(std::move(out));
}

}  // namespace

FactTree read_pam(const Context& context) {
  const std::string directory = "/etc/pam.d";
  const auto there = context.machine.stat(directory, true);
  if (!there.ok()) return from_error(there.error(), directory);
  const auto owned = owned_modules(context);
  Found found;
  read_key_values(context, "/etc/security/faillock.conf", found.faillock_values);
  read_key_values(context, "/etc/security/pwquality.conf", found.quality_values);
  const auto more = files_in(context.machine, "/etc/security/pwquality.conf.d", ".conf");
  for (const std::string& file : more.ok() ? *more : std::vector<std::string>{})
    read_key_values(context, file, found.quality_values);
  std::map<std::string, std::string> history;
  read_key_values(context, "/etc/security/pwhistory.conf", history);
  std::vector<std::string> unknown;
  bool any = false;
  for (const std::string service : kServices) {
    const auto text = read_service(context, service);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    any = true;
    const PamStack stack =
        read_pam_stack([&](const std::string& name) { return read_service(context, name); }, service);
    unknown.insert(unknown.end(), stack.unknown.begin(), stack.unknown.end());
    for (const PamRule& rule : stack.rules) {
      look_at(rule, owned, found);
      found.wheel |= service == "su" && rule.type == "auth" && module_name(rule) == "pam_wheel" &&
                     (rule.control == "required" || rule.control == "requisite") && has(rule, "use_uid");
    }
  }
  if (!any) return {};
  if (!unknown.empty()) return FactTree::unknown_because(unknown.front(), directory);
  if (found.remember == std::nullopt && history.contains("remember")) found.remember = parse_uint(history["remember"]);
  Members out = {
      {"nullok", FactTree::of(found.nullok)},
      {"faillock", FactTree::map_of({{"complete", FactTree::of(found.preauth && found.authfail && found.account)},
                                     {"values", values(found.faillock_values)}})},
      {"suspicious", FactTree::list_of(std::move(found.suspicious))},
      {"su_wheel", FactTree::of(found.wheel)},
      {"has_su", FactTree::of(read_service(context, "su").ok())},
      {"quality_values", values(found.quality_values)}};
  if (!found.quality.empty()) out["quality"] = FactTree::of(found.quality);
  if (!found.scheme.empty()) out["scheme"] = FactTree::of(found.scheme);
  if (found.remember) out["remember"] = number(*found.remember);
  return FactTree::map_of(std::move(out), directory);
}

}  // namespace plimsoll::probe::settings

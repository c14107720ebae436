#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/apt_config.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/os_support.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

FactTree read_support(const Context& context) {
  if (context.os_id.empty()) return FactTree::unknown_because("no os-release", "/etc/os-release");
  const auto end = end_of_support(context.os_id, context.os_version);
  if (!end) {
    return FactTree::unknown_because(
        "the end of support of " + printable(context.os_id + " " + context.os_version, 80) + " is not in the table",
        "/etc/os-release");
  }
  const bool over = context.machine.now() >= *end + std::chrono::hours(24);
  const bool extended = context.machine.stat("/var/lib/ubuntu-advantage/private/machine-token.json", true).ok();
  Members out = {{"name", FactTree::of(context.os_id + " " + context.os_version, "/etc/os-release")},
                 {"last_day", FactTree::of(format_rfc3339(*end).substr(0, 10))},
                 {"over", FactTree::of(over)}};
  if (over && extended)
    out["over"] = FactTree::unknown_because("an extended programme is in use: see until when it lasts");
  return FactTree::map_of(std::move(out));
}

struct Apt {
  AptValues values;
  std::vector<AptSource> sources;
  std::string unknown;
};

Apt read_apt(const Context& context) {
  Apt out;
  auto files = files_in(context.machine, "/etc/apt/apt.conf.d", "");
  if (!files.ok()) out.unknown = files.error().to_string();
  std::vector<std::string> configs = files.ok() ? *files : std::vector<std::string>{};
  std::erase_if(configs, [](const std::string& path) {
    const std::string_view name = base_name(path);
    return name.find('.') != std::string_view::npos && !name.ends_with(".conf");
  });
  configs.push_back("/etc/apt/apt.conf");
  const auto read = [&](const std::string& path) -> std::string {
    const auto text = read_following(context.machine, path, size_t{1} << 20);
    if (text.ok()) return *text;
    if (text.error().kind != ErrorKind::not_found) out.unknown = text.error().to_string();
    return {};
  };
  for (const std::string& path : configs) parse_apt_config(read(path), out.values);
  parse_one_line_sources(read("/etc/apt/sources.list"), out.sources);
  const auto lists = files_in(context.machine, "/etc/apt/sources.list.d", "");
  if (!lists.ok()) out.unknown = lists.error().to_string();
  for (const std::string& path : lists.ok() ? *lists : std::vector<std::string>{}) {
    if (path.ends_with(".list")) parse_one_line_sources(read(path), out.sources);
    if (path.ends_with(".sources")) parse_deb822_sources(read(path), out.sources);
  }
  return out;
}

bool is_yes(const std::string& value) {
  const std::string word = lower(value);
  return word == "1" || word == "yes" || word == "true" || word == "on";
}

FactTree known(bool value, bool decided, const std::string& unknown, const std::string& source) {
  return decided || unknown.empty() ? FactTree::of(value, source) : FactTree::unknown_because(unknown, source);
}

// Origins that unattended-upgrades takes from: one naming security, and those of a runtime's own archive.
std::vector<std::string> origins(const Apt& apt) {
  std::vector<std::string> out = apt_list(apt.values, "Unattended-Upgrade::Allowed-Origins");
  for (std::string& pattern : apt_list(apt.values, "Unattended-Upgrade::Origins-Pattern"))
    out.push_back(std::move(pattern));
  return out;
}

bool mentions(const std::vector<std::string>& texts, std::string_view part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return lower(text).find(part) != std::string::npos; });
}

bool positive(const std::string& value) {
  const auto number = parse_uint(value.substr(0, value.find_first_not_of("0123456789")));
  return value == "always" || (number && *number >= 1);
}

FactTree apt_automatic(const Context& context, const Apt& apt) {
  return FactTree::map_of(
      {{"installed", FactTree::of(context.machine.stat("/usr/bin/unattended-upgrade", true).ok() ||
                                  context.machine.stat("/usr/bin/unattended-upgrades", true).ok())},
       {"upgrades", known(positive(last_apt_value(apt.values, "APT::Periodic::Unattended-Upgrade")), false, apt.unknown,
                          "/etc/apt/apt.conf.d")},
       {"lists", known(positive(last_apt_value(apt.values, "APT::Periodic::Update-Package-Lists")), false, apt.unknown,
                       "/etc/apt/apt.conf.d")},
       {"timer", unit_state(context, "apt-daily-upgrade.timer")},
       {"takes_security", known(mentions(origins(apt), "security"), false, apt.unknown, "/etc/apt/apt.conf.d")}},
      "/etc/apt/apt.conf.d");
}

// Archives that bring a runtime: those whose packages are not the distribution's.
constexpr std::array<std::string_view, 6> kRuntimeArchives = {"download.docker.com", "nvidia.github.io",
                                                              "pkgs.k8s.io",         "packages.cloud.google.com",
                                                              "isv:/kubernetes",     "developer.download.nvidia.com"};

FactTree runtime_archives(const Apt& apt) {
  std::vector<FactTree> out;
  const auto allowed = origins(apt);
  const bool every = mentions(allowed, "origin=*") || mentions(allowed, "*:*");
  for (const AptSource& source : apt.sources) {
    for (const std::string_view archive : kRuntimeArchives) {
      if (source.uri.find(archive) == std::string::npos) continue;
      const std::string word = archive.find("docker") != std::string_view::npos   ? "docker"
                               : archive.find("nvidia") != std::string_view::npos ? "nvidia"
                                                                                  : "kubernetes";
      out.push_back(FactTree::map_of(
          {{"uri", FactTree::of(source.uri)}, {"automatic", FactTree::of(every || mentions(allowed, word))}}));
    }
  }
  return FactTree::list_of(std::move(out), "/etc/apt");
}

// Packages of a runtime that dpkg holds back.
FactTree held_packages(const Context& context) {
  const std::string path = "/var/lib/dpkg/status";
  const auto text = context.machine.read_file(path, size_t{64} << 20);
  if (!text.ok()) return from_error(text.error(), path);
  std::vector<std::string> out;
  std::string_view package;
  for (const std::string_view line : split(*text, '\n')) {
    if (line.starts_with("Package: ")) package = trim(line.substr(9));
    if (!line.starts_with("Status: hold ")) continue;
    for (const std::string_view name :
         {"docker", "containerd", "runc", "kube", "cri-o", "podman", "nvidia-container"}) {
      if (package.starts_with(name)) out.emplace_back(package);
    }
  }
  return FactTree::texts_of(out, path);
}

FactTree signature_gaps(const Apt& apt) {
  std::vector<std::string> out;
  for (const AptSource& source : apt.sources) {
    if (source.trusted) out.push_back(source.uri + ": trusted=yes");
    if (source.allow_insecure) out.push_back(source.uri + ": allow-insecure=yes");
  }
  for (const char* key : {"APT::Get::AllowUnauthenticated", "Acquire::AllowInsecureRepositories",
                          "Acquire::AllowWeakRepositories", "Acquire::AllowDowngradeToInsecureRepositories"}) {
    if (is_yes(last_apt_value(apt.values, key))) out.emplace_back(key);
  }
  if (out.empty() && !apt.unknown.empty()) return FactTree::unknown_because(apt.unknown, "/etc/apt");
  return FactTree::texts_of(out, "/etc/apt");
}

FactTree has_security_archive(const Apt& apt) {
  const bool has = std::any_of(apt.sources.begin(), apt.sources.end(), [](const AptSource& source) {
    return source.suite.find("-security") != std::string::npos || source.suite.find("/updates") != std::string::npos ||
           source.uri.find("security") != std::string::npos;
  });
  return known(has, has, apt.unknown, "/etc/apt/sources.list");
}

FactTree read_apt_updates(const Context& context) {
  if (!context.machine.stat("/etc/apt", true).ok()) return {};
  const Apt apt = read_apt(context);
  return FactTree::map_of({{"automatic", apt_automatic(context, apt)},
                           {"runtime_archives", runtime_archives(apt)},
                           {"held", held_packages(context)},
                           {"signature_gaps", signature_gaps(apt)},
                           {"security_archive", has_security_archive(apt)}},
                          "/etc/apt");
}

// dnf.conf(5) and the repository files: where signatures are not asked for.
FactTree dnf_signature_gaps(const Context& context) {
  std::vector<std::string> out;
  std::string unknown;
  std::map<std::string, std::string> main;
  const auto conf = read_following(context.machine, "/etc/dnf/dnf.conf", size_t{1} << 20);
  if (conf.ok()) parse_ini(*conf, main);
  const auto value = [](const std::map<std::string, std::string>& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::string() : lower(found->second);
  };
  if (!is_yes(value(main, "main.gpgcheck"))) out.emplace_back("dnf.conf: gpgcheck is not 1");
  if (!is_yes(value(main, "main.localpkg_gpgcheck"))) out.emplace_back("dnf.conf: localpkg_gpgcheck is not 1");
  const auto files = files_in(context.machine, "/etc/yum.repos.d", ".repo");
  if (!files.ok()) unknown = files.error().to_string();
  for (const std::string& file : files.ok() ? *files : std::vector<std::string>{}) {
    const auto text = read_following(context.machine, file, size_t{1} << 20);
    if (!text.ok()) {
      unknown = text.error().to_string();
      continue;
    }
    std::map<std::string, std::string> values;
    parse_ini(*text, values);
    for (const auto& [key, given] : values) {
      if (!key.ends_with(".gpgcheck") || is_yes(given)) continue;
      const std::string section = key.substr(0, key.size() - 9);
      if (value(values, section + ".enabled") != "0") out.push_back(file + " [" + section + "]: gpgcheck is off");
    }
  }
  if (out.empty() && !unknown.empty()) return FactTree::unknown_because(unknown);
  return FactTree::texts_of(out, "/etc/dnf, /etc/yum.repos.d");
}

FactTree dnf_automatic(const Context& context) {
  std::map<std::string, std::string> values;
  for (const char* path : {"/etc/dnf/automatic.conf", "/etc/dnf/dnf5-plugins/automatic.conf"}) {
    const auto text = read_following(context.machine, path, size_t{1} << 20);
    if (text.ok()) parse_ini(*text, values);
    if (!text.ok() && text.error().kind != ErrorKind::not_found) return from_error(text.error(), path);
  }
  const auto apply = values.find("commands.apply_updates");
  // The timer of this name installs whatever the file says.
  const bool install_timer = context.enabled_units.contains("dnf-automatic-install.timer");
  return FactTree::map_of(
      {{"timer_enabled", FactTree::of(install_timer || context.enabled_units.contains("dnf-automatic.timer") ||
                                      context.enabled_units.contains("dnf5-automatic.timer"))},
       {"applies", FactTree::of(install_timer || (apply != values.end() && is_yes(apply->second)))}},
      "/etc/dnf/automatic.conf");
}

FactTree read_dnf_updates(const Context& context) {
  if (!context.machine.stat("/etc/dnf/dnf.conf", true).ok()) return {};
  return FactTree::map_of({{"automatic", dnf_automatic(context)}, {"signature_gaps", dnf_signature_gaps(context)}},
                          "/etc/dnf");
}

// Days since package lists were last fetched.
FactTree list_age(const Context& context) {
  int64_t newest = 0;
  std::string source;
  for (const char* path :
       {"/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/lists", "/var/lib/apt/lists/partial",
        "/var/cache/dnf", "/var/cache/libdnf5", "/lib/apk/db", "/var/cache/apk"}) {
    const auto stat = context.machine.stat(path, true);
    if (!stat.ok() || stat->modified <= newest) continue;
    newest = stat->modified;
    source = path;
  }
  if (newest == 0) return {};
  return FactTree::of((context.machine.now().time_since_epoch().count() - newest) / 86'400, source);
}

FactTree manages_itself(const Context& context) {
  return runs(context,
              {"salt-minion", "puppet", "landscape-client", "amazon-ssm-agent", "chef-client", "update_engine"});
}

}  // namespace

FactTree read_updates(const Context& context) {
  return FactTree::map_of({{"support", read_support(context)},
                           {"apt", read_apt_updates(context)},
                           {"dnf", read_dnf_updates(context)},
                           {"list_age_days", list_age(context)},
                           {"management_agent", manages_itself(context)}});
}

}  // namespace plimsoll::probe::settings

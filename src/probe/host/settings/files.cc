#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/login_users.h"
#include "probe/host/settings/reading.h"
#include "probe/host/settings/unit_files.h"

namespace plimsoll::probe::settings {
namespace {

// A group of paths judged alike. A last component with `*` is a pattern over its directory.
struct Paths {
  const char* name;
  std::vector<std::string> paths;
};

const std::vector<Paths>& fixed_groups() {
  static const std::vector<Paths> groups = {
      {"passwd", {"/etc/passwd", "/etc/passwd-", "/etc/group", "/etc/group-"}},
      {"shadow", {"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-"}},
      {"shells", {"/etc/shells"}},
      {"opasswd", {"/etc/security/opasswd", "/etc/security/opasswd.old"}},
      {"sudoers", {"/etc/sudoers", "/etc/sudoers.d/*"}},
      {"sudoers_directory", {"/etc/sudoers.d"}},
      {"sshd_config", {"/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*"}},
      {"ssh_public_keys", {"/etc/ssh/*.pub"}},
      {"crontab", {"/etc/crontab"}},
      {"cron_directories",
       {"/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/etc/cron.d"}},
      {"cron_allow", {"/etc/cron.allow", "/etc/at.allow"}},
      {"banners", {"/etc/motd", "/etc/issue", "/etc/issue.net"}},
      {"log_directory", {"/var/log"}},
      {"log_files", {"/var/log/auth.log", "/var/log/secure", "/var/log/messages", "/var/log/syslog"}},
      {"login_records", {"/var/log/wtmp", "/var/log/btmp", "/var/log/lastlog"}},
      {"audit_directory", {"/var/log/audit"}},
      {"audit_logs", {"/var/log/audit/audit.log*"}},
      {"audit_config", {"/etc/audit/*", "/etc/audit/rules.d/*"}},
      {"audit_tools",
       {"/sbin/auditctl", "/sbin/aureport", "/sbin/ausearch", "/sbin/autrace", "/sbin/auditd", "/sbin/augenrules"}},
      {"root_home", {"/root"}},
      {"ld_preload", {"/etc/ld.so.preload"}},
      {"loader", {"/etc/ld.so.conf", "/etc/ld.so.conf.d/*", "/etc/profile", "/etc/profile.d/*", "/etc/environment"}},
      {"runtime_sockets",
       {"/run/containerd/containerd.sock", "/run/containerd/containerd.sock.ttrpc", "/run/crio/crio.sock",
        "/run/podman/podman.sock", "/run/k3s/containerd/containerd.sock", "/run/cri-dockerd.sock",
        "/run/buildkit/buildkitd.sock"}},
      {"docker_root", {"/var/lib/docker", "/var/lib/docker/overlay2"}},
      {"containerd_root",
       {"/var/lib/containerd", "/run/containerd/io.containerd.grpc.v1.cri",
        "/run/containerd/io.containerd.sandbox.controller.v1.shim"}},
      {"runtime_config_directories",
       {"/etc/docker", "/etc/containerd", "/etc/containers", "/etc/cni", "/etc/cni/net.d", "/etc/cdi", "/run/cdi"}},
      {"runtime_config",
       {"/etc/docker/*", "/etc/containerd/*", "/etc/containers/*", "/etc/cni/net.d/*", "/etc/cdi/*", "/run/cdi/*"}},
      {"world_directories", {"/tmp", "/var/tmp", "/dev/shm"}},
      {"memory_devices", {"/dev/mem", "/dev/kmem", "/dev/port"}},
      {"boot_images", {"/boot/System.map*", "/boot/vmlinuz*", "/boot/initr*"}},
      {"cloud_data", {"/var/lib/cloud/instance/user-data.txt", "/var/lib/cloud/seed"}},
      {"swap_files", {"/swapfile", "/swap.img"}},
  };
  return groups;
}

// Runtimes, their shims and helpers, where distributions and upstream archives put them.
constexpr std::array kRuntimePrograms = {"dockerd",
                                         "docker",
                                         "docker-proxy",
                                         "docker-init",
                                         "containerd",
                                         "containerd-shim",
                                         "containerd-shim-runc-v1",
                                         "containerd-shim-runc-v2",
                                         "runc",
                                         "crun",
                                         "conmon",
                                         "crio",
                                         "podman",
                                         "netavark",
                                         "aardvark-dns",
                                         "nerdctl",
                                         "kubelet",
                                         "ctr",
                                         "crictl"};
constexpr std::array kProgramDirectories = {"/usr/bin/",           "/usr/sbin/",           "/usr/local/bin/",
                                            "/usr/local/sbin/",    "/usr/libexec/podman/", "/usr/lib/podman/",
                                            "/usr/libexec/docker/"};

void expand(const Context& context, const std::string& pattern, std::vector<FactTree>& out) {
  const std::string_view last = base_name(pattern);
  if (last.find('*') == std::string_view::npos) {
    FactTree file = describe_file(context, pattern);
    if (file.kind != FactTree::Kind::absent) out.push_back(std::move(file));
    return;
  }
  const std::string directory = parent_directory(pattern);
  const auto names = files_in(context.machine, directory, "");
  if (!names.ok()) {
    out.push_back(from_error(names.error(), directory));
    return;
  }
  for (const std::string& path : *names) {
    if (!matches_pattern(last, base_name(path))) continue;
    FactTree file = describe_file(context, path);
    if (file.kind == FactTree::Kind::map && file.at("type").text == "directory") continue;
    if (file.kind != FactTree::Kind::absent) out.push_back(std::move(file));
  }
}

FactTree fixed_group(const Context& context, const Paths& group) {
  std::vector<FactTree> out;
  for (const std::string& path : group.paths) expand(context, path, out);
  return FactTree::list_of(std::move(out));
}

// Judged by content: HostKey may point elsewhere, and a public key may lie beside it.
FactTree host_keys(const Context& context) {
  std::vector<FactTree> out;
  const auto names = files_in(context.machine, "/etc/ssh", "_key");
  if (!names.ok()) return from_error(names.error(), "/etc/ssh");
  for (const std::string& path : *names) {
    const auto text = read_following(context.machine, path, 65'536);
    if (text.ok() && text->find("PRIVATE KEY") == std::string::npos) continue;
    out.push_back(describe_file(context, path));
  }
  return FactTree::list_of(std::move(out));
}

void with_owner(FactTree& file, uint64_t uid) {
  if (file.kind == FactTree::Kind::map)
    file.members["owned_as_expected"] = FactTree::of(file.at("uid").integer == static_cast<int64_t>(uid));
}

void add_of_user(const Context& context, const std::string& path, const User& user, std::vector<FactTree>& out) {
  FactTree file = describe_file(context, path);
  if (file.kind == FactTree::Kind::absent) return;
  with_owner(file, *user.uid);
  if (file.kind == FactTree::Kind::map) file.members["of_user"] = FactTree::of(user.name);
  out.push_back(std::move(file));
}

// What lies in people's homes, by group.
void add_homes(const Context& context, Members& groups) {
  const std::array<std::pair<const char*, std::vector<std::string>>, 5> kinds = {{
      {"homes", {""}},
      {"user_ssh_directories", {"/.ssh"}},
      {"authorized_keys", {"/.ssh/authorized_keys", "/.ssh/authorized_keys2"}},
      {"trusting_files", {"/.rhosts", "/.shosts", "/.netrc", "/.forward"}},
      {"registry_credentials", {"/.docker/config.json", "/.config/containers/auth.json", "/.kube/config"}},
  }};
  for (const auto& [name, paths] : kinds) {
    if (!context.users_unknown.empty()) {
      groups[name] = FactTree::unknown_because(context.users_unknown, "/etc/passwd");
      continue;
    }
    std::vector<FactTree> out;
    for (const User& user : context.users) {
      if (!is_person(user) || (user.uid == 0 && std::string_view(name) == "homes")) continue;
      for (const std::string& path : paths) add_of_user(context, user.home + path, user, out);
    }
    groups[name] = FactTree::list_of(std::move(out), "/etc/passwd");
  }
  FactTree& credentials = groups["registry_credentials"];
  FactTree kubelet = describe_file(context, "/var/lib/kubelet/config.json");
  with_owner(kubelet, 0);
  if (kubelet.kind != FactTree::Kind::absent && credentials.kind == FactTree::Kind::list)
    credentials.items.push_back(std::move(kubelet));
}

// Registry credentials that hold the password itself ("auth": base64) rather than a helper's name.
void mark_inline_secrets(const Context& context, FactTree& credentials) {
  for (FactTree& file : credentials.items) {
    if (file.kind != FactTree::Kind::map || !file.at("path").text.ends_with(".json")) continue;
    const auto text = read_following(context.machine, file.at("path").text, size_t{1} << 20);
    file.members["inline_secret"] = text.ok() ? FactTree::of(text->find("\"auth\"") != std::string::npos ||
                                                             text->find("\"identitytoken\"") != std::string::npos)
                                              : FactTree::unknown_because(text.error().message);
  }
}

FactTree root_path(const Context& context) {
  std::set<std::string> elements;
  const auto take = [&](std::string_view value) {
    for (const std::string_view part : split(value, ':')) elements.insert(std::string(part));
  };
  const auto login = read_following(context.machine, "/etc/login.defs", size_t{1} << 20);
  for (const std::string_view line : config_lines(text_or_none(login))) {
    const auto words = split_words(line);
    if (words.size() == 2 && words[0] == "ENV_SUPATH") {
      take(words[1].starts_with("PATH=") ? words[1].substr(5) : words[1]);
    }
  }
  const auto environment = read_following(context.machine, "/etc/environment", size_t{1} << 20);
  if (environment.ok()) {
    const auto values = parse_assignments(*environment);
    if (const auto found = values.find("PATH"); found != values.end()) take(found->second);
  }
  if (elements.empty()) take("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  std::vector<FactTree> directories;
  std::vector<std::string> relative;
  for (const std::string& element : elements) {
    if (!element.starts_with("/")) {
      relative.push_back(element.empty() ? "(empty)" : element);
      continue;
    }
    FactTree directory = describe_file(context, element);
    if (directory.kind != FactTree::Kind::absent) directories.push_back(std::move(directory));
  }
  return FactTree::map_of(
      {{"directories", FactTree::list_of(std::move(directories))}, {"relative", FactTree::texts_of(relative)}},
      "/etc/login.defs, /etc/environment");
}

FactTree runtime_programs(const Context& context) {
  std::set<std::string> paths;
  for (const char* directory : kProgramDirectories) {
    for (const char* program : kRuntimePrograms) paths.insert(std::string(directory) + program);
  }
  std::vector<std::string> restart;
  for (const Process& process : context.processes) {  // where they really run from
    if (process.in_container || process.exe.empty()) continue;
    constexpr std::string_view deleted = " (deleted)";
    const bool gone = process.exe.ends_with(deleted);
    const std::string exe = gone ? process.exe.substr(0, process.exe.size() - deleted.size()) : process.exe;
    const bool known = std::any_of(kRuntimePrograms.begin(), kRuntimePrograms.end(),
                                   [&](const char* name) { return base_name(exe) == name; });
    if (known) paths.insert(exe);
    if (known && gone) restart.push_back(process.name);
  }
  FactTree out = describe_files(context, {paths.begin(), paths.end()});
  const auto plugins = files_in(context.machine, "/opt/cni/bin", "");
  for (const std::string& path : plugins.ok() ? *plugins : std::vector<std::string>{}) {
    out.items.push_back(describe_file(context, path));
  }
  return FactTree::map_of({{"files", std::move(out)}, {"replaced_while_running", FactTree::texts_of(restart)}});
}

// Docker's socket, and others that a dockerd of root's is told to listen on ("-H unix:///PATH").
FactTree docker_sockets(const Context& context) {
  constexpr std::string_view scheme = "unix://";
  std::set<std::string> paths = {"/run/docker.sock"};
  for (const Process& process : context.processes) {
    const bool docker = !process.arguments.empty() && base_name(process.arguments[0]) == "dockerd";
    if (process.in_container || !docker) continue;
    for (const std::string& argument : process.arguments) {
      const size_t at = argument.find(scheme);
      if (at == std::string::npos) continue;
      const std::string path = argument.substr(at + scheme.size());
      if (path.starts_with('/') && path != "/var/run/docker.sock" && !path.starts_with("/run/user/"))
        paths.insert(path);
    }
  }
  return describe_files(context, {paths.begin(), paths.end()});
}

// Block devices, and the few that everybody may open by design left out.
FactTree block_devices(const Context& context) {
  std::vector<std::string> paths;
  const auto names = context.machine.list_directory("/sys/block", 10'000);
  if (!names.ok()) return from_error(names.error(), "/sys/block");
  for (const std::string& name : *names) paths.push_back("/dev/" + name);
  return describe_files(context, paths);
}

}  // namespace

bool is_login_shell(std::string_view shell) {
  const std::string_view name = base_name(shell);
  return !(name == "nologin" || name == "false" || name == "true" || name == "sync" || name == "shutdown" ||
           name == "halt");
}

bool is_person(const User& user) {
  if (!user.uid || user.home.empty() || user.home == "/" || user.home.front() != '/') return false;
  return *user.uid == 0 || (*user.uid >= 1000 && *user.uid < 60'000 && is_login_shell(user.shell));
}

FactTree read_files(const Context& context) {
  Members out;
  for (const Paths& group : fixed_groups()) out[group.name] = fixed_group(context, group);
  out["docker_socket"] = docker_sockets(context);
  out["ssh_host_keys"] = host_keys(context);
  add_homes(context, out);
  mark_inline_secrets(context, out["registry_credentials"]);
  out["root_path"] = root_path(context);
  out["runtime_programs"] = runtime_programs(context);
  out["block_devices"] = block_devices(context);
  out["units"] = enabled_unit_files(context);
  out["unit_programs"] = enabled_unit_programs(context);
  return FactTree::map_of(std::move(out));
}

}  // namespace plimsoll::probe::settings

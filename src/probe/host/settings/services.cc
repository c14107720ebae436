#include <algorithm>
#include <array>

#include "base/text.h"
#include "probe/host/settings/address_scope.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/reading.h"
#include "system/connections.h"
#include "system/proc_net.h"

namespace plimsoll::probe::settings {
namespace {

const Process* process_of(const Context& context, int pid) {
  const auto found = std::lower_bound(context.processes.begin(), context.processes.end(), pid,
                                      [](const Process& p, int wanted) { return p.pid < wanted; });
  return found != context.processes.end() && found->pid == pid ? &*found : nullptr;
}

// Programs that hold a port for a container.
bool forwards_for_container(const Process& process) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "docker-proxy", "rootlessport", "pasta", "slirp4netns", "rootlesskit", "conmon", "pasta.avx2", "gvproxy"};
  return std::find(kNames.begin(), kNames.end(), process.name) != kNames.end();
}

system::SocketOwners read_owners(const Context& context, bool& complete) {
  system::SocketOwners owners;
  for (const Process& process : context.processes) {
    const auto read = system::add_socket_owners(context.machine, process.pid, owners);
    if (!read.ok() && read.error().kind != ErrorKind::not_found) complete = false;
  }
  return owners;
}

FactTree describe_listener(const Context& context, const Listener& listener, const LocalNetworks& networks,
                           bool owners_complete) {
  Members out = {{"port", FactTree::of(int64_t{listener.port})},
                 {"transport", FactTree::of(listener.transport == Transport::udp ? "udp" : "tcp")},
                 {"address", FactTree::of(listener.address)},
                 {"scope", FactTree::of(std::string(networks.scope_of(listener.address)))},
                 {"for_container", FactTree::of(false)}};
  const Process* process = listener.pid == 0 ? nullptr : process_of(context, listener.pid);
  if (process != nullptr) {
    out["process"] = FactTree::of(process->name);
    out["for_container"] = FactTree::of(process->in_container || forwards_for_container(*process));
  } else if (!owners_complete) {
    out["process"] = FactTree::unknown_because("the holder of the socket cannot be seen");
  }
  return FactTree::map_of(std::move(out), "/proc/1/net");
}

FactTree list_listeners(const Context& context, const LocalNetworks& networks) {
  const std::string process = context.machine.read_file("/proc/1/net/route", size_t{16} << 20).ok() ? "1" : "self";
  const auto sockets = system::read_sockets(context.machine, process);
  if (!sockets.errors.empty()) return FactTree::unknown_because(sockets.errors.front().message, "/proc/1/net");
  bool complete = context.processes_unknown.empty();
  const auto owners = read_owners(context, complete);
  std::vector<FactTree> out;
  for (const Listener& listener : system::listeners_of(sockets.rows, owners, false)) {
    if (out.size() < 10'000) out.push_back(describe_listener(context, listener, networks, complete));
  }
  return FactTree::list_of(std::move(out), "/proc/" + process + "/net/{tcp,tcp6,udp,udp6}");
}

// exports(5): "path client(options) client(options)".
FactTree read_exports(const Context& context) {
  const std::string path = "/etc/exports";
  const auto text = read_following(context.machine, path, size_t{1} << 20);
  if (!text.ok()) return from_error(text.error(), path);
  std::vector<FactTree> out;
  for (const std::string_view line : config_lines(*text)) {
    const auto words = split_words(line);
    for (size_t i = 1; i < words.size() && out.size() < 1000; ++i) {
      const size_t open = words[i].find('(');
      const std::string client(words[i].substr(0, open));
      const std::string options(open == std::string_view::npos ? "" : words[i].substr(open));
      out.push_back(
          FactTree::map_of({{"path", FactTree::of(std::string(words[0]))},
                            {"client", FactTree::of(client)},
                            {"everybody", FactTree::of(client == "*" || client.empty())},
                            {"no_root_squash", FactTree::of(options.find("no_root_squash") != std::string::npos)},
                            {"insecure", FactTree::of(options.find("insecure") != std::string::npos)}},
                           path));
    }
  }
  return FactTree::list_of(std::move(out), path);
}

// Modules of rsyncd.conf(5) that ask for no user.
FactTree read_rsync(const Context& context) {
  const std::string path = "/etc/rsyncd.conf";
  const auto text = read_following(context.machine, path, size_t{1} << 20);
  if (!text.ok()) return from_error(text.error(), path);
  std::vector<std::string> open;
  std::string module;
  bool global = false, own = false;
  const auto finish = [&]() {
    if (!module.empty() && !global && !own) open.push_back(module);
  };
  for (const std::string_view line : config_lines(*text)) {
    if (line.front() == '[' && line.back() == ']') {
      finish();
      module = line.substr(1, line.size() - 2);
      own = false;
    } else if (lower(line).starts_with("auth users")) {
      (module.empty() ? global : own) = true;
    }
  }
  finish();
  return FactTree::texts_of(open, path);
}

// Whether a data base of this configuration asks for a password; absent without the file.
FactTree asks_password(const Context& context, const std::vector<std::string>& paths,
                       const std::vector<std::string>& keys) {
  for (const std::string& path : paths) {
    const auto text = read_following(context.machine, path, size_t{1} << 20);
    if (!text.ok() && text.error().kind == ErrorKind::not_found) continue;
    if (!text.ok()) return from_error(text.error(), path);
    for (const std::string_view line : config_lines(*text)) {
      for (const std::string& key : keys) {
        if (line.starts_with(key)) return FactTree::of(true, path);
      }
    }
    return FactTree::of(false, path);
  }
  return {};
}

FactTree read_data_stores(const Context& context) {
  return FactTree::map_of({{"redis", asks_password(context, {"/etc/redis/redis.conf", "/etc/redis.conf"},
                                                   {"requirepass ", "aclfile ", "user default on >"})},
                           {"mongodb", asks_password(context, {"/etc/mongod.conf"},
                                                     {"authorization: enabled", "authorization: \"enabled\"",
                                                      "auth = true", "auth=true"})}});
}

// SNMP communities in use: v1 and v2c send them in the clear.
FactTree snmp_communities(const Context& context) {
  const std::string path = "/etc/snmp/snmpd.conf";
  const auto text = read_following(context.machine, path, size_t{1} << 20);
  if (!text.ok()) return from_error(text.error(), path);
  int64_t count = 0;
  for (const std::string_view line : config_lines(*text)) {
    count += line.starts_with("rocommunity") || line.starts_with("rwcommunity") || line.starts_with("com2sec") ? 1 : 0;
  }
  return FactTree::of(count, path);
}

// Runtimes that listen on TCP, by their command lines and Docker's configuration file.
FactTree read_runtime_apis(const Context& context) {
  std::vector<FactTree> out;
  const auto add = [&](const std::string& program, const std::string& address, bool verified,
                       const std::string& source) {
    const bool loopback = address.find("//127.") != std::string::npos ||
                          address.find("//localhost") != std::string::npos ||
                          address.find("//[::1]") != std::string::npos;
    out.push_back(FactTree::map_of({{"program", FactTree::of(program)},
                                    {"address", FactTree::of(address)},
                                    {"verified", FactTree::of(verified)},
                                    {"loopback", FactTree::of(loopback)}},
                                   source));
  };
  const FactTree& config = context.engine_files.docker;
  const FactTree& containerd = context.engine_files.containerd;
  for (const FactTree* file : {&config, &containerd}) {
    if (file->kind == FactTree::Kind::unknown) out.push_back(*file);
  }
  bool verify = config.at("tlsverify").boolean;
  for (const Process& process : context.processes) {
    if (process.in_container) continue;
    const std::string source = "/proc/" + std::to_string(process.pid) + "/cmdline";
    const std::string program(base_name(process.arguments.empty() ? process.name : process.arguments[0]));
    if (program != "dockerd" && program != "podman" && program != "buildkitd") continue;
    const bool own = std::any_of(process.arguments.begin(), process.arguments.end(), [](const std::string& a) {
      return a == "--tlsverify" || a == "--tlsverify=true" || a.starts_with("--tlscacert");
    });
    if (program == "dockerd") verify |= own;
    for (const std::string& argument : process.arguments) {
      const size_t at = argument.find("tcp://");
      if (at != std::string::npos) add(program, argument.substr(at), own || (program == "dockerd" && verify), source);
      if (argument.starts_with("tcp:") && at == std::string::npos) add(program, argument, own, source);
    }
  }
  for (const FactTree& host : config.at("hosts").items) {
    if (host.text.starts_with("tcp://")) add("dockerd", host.text, verify, "/etc/docker/daemon.json");
  }
  const std::string& tcp = containerd.at("grpc").at("tcp_address").text;
  if (!tcp.empty()) add("containerd", "tcp://" + tcp, false, "/etc/containerd/config.toml");
  return FactTree::list_of(std::move(out));
}

FactTree installed_clients(const Context& context) {
  std::vector<std::string> out;
  for (const std::string name : {"telnet", "rsh", "rlogin", "talk", "ftp", "tftp", "ypbind", "ldapsearch"}) {
    for (const std::string directory : {"/usr/bin/", "/usr/sbin/"}) {
      if (context.machine.stat(directory + name, true).ok()) out.push_back(directory + name);
    }
  }
  return FactTree::texts_of(out);
}

FactTree enabled_services(const Context& context) {
  Members out;
  for (const std::string name : {"avahi-daemon", "cups", "bluetooth", "autofs", "xinetd", "inetd", "rpcbind",
                                 "nfs-server", "snmpd", "ypserv", "systemd-journal-remote"}) {
    out[name] = unit_state(context, name + ".service");
  }
  return FactTree::map_of(std::move(out));
}

}  // namespace

FactTree read_services(const Context& context) {
  const LocalNetworks networks = read_local_networks(context.machine);
  return FactTree::map_of({{"listeners", list_listeners(context, networks)},
                           {"public_address", FactTree::of(networks.has_public())},
                           {"exports", read_exports(context)},
                           {"rsync_open_modules", read_rsync(context)},
                           {"asks_password", read_data_stores(context)},
                           {"snmp_communities", snmp_communities(context)},
                           {"runtime_apis", read_runtime_apis(context)},
                           {"clients", installed_clients(context)},
                           {"units", enabled_services(context)}});
}

}  // namespace plimsoll::probe::settings

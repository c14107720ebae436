#include "probe/container/network_facts.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "probe/container/container_probe.h"

namespace plimsoll::probe {
namespace {

// One process for each network namespace of the container (an exec'd one may have its own).
std::vector<int> one_per_namespace(const View& view) {
  std::vector<int> pids;
  std::vector<uint64_t> seen;
  for (const auto& process : view.processes) {
    const auto& space = process.namespaces.at("net");
    if (!space.known()) {
      if (pids.empty()) pids.push_back(process.pid());
      continue;
    }
    if (std::find(seen.begin(), seen.end(), *space.value) != seen.end() || seen.size() == 16) continue;
    seen.push_back(*space.value);
    pids.push_back(process.pid());
  }
  return pids;
}

bool is_host_namespace(const View& view, int pid) {
  for (const auto& process : view.processes) {
    if (process.pid() != pid) continue;
    const auto& own = process.namespaces.at("net");
    const auto host = view.host.initial.find("net");
    // Not known: taken for the host's, so that none of the host's sockets are put on the container's account.
    return !own.known() || host == view.host.initial.end() || !host->second.known() ||
           *own.value == *host->second.value;
  }
  return true;
}

// Nothing when they cannot be read.
std::optional<std::vector<IpAddress>> own_addresses(const View& view) {
  const auto local = system::read_local_addresses(view.machine, std::to_string(view.first_pid()));
  if (!local.errors.empty()) return std::nullopt;
  std::vector<IpAddress> out;
  for (const std::string& text : local.addresses) {
    if (const auto address = parse_address(text)) out.push_back(*address);
  }
  return out;
}

}  // namespace

Fact<std::vector<Listener>> listeners(const View& view, const Fact<bool>& host_network,
                                      const Descriptors& descriptors) {
  using Listeners = Fact<std::vector<Listener>>;
  const auto source = proc_path(view.first_pid(), "net/{tcp,tcp6,udp,udp6}");
  std::vector<Listener> out;
  for (const int pid : one_per_namespace(view)) {
    const bool first = pid == view.first_pid();
    const auto sockets = first ? view.sockets : system::read_sockets(view.machine, std::to_string(pid));
    for (const auto& error : sockets.errors) {
      view.gaps.add("listening ports", error);
      return Listeners::missing(error.to_string(), source);
    }
    const bool host = is_host_namespace(view, pid);
    if (host && !descriptors.sockets_complete) {
      const std::string why = host_network.is(true) ? "its sockets cannot be told from the host's"
                                                    : "whether it is in the host's network cannot be told";
      view.gaps.add("listening ports", why, "run as root");
      return Listeners::missing(why, source);
    }
    for (auto& listener : system::listeners_of(sockets.rows, descriptors.sockets, host))
      out.push_back(std::move(listener));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return Listeners::of(std::move(out), source);
}

Fact<bool> reaches_outside(const View& view) {
  std::optional<Fact<bool>> result;
  for (const int pid : one_per_namespace(view)) {
    auto one = system::has_default_route(view.machine, std::to_string(pid));
    if (one.is(true)) return one;
    if (!one.known()) view.gaps.add("routes", "the routing tables cannot be read");
    if (!result || !one.known()) result = std::move(one);
  }
  return result ? *result : Fact<bool>::missing("no process");
}

Connections container_connections(const system::Machine& machine, const AssetId& owner, const ContainerFacts& facts,
                                  std::optional<system::NamespaceSockets> sockets) {
  Connections out;
  const auto gap = [&](const std::string& reason, const std::string& remedy) {
    out.not_assessed.push_back(
        {"connections of container " + printable(facts.name.empty() ? facts.id.value : facts.name, 200),
         printable(reason), remedy});
  };
  const auto network = facts.host_namespace.find("net");
  const bool own = network != facts.host_namespace.end() && network->second.is(false);
  system::SocketOwners owners;
  std::vector<int> pids;
  for (const auto& process : facts.processes) pids.push_back(process.pid);
  if (pids.empty() && facts.pid > 0) pids.push_back(facts.pid);
  for (const int pid : pids) {
    if (!own) {
      const auto read = system::add_socket_owners(machine, pid, owners);
      if (!read.ok() && read.error().kind != ErrorKind::not_found) {
        gap("its sockets cannot be told from the host's: " + read.error().message, "run as root");
        return out;
      }
    }
    // One process may have ended; another shows the same tables.
    if (!sockets || !sockets->errors.empty()) sockets = system::read_sockets(machine, std::to_string(pid));
    if (own && sockets->errors.empty()) break;
  }
  if (!sockets) {
    gap("no process of it is known", "run as root");
    return out;
  }
  for (const auto& error : sockets->errors) gap(error.message, error.advice);
  out.established = system::connections_of(sockets->rows, owner, own ? nullptr : &owners);
  return out;
}

Fact<std::vector<PublishedPort>> published_ports(const View& view, const Fact<bool>& host_user_namespace) {
  using Ports = Fact<std::vector<PublishedPort>>;
  const auto missing = [](const std::string& why) {
    return Ports::missing("no runtime told which host ports lead to it, and " + why);
  };
  if (!view.host.forwarded) return missing("the rules that forward were not read");
  const ForwardedPorts& forwarded = *view.host.forwarded;
  const auto own = own_addresses(view);
  if (!own) return missing("its own addresses cannot be read");
  const auto is_own = [&](const IpAddress& address) {
    return std::find(own->begin(), own->end(), address) != own->end();
  };
  if (std::any_of(forwarded.by_services.begin(), forwarded.by_services.end(), is_own))
    return missing("services lead to it by rules that are not followed");
  if (!forwarded.unknown.empty()) return missing(forwarded.unknown);
  if (!host_user_namespace.is(true)) return missing("a rootless runtime forwards by a program of its own");
  std::set<PublishedPort> ports;
  for (const ForwardedPort& forward : forwarded.ports) {
    if (is_own(forward.to)) ports.insert(forward.port);
  }
  return Ports::of({ports.begin(), ports.end()}, "rules of address translation and docker-proxy");
}

}  // namespace plimsoll::probe

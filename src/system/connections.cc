#include "system/connections.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "system/proc_status.h"

namespace plimsoll::system {
namespace {

constexpr size_t kTableBytes = size_t{64} << 20;
constexpr size_t kMaxDescriptors = 65'536;

struct Table {
  const char* file;
  Transport transport;
  const char* counts;    // the file that counts the table's sockets
  const char* protocol;  // and its line there
};
constexpr std::array<Table, 4> kTables = {{{"tcp", Transport::tcp, "sockstat", "TCP:"},
                                           {"tcp6", Transport::tcp, "sockstat6", "TCP6:"},
                                           {"udp", Transport::udp, "sockstat", "UDP:"},
                                           {"udp6", Transport::udp, "sockstat6", "UDP6:"}}};

// Whether the namespace is known to have no socket of a table: "TCP: inuse 0 ..." (net/ipv4/proc.c). To read a TCP
// table the kernel goes through the connections of all namespaces, some milliseconds each time; the counts cost
// nothing.
bool is_empty(std::string_view counts, std::string_view protocol) {
  for (const std::string_view line : split(counts, '\n')) {
    const auto words = split_words(line);
    if (words.size() >= 3 && words[0] == protocol && words[1] == "inuse") return words[2] == "0";
  }
  return false;
}

}  // namespace

NamespaceSockets read_sockets(const Machine& machine, const std::string& process) {
  NamespaceSockets out;
  size_t found = 0;
  Error last;
  std::map<std::string, std::string> counts;
  const std::string directory = "/proc/" + process + "/net/";
  for (const char* file : {"sockstat", "sockstat6"}) {
    counts[file] = machine.read_file(directory + file, size_t{64} << 10).value_or("");
  }
  for (const auto& table : kTables) {
    if (is_empty(counts[table.counts], table.protocol)) {
      ++found;
      continue;
    }
    const std::string path = directory + table.file;
    const auto text = machine.read_file(path, kTableBytes);
    if (!text.ok()) {
      last = text.error();
      if (last.kind != ErrorKind::not_found) out.errors.push_back(last);
      continue;
    }
    ++found;
    auto parsed = parse_sockets(*text, table.transport);
    if (!parsed.complete)
      out.errors.push_back({ErrorKind::malformed, "some lines of the socket table could not be read", path});
    std::move(parsed.rows.begin(), parsed.rows.end(), std::back_inserter(out.rows));
  }
  if (found == 0 && out.errors.empty()) out.errors.push_back(last);
  return out;
}

Status add_socket_owners(const Machine& machine, int pid, SocketOwners& owners) {
  const std::string directory = "/proc/" + std::to_string(pid) + "/fd";
  PLIMSOLL_TRY(names, machine.list_directory(directory));
  for (size_t i = 0; i < names.size(); ++i) {
    if (i == kMaxDescriptors) return Error{ErrorKind::limit, "more descriptors than are looked at", directory};
    const auto link = machine.read_link(directory + "/" + names[i]);
    if (!link.ok()) continue;
    if (const auto inode = parse_link_inode(*link, "socket")) owners.try_emplace(*inode, pid);
  }
  return Done{};
}

std::vector<Listener> listeners_of(const std::vector<SocketRow>& rows, const SocketOwners& owners, bool only_owned) {
  std::vector<Listener> out;
  for (const auto& row : rows) {
    if (!row.listens()) continue;
    const auto owner = owners.find(row.inode);
    if (only_owned && owner == owners.end()) continue;
    const int pid = owner == owners.end() ? 0 : owner->second;
    out.push_back({row.transport, row.local_address, row.local_port, pid, is_loopback(row.local_address)});
  }
  // One port may be shared by several sockets (SO_REUSEPORT): keep one, with the lowest pid that is known.
  std::sort(out.begin(), out.end(), [](const Listener& a, const Listener& b) {
    const auto key = [](const Listener& l) { return std::tuple(l.transport, l.port, l.address, l.pid == 0, l.pid); };
    return key(a) < key(b);
  });
  const auto same = [](const Listener& a, const Listener& b) {
    return a.transport == b.transport && a.port == b.port && a.address == b.address;
  };
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

std::vector<Connection> connections_of(const std::vector<SocketRow>& rows, const AssetId& owner,
                                       const SocketOwners* only) {
  std::set<std::pair<Transport, uint16_t>> listening;
  for (const auto& row : rows) {
    if (row.listens()) listening.emplace(row.transport, row.local_port);
  }
  std::vector<Connection> out;
  for (const auto& row : rows) {
    if (!row.established() || (only && !only->contains(row.inode))) continue;
    out.push_back({owner, row.transport, row.local_address, row.remote_address, row.local_port, row.remote_port,
                   listening.contains({row.transport, row.local_port})});
  }
  return out;
}

LocalAddresses read_local_addresses(const Machine& machine, const std::string& process) {
  const std::string base = "/proc/" + process + "/net/";
  LocalAddresses out;
  // A node of a large cluster has a leaf for each of its services.
  if (const auto trie = machine.read_file(base + "fib_trie", size_t{64} << 20); trie.ok()) {
    out.addresses = parse_local_addresses4(*trie);
  } else {
    out.errors.push_back(trie.error());
  }
  if (const auto table = machine.read_file(base + "if_inet6", size_t{16} << 20); table.ok()) {
    for (std::string& address : parse_local_addresses6(*table)) out.addresses.push_back(std::move(address));
  } else if (table.error().kind != ErrorKind::not_found) {
    out.errors.push_back(table.error());
  }
  return out;
}

Fact<bool> has_default_route(const Machine& machine, const std::string& process) {
  const std::string base = "/proc/" + process + "/net/";
  const auto four = machine.read_file(base + "route");
  if (four.ok() && has_default_route4(*four)) return Fact<bool>::of(true, base + "route");
  const auto six = machine.read_file(base + "ipv6_route");
  if (six.ok() && has_default_route6(*six)) return Fact<bool>::of(true, base + "ipv6_route");
  const bool six_absent = !six.ok() && six.error().kind == ErrorKind::not_found;
  if (four.ok() && (six.ok() || six_absent)) return Fact<bool>::of(false, base + "route, ipv6_route: no default route");
  return Fact<bool>::missing((four.ok() ? six : four).error().to_string(), base + "route");
}

}  // namespace plimsoll::system

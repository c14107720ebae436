#include <algorithm>

#include "base/text.h"
#include "probe/host/settings/collectors.h"
#include "probe/host/settings/nftables.h"
#include "probe/host/settings/reading.h"

namespace plimsoll::probe::settings {
namespace {

bool is_loaded(const system::Machine& machine, const std::string& module) {
  if (machine.stat("/sys/module/" + module, true).ok()) return true;
  const auto text = machine.read_file("/proc/modules", size_t{4} << 20);
  return text.ok() && (text->starts_with(module + " ") || text->find("\n" + module + " ") != std::string::npos);
}

// A module built into the kernel need not show; then the presence of its netlink subsystem cannot be told without
// loading it elsewhere, but asking is harmless here.
bool is_built_in(const system::Machine& machine, const std::string& module) {
  if (!machine.stat("/proc/modules", false).ok()) return true;
  const auto release = machine.read_file("/proc/sys/kernel/osrelease", 4096);
  const auto text = machine.read_file(
      "/lib/modules/" + std::string(release.ok() ? trim(*release) : "") + "/modules.builtin", size_t{4} << 20);
  return text.ok() && text->find("/" + module + ".ko") != std::string::npos;
}

// Tables of the older iptables, by name only: their rules are not read.
std::vector<std::string> legacy_tables(const system::Machine& machine) {
  std::vector<std::string> out;
  for (const char* file : {"/proc/1/net/ip_tables_names", "/proc/1/net/ip6_tables_names", "/proc/net/ip_tables_names",
                           "/proc/net/ip6_tables_names"}) {
    const auto text = machine.read_file(file, 65'536);
    for (const std::string_view line : config_lines(text_or_none(text))) {
      const std::string name =
          (std::string_view(file).find("ip6") != std::string_view::npos ? "ip6 " : "ip ") + std::string(line);
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
    }
  }
  return out;
}

struct Rules {
  std::vector<NftChain> chains;
  std::string unknown;
  std::vector<std::string> legacy;
};

Rules read_rules(const Context& context) {
  Rules out;
  out.legacy = legacy_tables(context.machine);
  if (is_loaded(context.machine, "nf_tables") || is_built_in(context.machine, "nf_tables")) {
    auto chains = read_nft(context.machine);
    if (chains.ok())
      out.chains = std::move(*chains);
    else if (chains.error().kind != ErrorKind::unsupported)
      out.unknown = chains.error().message;
    else
      out.unknown = "nf_tables does not answer: " + chains.error().message;
  }
  return out;
}

// Whether what comes to `hook` by this family is dropped unless a rule lets it through.
FactTree closed(const Rules& rules, const std::string& hook, const std::string& family) {
  for (const NftChain& chain : rules.chains) {
    if (chain.hook != hook || (chain.family != family && chain.family != "inet")) continue;
    if (chain.policy == "drop" || chain.ends_in_drop)
      return FactTree::of(true, "nf_tables " + chain.family + " " + chain.table + " " + chain.name);
  }
  if (!rules.unknown.empty()) return FactTree::unknown_because(rules.unknown, "nf_tables");
  for (const std::string& table : rules.legacy) {
    if (table == family + " filter")
      return FactTree::unknown_because("rules of the legacy " + table + " table are not read", "ip_tables_names");
  }
  return FactTree::of(false, "nf_tables");
}

FactTree any_chain(const Rules& rules, bool (*wanted)(const NftChain&)) {
  for (const NftChain& chain : rules.chains) {
    if (wanted(chain)) return FactTree::of(true, "nf_tables " + chain.family + " " + chain.table + " " + chain.name);
  }
  if (!rules.unknown.empty()) return FactTree::unknown_because(rules.unknown, "nf_tables");
  if (!rules.legacy.empty()) return FactTree::unknown_because("rules of legacy tables are not read", "ip_tables_names");
  return FactTree::of(false, "nf_tables");
}

bool isolates(const NftChain& chain) {
  return chain.name.starts_with("DOCKER-ISOLATION") || chain.name == "DOCKER-FORWARD" ||
         chain.table == "docker-bridges" || chain.name.starts_with("NETAVARK") || chain.name.starts_with("CNI-") ||
         chain.name.starts_with("cali-") || chain.name.starts_with("KUBE-FORWARD");
}

// Docker puts one RETURN into DOCKER-USER on older engines; more than that is somebody's own rule.
bool user_rules(const NftChain& chain) { return chain.name == "DOCKER-USER" && chain.rules > 1; }

bool drops_metadata(const NftChain& chain) { return chain.drops_metadata; }

FactTree list_chains(const Rules& rules) {
  std::vector<FactTree> out;
  for (const NftChain& chain : rules.chains) {
    if (chain.hook.empty() || out.size() >= 500) continue;
    out.push_back(FactTree::map_of({{"family", FactTree::of(chain.family)},
                                    {"table", FactTree::of(chain.table)},
                                    {"name", FactTree::of(chain.name)},
                                    {"hook", FactTree::of(chain.hook)},
                                    {"policy", FactTree::of(chain.policy)},
                                    {"rules", number(chain.rules)}}));
  }
  return FactTree::list_of(std::move(out), "nf_tables");
}

FactTree managers(const Context& context) {
  std::vector<std::string> out;
  for (const std::string name : {"ufw", "firewalld", "nftables", "netfilter-persistent", "iptables"}) {
    const bool on =
        context.enabled_units.contains(name + ".service") && !context.masked_units.contains(name + ".service");
    if (!on) continue;
    if (name == "ufw") {  // the unit is enabled as shipped; the file says whether it acts
      const auto text = read_following(context.machine, "/etc/ufw/ufw.conf", 65'536);
      if (text.ok() && parse_assignments(*text)["ENABLED"] != "yes") continue;
    }
    out.push_back(name);
  }
  return context.units_unknown.empty() ? texts(out) : FactTree::unknown_because(context.units_unknown);
}

FactTree has_global_ipv6(const system::Machine& machine) {
  for (const char* path : {"/proc/1/net/if_inet6", "/proc/self/net/if_inet6"}) {
    const auto text = machine.read_file(path, size_t{16} << 20);
    if (!text.ok()) continue;
    for (const std::string_view line : split(*text, '\n')) {
      const auto words = split_words(line);
      if (words.size() >= 6 && words[3] == "00" && words[5] != "lo") return FactTree::of(true, path);  // scope: global
    }
    return FactTree::of(false, path);
  }
  return FactTree::of(false, "no IPv6");
}

}  // namespace

FactTree read_firewall(const Context& context) {
  const Rules rules = read_rules(context);
  return FactTree::map_of({{"input4_closed", closed(rules, "input", "ip")},
                           {"input6_closed", closed(rules, "input", "ip6")},
                           {"forward4_closed", closed(rules, "forward", "ip")},
                           {"isolation_chains", any_chain(rules, isolates)},
                           {"docker_user_rules", any_chain(rules, user_rules)},
                           {"drops_metadata", any_chain(rules, drops_metadata)},
                           {"base_chains", list_chains(rules)},
                           {"legacy_tables", texts(rules.legacy)},
                           {"managers", managers(context)},
                           {"global_ipv6", has_global_ipv6(context.machine)}});
}

}  // namespace plimsoll::probe::settings

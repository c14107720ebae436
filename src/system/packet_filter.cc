#include "system/packet_filter.h"

#include "base/text.h"
#include "system/nft_rules.h"
#include "system/xtables.h"

namespace plimsoll::system {
namespace {

bool is_loaded(const Machine& machine, const std::string& module) {
  if (machine.stat("/sys/module/" + module, true).ok()) return true;
  const auto text = machine.read_file("/proc/modules", size_t{4} << 20);
  return text.ok() && (text->starts_with(module + " ") || text->find("\n" + module + " ") != std::string::npos);
}

// A module built into the kernel need not show; then the presence of its netlink subsystem cannot be told without
// loading it elsewhere, but asking is harmless here.
bool is_built_in(const Machine& machine, const std::string& module) {
  if (!machine.stat("/proc/modules", false).ok()) return true;
  const auto release = machine.read_file("/proc/sys/kernel/osrelease", 4096);
  const auto text = machine.read_file(
      "/lib/modules/" + std::string(release.ok() ? trim(*release) : "") + "/modules.builtin", size_t{4} << 20);
  return text.ok() && text->find("/" + module + ".ko") != std::string::npos;
}

void read_legacy(const Machine& machine, bool six, PacketFilter& out) {
  const auto names = machine.read_file(six ? "/proc/net/ip6_tables_names" : "/proc/net/ip_tables_names", 65'536);
  if (!names.ok() && names.error().kind != ErrorKind::not_found) {
    out.unknown = "the legacy tables' names cannot be read: " + names.error().message;
  }
  for (const std::string_view line : split(text_or_none(names), '\n')) {
    const std::string name(trim(line));
    if (name.empty()) continue;
    const auto table = machine.legacy_table(name, six);
    auto chains = table.ok() ? parse_legacy_table(*table, name, six) : table.error();
    if (!chains.ok()) {
      out.unknown = std::string("the legacy ") + (six ? "ip6 " : "ip ") + name + " table: " + chains.error().message;
      continue;
    }
    std::move(chains->begin(), chains->end(), std::back_inserter(out.chains));
  }
}

}  // namespace

PacketFilter read_packet_filter(const Machine& machine) {
  PacketFilter out;
  if (is_loaded(machine, "nf_tables") || is_built_in(machine, "nf_tables")) {
    auto chains = read_nft(machine);
    if (chains.ok())
      out.chains = std::move(*chains);
    else if (chains.error().kind != ErrorKind::unsupported)
      out.unknown = chains.error().message;
    else
      out.unknown = "nf_tables does not answer: " + chains.error().message;
  }
  read_legacy(machine, false, out);
  read_legacy(machine, true, out);
  return out;
}

}  // namespace plimsoll::system

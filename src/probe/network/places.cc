#include "probe/network/places.h"

#include "base/text.h"
#include "system/connections.h"
#include "system/proc_status.h"

namespace plimsoll::probe {

std::vector<network::Address> addresses_of(const system::Machine& machine, const std::string& pid) {
  std::vector<network::Address> out;
  for (const std::string& text : system::read_local_addresses(machine, pid).addresses) {
    if (const auto address = network::parse_address(text)) out.push_back(*address);
  }
  return out;
}

std::vector<uint32_t> principal_interfaces(const system::Machine& machine) {
  std::vector<uint32_t> out;
  const std::string all = "/sys/class/net";
  const auto names = machine.list_directory(all);
  if (!names.ok()) return out;
  for (const std::string& name : *names) {
    if (machine.stat(all + "/" + name + "/master", true).ok()) continue;
    const auto text = machine.read_file(all + "/" + name + "/ifindex", 64);
    const auto index = text.ok() ? parse_uint(trim(*text)) : std::nullopt;
    if (index && *index <= UINT32_MAX) out.push_back(static_cast<uint32_t>(*index));
  }
  return out;
}

std::string cgroup2_path(const system::Machine& machine, int pid) {
  const auto text = machine.read_file("/proc/" + std::to_string(pid) + "/cgroup");
  if (!text.ok()) return {};
  for (const system::CgroupLine& line : system::parse_cgroup(*text)) {
    if (line.controllers.empty()) return line.path;
  }
  return {};
}

bool is_loopback(const network::Address& address) {
  static const network::Address v6 = *network::parse_address("::1");
  return address == v6 || (address.v4() && address.bytes[12] == 127);
}

}  // namespace plimsoll::probe

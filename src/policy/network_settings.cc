#include "policy/network_settings.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.h"

namespace plimsoll::policy {
namespace {

constexpr size_t kMaxNetworks = 1000;

struct NetworkList {
  std::string_view name;
  std::vector<IpNetwork> WanPolicy::* field;
};
constexpr std::array<NetworkList, 2> kSettings{{{"inside", &WanPolicy::inside}, {"outside", &WanPolicy::outside}}};

// A network whose address has bits beyond its length was meant otherwise: "10.1.2.3/8".
bool is_clean(const IpNetwork& network) {
  for (size_t bit = static_cast<size_t>(network.bits); bit < 128; ++bit) {
    if ((network.address.bytes[bit / 8] & (0x80 >> (bit % 8))) != 0) return false;
  }
  return true;
}

void read_list(const YamlNode& node, const NetworkList& setting, WanPolicy& policy, Faults& faults) {
  const std::string path = fmt::format("{}.{}", network_key, setting.name);
  std::vector<IpNetwork>& list = policy.*setting.field;
  list.clear();
  for (const YamlNode* item : elements(node, path, faults)) {
    const auto network = item->kind == YamlNode::Kind::scalar ? parse_prefix(item->text) : std::nullopt;
    if (!network) {
      faults.add(*item, fmt::format("{} holds networks, such as 10.0.0.0/8 or fd00::/8", path));
    } else if (!is_clean(*network)) {
      faults.add(*item, fmt::format("{} has bits set beyond its length; write the network's first address",
                                    printable(item->text, 64)));
    } else if (list.size() >= kMaxNetworks) {
      return faults.add(*item, fmt::format("more than {} networks; join some", kMaxNetworks));
    } else {
      list.push_back(*network);
    }
  }
}

}  // namespace

void read_network(const YamlNode& document, WanPolicy& policy, Faults& faults) {
  const YamlNode* section = child(document, network_key);
  if (section == nullptr) return;
  std::vector<std::string> names;
  for (const NetworkList& setting : kSettings) names.emplace_back(setting.name);
  const MapReader map(*section, std::move(names), network_key, faults);
  for (const NetworkList& setting : kSettings) {
    if (const YamlNode* list = map.find(setting.name)) read_list(*list, setting, policy, faults);
  }
}

std::vector<std::string_view> network_settings_absent(const YamlNode& document) {
  std::vector<std::string_view> absent;
  const YamlNode* section = child(document, network_key);
  for (const NetworkList& setting : kSettings) {
    if (section == nullptr || child(*section, setting.name) == nullptr) absent.push_back(setting.name);
  }
  return absent;
}

}  // namespace plimsoll::policy
